#pragma once
/// Where a point of a PNG lies in the image object that is made of it. The collection's PNGs are
/// squeezed: as they are stored, their pixels are not square. Geometry::resampled stretches the
/// shorter side until they are, so that nothing that was stored is lost, and everything that is
/// drawn is stretched along. Pure; double precision; the same numbers on every machine.

#include "dicom/annotation/annotation.hpp"
#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/image_record.hpp"
#include "dicom/mapping/options.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

struct ImageSize {
    std::uint32_t rows = 0, columns = 0;
    friend bool operator==(const ImageSize&, const ImageSize&) = default;
};
/// Of every published PNG: what boxes are given in.
inline constexpr ImageSize published_size{1024, 1024};

/// Of a stored pixel.
struct PixelSize {
    double row_spacing_mm, column_spacing_mm;  ///< vertical first (PS3.3 10.7.1.3)
};
/// The PNG was squeezed: its pixel is as large as what it stands for in the original. Nothing: the
/// table's numbers are not plausible.
[[nodiscard]] std::optional<PixelSize> pixel_size(const ChestXRayRow& row, const ImageSize& stored);

/// Are width and height of the original such as a radiograph has? 256 to 8192.
[[nodiscard]] bool is_original_size_plausible(const ChestXRayRow& row);

/// Pixels of the object for one of the PNG, at least 1; 1 and 1: as stored.
struct PixelScale {
    double x = 1, y = 1;
    friend bool operator==(const PixelScale&, const PixelScale&) = default;
};
/// Without a spacing, the original's pixels are taken for square. What is not known, or would be
/// stretched to more than four times, stays as stored.
[[nodiscard]] PixelScale pixel_scale(const ChestXRayRow& row,
                                     const ImageSize& stored,
                                     Geometry geometry);
/// Rows and columns that hold all of the stored picture.
[[nodiscard]] ImageSize scaled_size(const ImageSize& stored, const PixelScale& scale);

/// The longest side that an object of a published PNG can have.
[[nodiscard]] double object_side_max(Geometry geometry);

[[nodiscard]] BoundingBox scaled_box(const BoundingBox& box, const PixelScale& scale);
/// The record's boxes in pixels of its image object.
[[nodiscard]] std::vector<BoundingBox> boxes_of_object(const ImageRecord& record,
                                                       Geometry geometry);

/// Brings what was read from reports on image objects back to pixels of the PNGs, which tables and
/// flat files have.
class StoredRegions {
public:
    StoredRegions(std::span<const ImageRecord> records, const MappingOptions& options);
    void restore(Annotation& annotation) const;
    void restore(std::vector<Annotation>& annotations) const;

private:
    std::map<std::string, PixelScale, std::less<>> scales_;  ///< of those that are not as stored
};

}  // namespace cxr::dicom
