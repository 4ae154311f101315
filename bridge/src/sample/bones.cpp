#include "sample/anatomy.hpp"

#include <array>

namespace cxr::bridge::sample {
namespace {

constexpr int ribs_count = 10;

/// Half an ellipse without trigonometry: t from 0 to 1 goes from (0, -b) or (0, b) to (a, 0).
std::vector<Point> quarter_ellipse(Point centre, double a, double b, double t_end) {
    constexpr int steps = 28;
    std::vector<Point> points;
    for (int i = 0; i <= steps; ++i) {
        const double t = t_end * i / steps;
        const double norm = 1 + t * t;
        points.push_back({centre.x + a * 2 * t / norm, centre.y - b * (1 - t * t) / norm});
    }
    return points;
}

/// A rib is a tilted hoop: its back half is the upper quarter of an ellipse, its front half the
/// lower one, which ends in cartilage that X-rays do not show.
void draw_ribs(Canvas& canvas, const Anatomy& anatomy, Layer& bones) {
    const double s = anatomy.size;
    Layer front(bones.size());
    for (int i = 0; i < ribs_count; ++i) {
        const double level = anatomy.lung_height * (0.075 + 0.1 * i);
        const double a = anatomy.outer(level) + 3 * s;
        const double b = (12 + 4.2 * i) * s;
        for (const double side : {-1.0, 1.0}) {
            const std::vector<Point> back =
                quarter_ellipse({side * 6 * s, level}, side * (a - 6 * s), b, 1);
            canvas.draw_rod(bones, back, {6.2 * s, 5.2 * s, 21 * s, 17 * s});
            const std::vector<Point> front_half = [&] {
                std::vector<Point> points = quarter_ellipse({0, level}, side * a, -b * 1.7, 1);
                points.erase(points.begin(), points.begin() + 9);
                return points;
            }();
            canvas.draw_rod(front, front_half, {6.6 * s, 5.2 * s, 7 * s, 13 * s});
        }
    }
    for (std::size_t i = 0; i < bones.size(); ++i) {
        bones[i] += front[i];
    }
}

void draw_clavicles(Canvas& canvas, const Anatomy& anatomy, Layer& bones) {
    const double s = anatomy.size;
    for (const double side : {-1.0, 1.0}) {
        std::vector<Point> points;
        for (int i = 0; i <= 30; ++i) {
            const double t = i / 30.0;
            // An S: down from the sternum's end, then up and outwards.
            const double x = (13 + 138 * t) * s;
            const double y = (34 - 30 * t - 26 * t * (1 - t) * (1 - 2 * t)) * s;
            points.push_back({side * x, y});
        }
        canvas.draw_rod(bones, points, {7 * s, 5.5 * s, 30 * s, 26 * s});
    }
}

/// Seen edge on beside the lungs in PA views, over them in AP views.
void draw_scapulae(Canvas& canvas, const Anatomy& anatomy, bool ap, Layer& bones) {
    const double s = anatomy.size;
    const double shift = (ap ? 0 : 30) * s;
    for (const double side : {-1.0, 1.0}) {
        const Point corner{side * (92 * s + shift), 18 * s};
        const Point tip{side * (104 * s + shift), 152 * s};
        const Point shoulder{side * (160 * s + shift * 0.5), 30 * s};
        const std::array<Point, 4> border{shoulder, corner, tip, shoulder};
        canvas.draw_rod(bones, border, {3.2 * s, 3.2 * s, 10 * s, 10 * s});
        canvas.for_each({-230 * s, 0, 230 * s, 160 * s}, [&](std::size_t index, Point p) {
            const auto left_of = [&](Point a, Point b) {
                return side * ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) < 0;
            };
            if (left_of(corner, tip) && left_of(tip, shoulder) && left_of(shoulder, corner)) {
                bones[index] += static_cast<float>(6 * s);
            }
        });
        const Point head{side * (178 * s + shift * 0.3), 26 * s};
        const double radius = 23 * s;
        canvas.for_each({head.x - radius, head.y - radius, head.x + radius, head.y + radius},
                        [&](std::size_t index, Point p) {
                            const double r2 = ((p.x - head.x) * (p.x - head.x) +
                                               (p.y - head.y) * (p.y - head.y)) /
                                              (radius * radius);
                            const double body = std::min(1.0, canvas.tissue[index] / (60 * s));
                            bones[index] += static_cast<float>(36 * s * body * root(1 - r2));
                        });
    }
}

void draw_spine(Canvas& canvas, const Anatomy& anatomy, Layer& bones) {
    const double s = anatomy.size;
    const double pitch = 21 * s;
    const Area area{-24 * s, canvas.whole().top, 24 * s, canvas.whole().bottom};
    canvas.for_each(area, [&](std::size_t index, Point p) {
        const double across = p.x / (18 * s);
        const double place = p.y / pitch - std::floor(p.y / pitch);
        // Discs let more through than the bodies; the pedicles are two dense eyes.
        const double disc = bump((place - 0.5) * (place - 0.5) * 60);
        const double eye_x = (std::abs(p.x) - 12 * s) / (3.6 * s);
        const double eye_y = (place - 0.95) * pitch / (5 * s);
        const double eye = bump(eye_x * eye_x + eye_y * eye_y);
        const double body = 34 * s * root(1 - across * across) * (1 - 0.35 * disc);
        bones[index] += static_cast<float>(body + 14 * s * eye);
    });
}

}  // namespace

void draw_bones(Canvas& canvas, const Anatomy& anatomy, const PhantomSpec& spec) {
    Layer bones(canvas.density.size());
    draw_ribs(canvas, anatomy, bones);
    draw_clavicles(canvas, anatomy, bones);
    draw_scapulae(canvas, anatomy, spec.ap, bones);
    draw_spine(canvas, anatomy, bones);
    for (std::size_t i = 0; i < bones.size(); ++i) {
        canvas.density[i] += bones[i];
    }
}

}  // namespace cxr::bridge::sample
