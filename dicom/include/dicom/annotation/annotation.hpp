#pragma once
/// One statement about one image: "there is this finding", with or without a box, and who said so,
/// when and in which document. What flat files (CSV, JSON, COCO) and structured reports have in
/// common, so that each is read into and written from these values.

#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/entities.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace cxr::dicom {

enum class ObserverType : std::uint8_t { person, device };

/// PS3.16 TID 1002: who or what made the statement. Empty means "not said".
struct Observer {
    ObserverType type = ObserverType::person;
    std::string name;              ///< PN of a person: "Radiologist^NIH CC"; a device's plain name
    std::string organization;      ///< of a person
    std::string manufacturer;      ///< of a device, as are the next three
    std::string model_name;        ///< Manufacturer's Model Name; the algorithm's name
    std::string software_version;  ///< Software Versions; the algorithm's version
    std::string device_uid;        ///< Device Observer UID
    friend bool operator==(const Observer&, const Observer&) = default;
};

/// What was drawn; a box stands for all but `rectangle` only where that was asked for.
enum class SourceShape : std::uint8_t { rectangle, circle, ellipse, polygon };

/// In pixels of the PNG, 1024 × 1024, also where the image object is resampled; of what one report
/// said, until StoredRegions has seen it, in those of its image. (0,0) is the outer top-left corner
/// of the top-left pixel (PS3.3 C.18.6). The same coordinates as BoundingBox: nothing is added or
/// rounded.
struct AnnotationBox {
    double x = 0, y = 0, width = 0, height = 0;
    /// x, y, w, h as the flat file wrote them, all four or none; a report has none.
    std::array<std::string, 4> digits_as_written;
    SourceShape source_shape = SourceShape::rectangle;
    friend bool operator==(const AnnotationBox&, const AnnotationBox&) = default;
};

/// The document that a statement was read from; all empty when it came from a flat file.
struct ReportOrigin {
    std::string study_instance_uid, series_instance_uid;
    std::string sop_class_uid, sop_instance_uid;
    std::string instance_number;             ///< IS
    std::string content_date, content_time;  ///< DA, TM
    std::string completion_flag;             ///< "COMPLETE" or "PARTIAL"
    std::string verification_flag;           ///< "VERIFIED" or "UNVERIFIED"
    std::string predecessor;  ///< SOP Instance UID of the document that this one replaces
    friend bool operator==(const ReportOrigin&, const ReportOrigin&) = default;
};

struct Annotation {
    std::string image_index;           ///< "00000013_022.png"
    std::optional<Finding> finding;    ///< none: unmapped; code and text then tell what was said
    std::string label_as_written;      ///< "Infiltrate"; a report's Comment
    CodedConcept finding_code;         ///< as a report gave it, not translated; empty: none
    std::optional<AnnotationBox> box;  ///< none: of the image as a whole
    std::string tracking_identifier;   ///< PS3.16 TID 1410
    std::string tracking_uid;          ///< empty: none
    std::optional<double> certainty_percent;  ///< (111012,DCM,"Certainty of Finding")
    Observer observer;
    ReportOrigin report;
    friend bool operator==(const Annotation&, const Annotation&) = default;
};

}  // namespace cxr::dicom
