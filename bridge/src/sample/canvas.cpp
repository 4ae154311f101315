#include "sample/canvas.hpp"

#include "sample/random.hpp"

namespace cxr::bridge::sample {
namespace {

constexpr std::size_t pixel_count = static_cast<std::size_t>(image_size) * image_size;

double smooth(double t) {
    return t * t * (3 - 2 * t);
}

double lattice(std::uint64_t seed, std::int64_t x, std::int64_t y) {
    const std::uint64_t hash =
        mix(seed, (static_cast<std::uint64_t>(x) << 32) ^ static_cast<std::uint32_t>(y));
    return static_cast<double>(hash >> 40) / 16777215.0;
}

}  // namespace

Canvas::Canvas(double field_width_mm, double field_height_mm, double top_mm)
    : tissue(pixel_count),
      air(pixel_count),
      density(pixel_count),
      vessels(pixel_count),
      mm_per_column_(field_width_mm / image_size),
      mm_per_row_(field_height_mm / image_size),
      left_(-field_width_mm / 2),
      top_(top_mm) {}

void Canvas::draw_rod(Layer& layer, std::span<const Point> points, const Rod& rod) const {
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const Point a = points[i];
        const Point b = points[i + 1];
        const double along = static_cast<double>(i) / static_cast<double>(points.size() - 1);
        const double radius = rod.radius_begin + (rod.radius_end - rod.radius_begin) * along;
        const double middle = rod.density_begin + (rod.density_end - rod.density_begin) * along;
        const double dx = b.x - a.x;
        const double dy = b.y - a.y;
        const double length_squared = std::max(1e-9, dx * dx + dy * dy);
        const Area area{std::min(a.x, b.x) - radius,
                        std::min(a.y, b.y) - radius,
                        std::max(a.x, b.x) + radius,
                        std::max(a.y, b.y) + radius};
        for_each(area, [&](std::size_t index, Point p) {
            const double t =
                std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length_squared, 0.0, 1.0);
            const double x = p.x - a.x - t * dx;
            const double y = p.y - a.y - t * dy;
            const double depth = root(1 - (x * x + y * y) / (radius * radius));
            layer[index] = std::max(layer[index], static_cast<float>(middle * depth));
        });
    }
}

double cloud(std::uint64_t seed, Point at, double size) {
    const double x = at.x / size;
    const double y = at.y / size;
    const double floor_x = std::floor(x);
    const double floor_y = std::floor(y);
    const auto column = static_cast<std::int64_t>(floor_x);
    const auto row = static_cast<std::int64_t>(floor_y);
    const double tx = smooth(x - floor_x);
    const double ty = smooth(y - floor_y);
    const double top = lattice(seed, column, row) * (1 - tx) + lattice(seed, column + 1, row) * tx;
    const double bottom =
        lattice(seed, column, row + 1) * (1 - tx) + lattice(seed, column + 1, row + 1) * tx;
    return top * (1 - ty) + bottom * ty;
}

}  // namespace cxr::bridge::sample
