#pragma once
/// The catalogue's rows for one image of the data set, computed without the database: hashing UIDs
/// is half the work of a bulk build and runs beside the inserting thread.

#include "bridge/data_set/folder.hpp"
#include "catalogue/kinds.hpp"
#include "catalogue/revisions.hpp"
#include "catalogue/stored_uid.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace cxr::bridge {

/// A series with its one instance. `number` is the place among its siblings: kept for made series.
struct MadeSeries {
    std::int64_t number;
    StoredUID uid, sop_instance_uid;
    std::int64_t series_kind, instance_kind;
    std::string series_date, series_time;
    std::string instance_number, content_date, content_time;
    /// Earlier documents of the series, oldest first.
    struct Earlier {
        StoredUID sop_instance_uid;
        std::int64_t instance_kind;
        std::string instance_number, content_date, content_time;
    };
    std::vector<Earlier> earlier = {};
};

/// Made series have the first numbers within their study; received ones begin after them.
[[nodiscard]] constexpr std::int64_t made_series_number(dicom::DerivedKind kind) {
    return static_cast<std::int64_t>(kind) + 1;
}
inline constexpr std::int64_t last_made_series_number = 15;

struct MadeRows {
    const dicom::ImageRecord* record;
    const ImageFile* file;    ///< null: the PNG is absent
    std::string_view damage;  ///< not empty: why the image itself is not offered
    std::vector<std::byte> stored_record;
    std::optional<dicom::PatientEntity> patient;  ///< with the first image of each patient in turn
    dicom::StudyEntity study;
    StoredUID study_uid;
    std::int64_t study_kind;
    std::vector<MadeSeries> series;
};

/// An image to be catalogued.
struct OfferedImage {
    const dicom::ImageRecord* record;
    const ImageFile* file;
    std::string_view damage = {};
};

struct MadeBatch {
    NewKinds kinds;  ///< to be inserted before the rows
    std::vector<MadeRows> rows;
};

/// What is offered of each image, as far as it has it (is_made_of), and how it is made.
struct Offer {
    dicom::MappingOptions mapping;
    std::vector<dicom::DerivedKind> kinds;
    const RevisionLog& revisions;  ///< only read
};

/// Computes the rows of `images` in order on a thread of its own and passes them in batches to
/// `consume` on the caller's. Stops early when `consume` fails; its fault is the result.
[[nodiscard]] dicom::Result<void> for_made_rows(
    const std::vector<OfferedImage>& images,
    const Offer& offer,
    Kinds& kinds,
    const std::function<dicom::Result<void>(MadeBatch&)>& consume);

}  // namespace cxr::bridge
