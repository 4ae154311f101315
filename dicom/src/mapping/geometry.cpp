#include "dicom/mapping/geometry.hpp"

#include <algorithm>
#include <cmath>

namespace cxr::dicom {
namespace {

constexpr double stretch_max = 4;

bool is_plausible_size(std::uint32_t pixels) {
    return pixels >= 256 && pixels <= 8192;
}

bool is_plausible_spacing(double mm) {
    return mm >= 0.05 && mm <= 1.0;
}

/// Copies of the table print 0.143 and 0.14300000000000002 for one number.
double without_float_noise(double mm) {
    return std::round(mm * 1e6) / 1e6;
}

/// Rows over columns of a stored pixel's size; nothing: not known.
std::optional<double> height_over_width(const ChestXRayRow& row, const ImageSize& stored) {
    if (const auto size = pixel_size(row, stored)) {
        return size->row_spacing_mm / size->column_spacing_mm;
    }
    if (!is_original_size_plausible(row) || stored.rows == 0 || stored.columns == 0) {
        return std::nullopt;
    }
    return static_cast<double>(row.original_height) / stored.rows /
           (static_cast<double>(row.original_width) / stored.columns);
}

}  // namespace

bool is_original_size_plausible(const ChestXRayRow& row) {
    return is_plausible_size(row.original_width) && is_plausible_size(row.original_height);
}

std::optional<PixelSize> pixel_size(const ChestXRayRow& row, const ImageSize& stored) {
    if (!is_original_size_plausible(row) || !is_plausible_spacing(row.original_spacing_x_mm) ||
        !is_plausible_spacing(row.original_spacing_y_mm)) {
        return std::nullopt;
    }
    return PixelSize{.row_spacing_mm = without_float_noise(row.original_spacing_y_mm) *
                                       row.original_height / stored.rows,
                     .column_spacing_mm = without_float_noise(row.original_spacing_x_mm) *
                                          row.original_width / stored.columns};
}

PixelScale pixel_scale(const ChestXRayRow& row, const ImageSize& stored, Geometry geometry) {
    if (geometry == Geometry::stored) {
        return {};
    }
    const double shape = height_over_width(row, stored).value_or(1);
    if (shape > stretch_max || shape < 1 / stretch_max) {
        return {};
    }
    return shape > 1 ? PixelScale{.x = 1, .y = shape} : PixelScale{.x = 1 / shape, .y = 1};
}

ImageSize scaled_size(const ImageSize& stored, const PixelScale& scale) {
    // A product that ought to be whole must not get a further row from its last bit.
    const auto side = [](std::uint32_t pixels, double by) {
        return static_cast<std::uint32_t>(std::ceil(pixels * by - 1e-6));
    };
    return {.rows = side(stored.rows, scale.y), .columns = side(stored.columns, scale.x)};
}

double object_side_max(Geometry geometry) {
    return published_size.rows * (geometry == Geometry::resampled ? stretch_max : 1);
}

BoundingBox scaled_box(const BoundingBox& box, const PixelScale& scale) {
    BoundingBox scaled = box;
    scaled.x *= scale.x;
    scaled.width *= scale.x;
    scaled.y *= scale.y;
    scaled.height *= scale.y;
    return scaled;
}

std::vector<BoundingBox> boxes_of_object(const ImageRecord& record, Geometry geometry) {
    std::vector<BoundingBox> boxes = record.boxes;
    if (const PixelScale scale = pixel_scale(record.row, published_size, geometry);
        scale != PixelScale{}) {
        for (BoundingBox& box : boxes) {
            box = scaled_box(box, scale);
        }
    }
    return boxes;
}

StoredRegions::StoredRegions(std::span<const ImageRecord> records, const MappingOptions& options) {
    if (options.geometry == Geometry::stored) {
        return;
    }
    for (const ImageRecord& record : records) {
        const PixelScale scale = pixel_scale(record.row, published_size, options.geometry);
        if (scale != PixelScale{}) {
            scales_.emplace(record.row.image_index, scale);
        }
    }
}

void StoredRegions::restore(Annotation& annotation) const {
    const auto scale = scales_.find(annotation.image_index);
    if (scale == scales_.end() || !annotation.box) {
        return;
    }
    annotation.box->x /= scale->second.x;
    annotation.box->width /= scale->second.x;
    annotation.box->y /= scale->second.y;
    annotation.box->height /= scale->second.y;
}

void StoredRegions::restore(std::vector<Annotation>& annotations) const {
    for (Annotation& annotation : annotations) {
        restore(annotation);
    }
}

}  // namespace cxr::dicom
