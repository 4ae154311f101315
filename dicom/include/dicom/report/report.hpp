#pragma once
/// Structured Reports of an image's findings (PS3.16 TID 1500 "Measurement Report"): the text
/// miner's labels (every image) and a reader's boxes (TID 1410 groups, boxed images only). Two
/// documents, because an SR document has one observation context.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/mapping/image_record.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <memory>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// Content Date and Time (0008,0023), (0008,0033) are type 1 in a report (PS3.3 C.17.2) and the
/// data set has none. A constant: labels and boxes are the collection's of 2017, made after the
/// images' studies, whose synthetic dates (which a profile may leave out) say nothing of them. No
/// clock: the same content gives the same bytes on every day.
inline constexpr std::string_view report_content_date = "20170101";
inline constexpr std::string_view report_content_time = "000000";

/// What a report writes for a finding (PS3.3 §8.8), of the options' table and scheme.
struct FindingCode {
    const CodedConcept& code;
    const CodedConcept* equivalent = nullptr;  ///< Equivalent Code Sequence; null: none
    const CodedConcept* site = nullptr;        ///< null for No Finding
};
/// The table must outlive the result: of the options, or the built-in one.
[[nodiscard]] FindingCode finding_code(Finding finding, const ReportOptions& options = {});

/// Root Concept Name (PS3.16 CID 7021) of a kind's document. @param kind label_report or
/// box_report.
[[nodiscard]] const CodedConcept& report_title(DerivedKind kind, const ReportOptions& options);

/// "labels", "boxes" or "annotations|SOURCE": what a report is called in UIDs.
[[nodiscard]] std::string report_name(const ImageRecord& record, DerivedKind kind);

/// SOP Instance UID of a report: a function of its canonical content (findings or boxes, their
/// codes, template version, profile). Needs no document to be built, so the catalogue announces
/// reports that nobody has asked for yet. @param kind label_report or box_report.
[[nodiscard]] std::string report_sop_instance_uid(const ImageRecord& record,
                                                  DerivedKind kind,
                                                  const MappingOptions& options);

/// @param kind label_report or box_report. Faults: not_found (box_report of an image without
/// boxes).
[[nodiscard]] Result<std::unique_ptr<DcmDataset>> build_report(const ImageRecord& record,
                                                               DerivedKind kind,
                                                               const MappingOptions& options);

[[nodiscard]] Result<EncodedObject> encode_report(const ImageRecord& record,
                                                  DerivedKind kind,
                                                  const TransferSyntax& transfer_syntax,
                                                  const MappingOptions& options);

}  // namespace cxr::dicom
