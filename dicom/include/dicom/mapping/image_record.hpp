#pragma once
/// One image with all that its objects are functions of beside its pixels: its row, its boxes, its
/// split and its synthetic dates. Built for a whole data set at once, since dates need the
/// patient's other rows (PS3.3 C.7.1.1, C.7.2.1; docs/mapping.md §dates).

#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/entities.hpp"
#include "dicom/mapping/options.hpp"

#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

struct ImageDates {
    std::string patient_birth_date;  ///< DA, or empty
    std::string study_date;          ///< DA, or empty
    std::string study_time;          ///< TM HHMMSS, or empty
    friend bool operator==(const ImageDates&, const ImageDates&) = default;
};

struct ImageRecord {
    ChestXRayRow row;
    ImageDates dates;
    std::string split;               ///< official split: "train_val", "test", or empty
    std::vector<BoundingBox> boxes;  ///< in file order
    Release release = Release::v2020;
    friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};

/// Dates for every row, in the order of `rows`. Notes name patients whose dates had to be left out.
struct DatedRows {
    std::vector<ImageDates> dates;
    std::vector<std::string> notes;
};
[[nodiscard]] DatedRows assign_dates(std::span<const ChestXRayRow> rows, Dates dates);

/// The kinds of object that are made from one image.
enum class DerivedKind : std::uint8_t {
    image,
    label_report,
    box_report,
    presentation_state,  ///< the boxes, for viewers that draw no reports
    key_objects,         ///< says that the image is one with boxes
};
inline constexpr std::size_t derived_kind_count = 5;

/// Image and labels come with every record, the others with those that have boxes.
[[nodiscard]] inline bool is_made_of(const ImageRecord& record, DerivedKind kind) {
    return kind <= DerivedKind::label_report || !record.boxes.empty();
}

[[nodiscard]] PatientEntity patient_entity(const ImageRecord& record,
                                           const MappingOptions& options);
[[nodiscard]] StudyEntity study_entity(const ImageRecord& record, const MappingOptions& options);
/// Series and instance of a derived object; rows and columns are 0 here (the PNG is not opened).
[[nodiscard]] SeriesEntity series_entity(const ImageRecord& record,
                                         DerivedKind kind,
                                         const MappingOptions& options);
[[nodiscard]] InstanceEntity instance_entity(const ImageRecord& record,
                                             DerivedKind kind,
                                             const MappingOptions& options);

}  // namespace cxr::dicom
