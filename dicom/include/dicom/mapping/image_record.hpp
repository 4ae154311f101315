#pragma once
/// One image with all that its objects are functions of beside its pixels: its row, its boxes, its
/// split and its synthetic dates. Built for a whole data set at once, since dates need the
/// patient's other rows (PS3.3 C.7.1.1, C.7.2.1; docs/mapping.md §dates).

#include "dicom/annotation/annotation.hpp"
#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/entities.hpp"
#include "dicom/mapping/options.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
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

/// Who made a further table of annotations, and what it is called.
struct AnnotationSource {
    std::string name;  ///< unique among the sources; part of UIDs
    Observer observer;
    friend bool operator==(const AnnotationSource&, const AnnotationSource&) = default;
};
/// "There is this finding", of an image of the data set.
struct SourceStatement {
    Finding finding = Finding::no_finding;
    std::string label_as_written;
    std::optional<std::array<double, 4>> x_y_width_height = std::nullopt;  ///< as BoundingBox
    std::optional<double> certainty_percent = std::nullopt;
    friend bool operator==(const SourceStatement&, const SourceStatement&) = default;
};
/// What one source says of one image, in its order; the source is shared by many.
struct SourceStatements {
    std::shared_ptr<const AnnotationSource> source;
    std::vector<SourceStatement> statements;
    friend bool operator==(const SourceStatements& a, const SourceStatements& b) {
        return *a.source == *b.source && a.statements == b.statements;
    }
};

enum class DerivedKind : std::uint8_t;

/// That a document replaces an earlier one (PS3.3 C.17.2 Predecessor Documents).
struct Revision {
    DerivedKind kind;
    std::uint32_t number = 1;  ///< Instance Number
    std::string predecessor_sop_class_uid, predecessor_sop_instance_uid;
    friend bool operator==(const Revision&, const Revision&) = default;
};

struct ImageRecord {
    ChestXRayRow row;
    ImageDates dates;
    std::string split;               ///< official split: "train_val", "test", or empty
    std::vector<BoundingBox> boxes;  ///< in file order
    Release release = Release::v2020;
    std::vector<SourceStatements> sources;  ///< those that say something of this image, or did
    std::vector<Revision> revisions;        ///< of documents that have a predecessor
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
    first_source_report  ///< of ImageRecord::sources; the other sources' follow it
};
inline constexpr std::size_t derived_kind_count = 5;  ///< without the sources' reports
inline constexpr std::size_t sources_max = 10;

[[nodiscard]] constexpr DerivedKind source_report(std::size_t source) {
    return static_cast<DerivedKind>(static_cast<std::size_t>(DerivedKind::first_source_report) +
                                    source);
}
[[nodiscard]] constexpr bool is_source_report(DerivedKind kind) {
    return kind >= DerivedKind::first_source_report;
}
[[nodiscard]] constexpr std::size_t source_of(DerivedKind source_report) {
    return static_cast<std::size_t>(source_report) -
           static_cast<std::size_t>(DerivedKind::first_source_report);
}
[[nodiscard]] constexpr bool is_report(DerivedKind kind) {
    return kind == DerivedKind::label_report || kind == DerivedKind::box_report ||
           is_source_report(kind);
}

/// The revision that a kind's document is; null: the first.
[[nodiscard]] const Revision* revision_of(const ImageRecord& record, DerivedKind kind);

/// Image and labels come with every record, those of boxes and sources with what they say; a report
/// whose last statement was withdrawn says that.
[[nodiscard]] bool is_made_of(const ImageRecord& record, DerivedKind kind);

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
