#pragma once
/// What a ray has passed at each pixel, and the strokes and blobs that add to it. Places are in mm:
/// x from the midline to the patient's left (image right), y down from the top of the lungs.

#include "sample/phantom.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace cxr::bridge::sample {

struct Point {
    double x, y;
};
struct Area {
    double left, top, right, bottom;
};

using Layer = std::vector<float>;

class Canvas {
public:
    Canvas(double field_width_mm, double field_height_mm, double top_mm);

    Layer tissue;   ///< mm along the ray, of body with or without air
    Layer air;      ///< mm along the ray, in lungs, airways and stomach
    Layer density;  ///< bone, vessels and findings, as mm of tissue
    Layer vessels;  ///< apart, since findings hide or swell them

    [[nodiscard]] Point place(int column, int row) const {
        return {(column + 0.5) * mm_per_column_ + left_, (row + 0.5) * mm_per_row_ + top_};
    }
    [[nodiscard]] double column(double x) const { return (x - left_) / mm_per_column_; }
    [[nodiscard]] double row(double y) const { return (y - top_) / mm_per_row_; }

    /// Calls f(index, place) for every pixel whose centre lies in the area.
    template <typename F>
    void for_each(const Area& area, F f) const {
        const int left = std::max(0, static_cast<int>(std::floor(column(area.left))));
        const int right = std::min(image_size - 1, static_cast<int>(std::ceil(column(area.right))));
        const int top = std::max(0, static_cast<int>(std::floor(row(area.top))));
        const int bottom = std::min(image_size - 1, static_cast<int>(std::ceil(row(area.bottom))));
        for (int r = top; r <= bottom; ++r) {
            for (int c = left; c <= right; ++c) {
                f(static_cast<std::size_t>(r) * image_size + static_cast<std::size_t>(c),
                  place(c, r));
            }
        }
    }
    [[nodiscard]] Area whole() const {
        return {left_, top_, left_ + mm_per_column_ * image_size, top_ + mm_per_row_ * image_size};
    }

    /// A round rod along the points. Where rods meet, the thicker one counts.
    struct Rod {
        double radius_begin, radius_end;
        double density_begin, density_end;  ///< in the middle, as mm of tissue
    };
    void draw_rod(Layer& layer, std::span<const Point> points, const Rod& rod) const;

private:
    double mm_per_column_, mm_per_row_, left_, top_;
};

/// Smooth noise from 0 to 1 with features of about `size` mm.
[[nodiscard]] double cloud(std::uint64_t seed, Point at, double size);

/// 0 outside, rising to 1 at the middle; `edge` near 0 is a hard edge.
[[nodiscard]] inline double bump(double radius_squared) {
    const double inside = 1 - radius_squared;
    return inside <= 0 ? 0 : inside * inside * (3 - 2 * inside);
}
[[nodiscard]] inline double root(double value) {
    return value <= 0 ? 0 : std::sqrt(value);
}

}  // namespace cxr::bridge::sample
