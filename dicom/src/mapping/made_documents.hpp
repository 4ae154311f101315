#pragma once
/// What reports, presentation states and key object selections say alike: who wrote them, and which
/// image they are about.

#include "dicom/mapping/image_record.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <string>
#include <string_view>

namespace cxr::dicom {

/// The image that a document is about, with all that a reference to it takes.
struct ReferencedImage {
    std::string study_instance_uid;
    std::string series_instance_uid;
    std::string sop_class_uid, sop_instance_uid;
};
[[nodiscard]] ReferencedImage referenced_image(const ImageRecord& record,
                                               const MappingOptions& options);

/// General Equipment (PS3.3 C.7.5.1): what wrote the document. Software Versions is the template's
/// version, not the program's: the same content stays the same bytes over releases.
void write_equipment(DcmItem& document,
                     const SeriesEntity& series,
                     std::string_view template_version);

/// SOP Class and Instance UID, and creation at the constant date: no clock (PS3.3 C.12.1).
void write_sop_common(DcmItem& document, const InstanceEntity& instance);

/// Series Instance UID, Modality, Series Number, Series Description (PS3.3 C.7.3.1).
void write_series(DcmItem& document, const SeriesEntity& series);

/// A sequence of one reference to the image (PS3.3 table 10-11).
void write_reference(DcmItem& target, const DcmTagKey& sequence, const ReferencedImage& image);

/// Current Requested Procedure Evidence (PS3.3 C.17.2), type 1C as soon as an object is referenced:
/// every image in the tree is listed here.
void write_evidence(DcmItem& document, const ReferencedImage& image);

}  // namespace cxr::dicom
