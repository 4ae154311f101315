#include "report/region_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace cxr::dicom {
namespace {

constexpr double beyond_max = 0.5;    // pixels outside the image
constexpr double skew_max = 0.5;      // pixels from a corner of the bounding box
constexpr double closing_max = 0.01;  // pixels between first and last point

struct Point {
    double x, y;
};
struct Bounds {
    double left, top, right, bottom;
};

Fault unsupported(std::string why) {
    return {FaultKind::unsupported, std::move(why)};
}

std::vector<Point> points_of(std::span<const float> data) {
    std::vector<Point> points;
    for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
        points.push_back({data[i], data[i + 1]});
    }
    return points;
}

double distance(const Point& a, const Point& b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

Bounds bounds_of(const std::vector<Point>& points) {
    Bounds bounds{points[0].x, points[0].y, points[0].x, points[0].y};
    for (const Point& point : points) {
        bounds.left = std::min(bounds.left, point.x);
        bounds.top = std::min(bounds.top, point.y);
        bounds.right = std::max(bounds.right, point.x);
        bounds.bottom = std::max(bounds.bottom, point.y);
    }
    return bounds;
}

/// Four points that go round the bounding box, a corner each.
bool is_rectangle(const std::vector<Point>& points, const Bounds& bounds) {
    if (points.size() != 4) {
        return false;
    }
    const Point corners[] = {{bounds.left, bounds.top},
                             {bounds.right, bounds.top},
                             {bounds.right, bounds.bottom},
                             {bounds.left, bounds.bottom}};
    const auto fits = [&](std::size_t first, std::size_t step) {
        for (std::size_t i = 0; i < 4; ++i) {
            const Point& corner = corners[(first + i * step) % 4];
            if (std::abs(points[i].x - corner.x) > skew_max ||
                std::abs(points[i].y - corner.y) > skew_max) {
                return false;
            }
        }
        return true;
    };
    for (std::size_t first = 0; first < 4; ++first) {
        if (fits(first, 1) || fits(first, 3)) {
            return true;
        }
    }
    return false;
}

Result<AnnotationBox> clipped(Bounds bounds, SourceShape shape, double side_max) {
    const double lowest = std::min(bounds.left, bounds.top);
    const double highest = std::max(bounds.right, bounds.bottom);
    if (lowest < -beyond_max || highest > side_max + beyond_max) {
        return unsupported(fmt::format("reaches out of the image of {0} x {0}: {1:.6g} to {2:.6g}",
                                       side_max,
                                       lowest,
                                       highest));
    }
    for (double* side : {&bounds.left, &bounds.top, &bounds.right, &bounds.bottom}) {
        *side = std::clamp(*side, 0.0, side_max);
    }
    AnnotationBox box{.x = bounds.left,
                      .y = bounds.top,
                      .width = bounds.right - bounds.left,
                      .height = bounds.bottom - bounds.top,
                      .digits_as_written = {},
                      .source_shape = shape};
    if (box.width <= 0 || box.height <= 0) {
        return unsupported("a region without width or height");
    }
    return box;
}

Bounds bounds_of_circle(const std::vector<Point>& points) {
    const Point& centre = points[0];
    const double radius = distance(points[0], points[1]);
    return {centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius};
}

/// Two ends of the major axis, then of the minor one; the axes may be turned.
Bounds bounds_of_ellipse(const std::vector<Point>& points) {
    const Point centre{(points[0].x + points[1].x) / 2, (points[0].y + points[1].y) / 2};
    const Point major{(points[1].x - points[0].x) / 2, (points[1].y - points[0].y) / 2};
    const Point minor{(points[3].x - points[2].x) / 2, (points[3].y - points[2].y) / 2};
    const double across = std::hypot(major.x, minor.x);
    const double down = std::hypot(major.y, minor.y);
    return {centre.x - across, centre.y - down, centre.x + across, centre.y + down};
}

Result<AnnotationBox> box_of_polyline(std::vector<Point> points,
                                      const ReportReadingOptions& options) {
    if (points.size() < 3) {
        return unsupported("a POLYLINE of fewer than three points is a line");
    }
    const bool closed = distance(points.front(), points.back()) <= closing_max;
    const Bounds bounds = bounds_of(points);
    if (closed) {
        points.pop_back();
    }
    // Viewers leave rectangles open: four corners are meant to be closed.
    if (is_rectangle(points, bounds)) {
        return clipped(bounds, SourceShape::rectangle, options.image_side_max);
    }
    if (!options.non_rectangular_as_boxes) {
        return unsupported("a POLYLINE that is no rectangle along the image's edges");
    }
    return clipped(bounds, SourceShape::polygon, options.image_side_max);
}

}  // namespace

Result<AnnotationBox> box_of_region(std::string_view graphic_type,
                                    std::span<const float> graphic_data,
                                    const ReportReadingOptions& options) {
    if (graphic_data.empty()) {
        return Fault{FaultKind::malformed, "a region without Graphic Data"};
    }
    if (graphic_data.size() % 2 != 0) {
        return Fault{FaultKind::malformed, "an odd number of coordinates"};
    }
    if (!std::ranges::all_of(graphic_data, [](float value) { return std::isfinite(value); })) {
        return Fault{FaultKind::malformed, "a coordinate that is no number"};
    }
    const std::vector<Point> points = points_of(graphic_data);
    if (graphic_type == "POLYLINE") {
        return box_of_polyline(points, options);
    }
    const bool circle = graphic_type == "CIRCLE" && points.size() == 2;
    const bool ellipse = graphic_type == "ELLIPSE" && points.size() == 4;
    if (!circle && !ellipse) {
        return unsupported(fmt::format("Graphic Type {} of {} points is no region",
                                       graphic_type.empty() ? "(none)" : graphic_type,
                                       points.size()));
    }
    if (!options.non_rectangular_as_boxes) {
        return unsupported(fmt::format("Graphic Type {} is no rectangle", graphic_type));
    }
    return circle
               ? clipped(bounds_of_circle(points), SourceShape::circle, options.image_side_max)
               : clipped(bounds_of_ellipse(points), SourceShape::ellipse, options.image_side_max);
}

}  // namespace cxr::dicom
