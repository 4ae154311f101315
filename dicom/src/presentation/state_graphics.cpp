#include "presentation/state_graphics.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cxr::dicom {

namespace {

/// Of all graphics together, as they are drawn: a stranger's state takes no more than a moment.
constexpr std::size_t points_max = 20'000;
constexpr std::size_t texts_max = 1'000, text_bytes_max = 1'024;
constexpr std::size_t circle_points = 72;
constexpr std::size_t curve_points = 8;  ///< between two that are given

Fault malformed(const char* why, const DcmTagKey& tag) {
    return {.kind = FaultKind::malformed,
            .doing = std::string("the presentation state's ") + why,
            .element = tag};
}

Fault too_many() {
    return {.kind = FaultKind::unsupported,
            .doing = "the presentation state has more graphics than are drawn",
            .element = DCM_GraphicAnnotationSequence};
}

struct Layer {
    double order;
    std::uint8_t grey;
};

/// White, where its layer says nothing else.
Layer layer_named(const Attributes& state, std::string_view name) {
    for (const Attributes& item : items_of(state, DCM_GraphicLayerSequence)) {
        if (value_of(item, DCM_GraphicLayer) != name) {
            continue;
        }
        const auto order = numbers_of(item, DCM_GraphicLayerOrder);
        const auto grey = numbers_of(item, DCM_GraphicLayerRecommendedDisplayGrayscaleValue);
        return {.order = order.empty() ? 0 : order.front(),
                .grey = static_cast<std::uint8_t>(
                    grey.empty() ? 255 : std::clamp(grey.front(), 0.0, 65'535.0) / 257)};
    }
    return {.order = 0, .grey = 255};
}

Point between(const Point& a, const Point& b, double part) {
    return {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
}

/// @param ends of two axes: four points
std::vector<Point> ellipse(const std::vector<Point>& ends) {
    const Point center = between(ends[0], ends[1], 0.5);
    const Point u{(ends[1].x - ends[0].x) / 2, (ends[1].y - ends[0].y) / 2};
    const Point v{(ends[3].x - ends[2].x) / 2, (ends[3].y - ends[2].y) / 2};
    std::vector<Point> points;
    for (std::size_t i = 0; i <= circle_points; ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / circle_points;
        const double along = std::cos(angle), across = std::sin(angle);
        points.push_back(
            {center.x + u.x * along + v.x * across, center.y + u.y * along + v.y * across});
    }
    return points;
}

/// @param given its centre and a point on it
std::vector<Point> circle(const std::vector<Point>& given) {
    const Point& center = given[0];
    const double radius = std::hypot(given[1].x - center.x, given[1].y - center.y);
    return ellipse({{center.x - radius, center.y},
                    {center.x + radius, center.y},
                    {center.x, center.y - radius},
                    {center.x, center.y + radius}});
}

/// A smooth line through all of them (Catmull and Rom's).
std::vector<Point> curve(const std::vector<Point>& given) {
    std::vector<Point> points{given.front()};
    const auto at = [&given](std::size_t i) { return given[std::min(i, given.size() - 1)]; };
    for (std::size_t i = 0; i + 1 < given.size(); ++i) {
        const Point before = at(i == 0 ? 0 : i - 1), from = at(i), to = at(i + 1),
                    after = at(i + 2);
        for (std::size_t step = 1; step <= curve_points; ++step) {
            const double t = static_cast<double>(step) / curve_points;
            const auto along = [t](double p, double q, double r, double s) {
                return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t +
                              (3 * q - p - 3 * r + s) * t * t * t);
            };
            points.push_back(
                {along(before.x, from.x, to.x, after.x), along(before.y, from.y, to.y, after.y)});
        }
    }
    return points;
}

Result<StateGraphic> graphic_of(const Attributes& item, std::uint8_t grey) {
    const std::string_view type = value_of(item, DCM_GraphicType);
    const auto numbers = numbers_of(item, DCM_GraphicData);
    std::vector<Point> points;
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        points.push_back({numbers[i], numbers[i + 1]});
    }
    const std::size_t least = type == "ELLIPSE" ? 4 : type == "POINT" ? 1 : 2;
    if (points.size() < least || numbers.size() % 2 != 0 || points.size() > points_max) {
        return malformed("graphics have points that are none", DCM_GraphicData);
    }
    if (type == "POINT") {
        points.resize(1);
    }
    StateGraphic graphic{.points = type == "ELLIPSE"        ? ellipse(points)
                                   : type == "CIRCLE"       ? circle(points)
                                   : type == "INTERPOLATED" ? curve(points)
                                                            : std::move(points),
                         .of_display = value_of(item, DCM_GraphicAnnotationUnits) == "DISPLAY",
                         .grey = grey};
    return graphic;
}

Result<StateText> text_of(const Attributes& item, std::uint8_t grey) {
    const auto corner = numbers_of(item, DCM_BoundingBoxTopLeftHandCorner);
    const auto opposite = numbers_of(item, DCM_BoundingBoxBottomRightHandCorner);
    const auto anchor = numbers_of(item, DCM_AnchorPoint);
    const bool boxed = corner.size() == 2 && opposite.size() == 2;
    if (!boxed && anchor.size() != 2) {
        return malformed("text is nowhere", DCM_TextObjectSequence);
    }
    StateText text{.text = std::string(value_of(item, DCM_UnformattedTextValue)), .grey = grey};
    text.text.resize(std::min(text.text.size(), text_bytes_max));
    std::erase(text.text, '\r');
    text.corner = boxed ? Point{corner[0], corner[1]} : Point{anchor[0], anchor[1]};
    text.opposite = boxed ? Point{opposite[0], opposite[1]} : text.corner;
    text.of_display =
        value_of(item, boxed ? DCM_BoundingBoxAnnotationUnits : DCM_AnchorPointAnnotationUnits) ==
        "DISPLAY";
    return text;
}

Result<void> read_annotation(const Attributes& annotation,
                             std::uint8_t grey,
                             std::size_t& points,
                             SoftcopyState& read) {
    for (const Attributes& item : items_of(annotation, DCM_GraphicObjectSequence)) {
        auto graphic = graphic_of(item, grey);
        if (!graphic) {
            return graphic.error();
        }
        points += graphic->points.size();
        if (points > points_max) {
            return too_many();
        }
        read.graphics.push_back(*std::move(graphic));
    }
    for (const Attributes& item : items_of(annotation, DCM_TextObjectSequence)) {
        auto text = text_of(item, grey);
        if (!text) {
            return text.error();
        }
        if (read.texts.size() == texts_max) {
            return too_many();
        }
        read.texts.push_back(*std::move(text));
    }
    return {};
}

}  // namespace

Result<void> read_graphics(const Attributes& state, const StateOf& image, SoftcopyState& read) {
    struct Annotation {
        const Attributes* item;
        Layer layer;
    };
    std::vector<Annotation> annotations;
    for (const Attributes& item : items_of(state, DCM_GraphicAnnotationSequence)) {
        if (image.concerned_by(item)) {
            annotations.push_back(
                {.item = &item, .layer = layer_named(state, value_of(item, DCM_GraphicLayer))});
        }
    }
    std::ranges::stable_sort(
        annotations, {}, [](const Annotation& each) { return each.layer.order; });
    std::size_t points = 0;
    for (const Annotation& each : annotations) {
        if (auto added = read_annotation(*each.item, each.layer.grey, points, read); !added) {
            return added;
        }
    }
    return {};
}

}  // namespace cxr::dicom
