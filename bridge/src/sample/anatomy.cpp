#include "sample/anatomy.hpp"

#include <algorithm>
#include <array>

namespace cxr::bridge::sample {
namespace {

bool has(const PhantomSpec& spec, dicom::Finding finding) {
    return std::find(spec.findings.begin(), spec.findings.end(), finding) != spec.findings.end();
}

double square(double value) {
    return value * value;
}

/// Neck, shoulders, trunk: half the body's width at y.
double body_half_width(const Anatomy& anatomy, double y) {
    const double s = anatomy.size;
    const double neck = 52 * s;
    const double shoulders = anatomy.body_half_width + 22 * s;
    if (y < -28 * s) {
        return neck;
    }
    if (y < 70 * s) {
        const double t = (y + 28 * s) / (98 * s);
        return neck + (shoulders - neck) * root(1 - square(1 - t));
    }
    const double t = std::min(1.0, (y - 70 * s) / (110 * s));
    return shoulders - (shoulders - anatomy.body_half_width) * t * t * (3 - 2 * t);
}

void draw_breasts(Canvas& canvas, const Anatomy& anatomy) {
    const double s = anatomy.size;
    for (const double side : {-1.0, 1.0}) {
        const Point centre{side * 84 * s, 168 * s};
        const double radius = 62 * s;
        canvas.for_each(
            {centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius},
            [&](std::size_t index, Point p) {
                // The lower fold is sharp, the upper edge is lost.
                const double dy = (p.y - centre.y) / (p.y < centre.y ? 1.0 : 0.8);
                const double r2 = (square(p.x - centre.x) + square(dy)) / square(radius);
                const double fade = std::clamp((p.y - centre.y) / radius + 0.9, 0.0, 1.0);
                canvas.density[index] += static_cast<float>(26 * s * root(1 - r2) * fade);
            });
    }
}

}  // namespace

double Anatomy::outer(double y) const {
    const double t = std::clamp(y / (0.62 * lung_height), 0.0, 1.0);
    const double apex = 46 * size;
    return apex + (lung_half_width - apex) * root(1 - square(1 - t));
}

double Anatomy::inner(double y) const {
    const double t = std::clamp(y / (0.16 * lung_height), 0.0, 1.0);
    const double apex = 46 * size;
    return apex - (apex - 19 * size) * root(1 - square(1 - t));
}

double Anatomy::dome(double side, double x) const {
    const double top = lung_height - (side < 0 ? dome_right_lift : 0);
    const double from_top = (side * x - 62 * size) / (70 * size);
    // Towards the ribs the dome falls steeply: the costophrenic angle.
    return top + dome_height * from_top * from_top * (from_top > 0 ? 1.35 : 0.55);
}

double Anatomy::air_depth(Point at) const {
    const double side = at.x < 0 ? -1 : 1;
    const double x = side * at.x;
    const double near = inner(at.y);
    const double far = outer(at.y);
    const double floor = dome(side, at.x);
    if (at.y <= 0 || at.y >= floor || x <= near || x >= far) {
        return 0;
    }
    const double across = (x - (near + far) / 2) / ((far - near) / 2);
    const double t = std::min(1.0, at.y / (0.3 * lung_height));
    const double apex = root(1 - square(1 - t));
    const double base = root(std::min(1.0, (floor - at.y) / (26 * size)));
    return lung_depth * root(1 - square(across * across)) * apex * (0.35 + 0.65 * base);
}

double Anatomy::heart_depth(Point at) const {
    // The long axis points down to the patient's left: 0.8, 0.6 is a unit vector.
    const double dx = at.x - heart_centre.x;
    const double dy = at.y - heart_centre.y;
    const double along = (dx * 0.8 + dy * 0.6) / heart_half_width;
    const double across = (dy * 0.8 - dx * 0.6) / (heart_half_width * 0.74);
    return 2 * 46 * size * root(1 - along * along - across * across);
}

Area Anatomy::heart_area() const {
    // Half the extent of a turned ellipse: sqrt((a cos)^2 + (b sin)^2), and the other way round.
    const double a = heart_half_width;
    const double b = heart_half_width * 0.74;
    const double half_x = std::sqrt(square(a * 0.8) + square(b * 0.6));
    const double half_y = std::sqrt(square(a * 0.6) + square(b * 0.8));
    return {heart_centre.x - half_x,
            heart_centre.y - half_y,
            heart_centre.x + half_x,
            std::min(heart_centre.y + half_y, lung_height + 8 * size)};
}

Anatomy make_anatomy(const PhantomSpec& spec) {
    Random random(mix(spec.anatomy_seed, 1));
    Anatomy anatomy{};
    const double s = spec.size * random.between(0.95, 1.04) * (spec.female ? 0.94 : 1.0);
    anatomy.size = s;
    anatomy.lung_half_width = random.between(134, 146) * s;
    anatomy.lung_height = random.between(228, 252) * s;
    anatomy.dome_right_lift = random.between(8, 16) * s;
    anatomy.dome_height = random.between(22, 30) * s;
    anatomy.lung_depth = random.between(150, 165) * s;
    anatomy.body_half_width = random.between(164, 180) * s;
    anatomy.heart_half_width = random.between(66, 73) * s;
    if (spec.ap) {
        anatomy.lung_height *= 0.93;  // lying patients breathe in less deeply
        anatomy.heart_half_width *= 1.08;
    }
    if (has(spec, dicom::Finding::emphysema)) {
        anatomy.lung_height *= 1.1;
        anatomy.dome_height *= 0.35;
        anatomy.lung_depth *= 1.12;
        anatomy.heart_half_width *= 0.88;
        anatomy.vessel_strength = 0.5;
    }
    if (has(spec, dicom::Finding::cardiomegaly)) {
        anatomy.heart_half_width *= 1.32;
    }
    if (has(spec, dicom::Finding::edema)) {
        anatomy.vessel_strength = 1.7;
    }
    anatomy.heart_centre = {0.33 * anatomy.heart_half_width,
                            anatomy.lung_height - 0.72 * anatomy.heart_half_width};
    return anatomy;
}

void draw_soft_parts(Canvas& canvas, const Anatomy& anatomy, const PhantomSpec& spec) {
    const double s = anatomy.size;
    const Point knob{24 * s, 58 * s};
    const Point bubble{66 * s, anatomy.lung_height + 30 * s};
    const std::uint64_t texture = mix(spec.exposure_seed, 2);
    canvas.for_each(canvas.whole(), [&](std::size_t index, Point p) {
        const double across = p.x / body_half_width(anatomy, p.y);
        const double body = 205 * s * root(1 - square(across * across));
        if (body <= 0) {
            return;
        }
        double air = anatomy.air_depth(p);
        air = std::max(0.0, air - 1.7 * anatomy.heart_depth(p));
        const double knob_r2 = (square(p.x - knob.x) + square(p.y - knob.y)) / square(19 * s);
        air = std::max(0.0, air - 130 * s * root(1 - knob_r2));
        air *= 0.95 + 0.1 * cloud(texture, p, 17 * s);
        if (p.y < 78 * s) {
            const double trachea = std::abs(p.x + 2 * s) / (8.5 * s);
            air = std::max(air, 30 * s * root(1 - square(trachea)));
        }
        const double bubble_r2 =
            square((p.x - bubble.x) / (30 * s)) + square((p.y - bubble.y) / (15 * s));
        air = std::max(air, 55 * s * root(1 - bubble_r2));
        canvas.tissue[index] = static_cast<float>(body);
        canvas.air[index] = static_cast<float>(air);
    });
    const std::array<Point, 2> right_bronchus{Point{-2 * s, 76 * s}, Point{-32 * s, 104 * s}};
    const std::array<Point, 2> left_bronchus{Point{-2 * s, 76 * s}, Point{36 * s, 112 * s}};
    const Canvas::Rod bronchus{7 * s, 5 * s, 30 * s, 20 * s};
    canvas.draw_rod(canvas.air, right_bronchus, bronchus);
    canvas.draw_rod(canvas.air, left_bronchus, bronchus);
    if (spec.female && spec.size > 0.85) {
        draw_breasts(canvas, anatomy);
    }
}

void draw_vessels(Canvas& canvas, const Anatomy& anatomy, const PhantomSpec& spec) {
    const double s = anatomy.size;
    Random random(mix(spec.anatomy_seed, 3));
    struct Branch {
        Point from, direction;
        double radius, length;
        int generation;
    };
    std::vector<Branch> branches;
    for (const double side : {-1.0, 1.0}) {
        const Point hilum{side * 30 * s, (side < 0 ? 112 : 104) * s};
        for (int i = 0; i < 9; ++i) {
            const double x = side * random.between(0.25, 1);
            const double y = random.between(-1, 1.25);
            const double length = std::sqrt(x * x + y * y);
            branches.push_back({.from = hilum,
                                .direction = {x / length, y / length},
                                .radius = random.between(2.4, 3.9) * s,
                                .length = random.between(25, 38) * s,
                                .generation = 0});
        }
    }
    while (!branches.empty()) {
        const Branch branch = branches.back();
        branches.pop_back();
        const Point to{branch.from.x + branch.direction.x * branch.length,
                       branch.from.y + branch.direction.y * branch.length};
        const std::array<Point, 2> ends{branch.from, to};
        const double depth = 9 * branch.radius * anatomy.vessel_strength;
        canvas.draw_rod(
            canvas.vessels, ends, {branch.radius, branch.radius * 0.75, depth, depth * 0.75});
        for (int i = 0; branch.generation < 4 && i < 2; ++i) {
            const double turn = random.between(0.1, 0.62) * (i == 0 ? 1 : -1);
            const double x = branch.direction.x - turn * branch.direction.y;
            const double y = branch.direction.y + turn * branch.direction.x;
            const double length = std::sqrt(x * x + y * y);
            branches.push_back({.from = to,
                                .direction = {x / length, y / length},
                                .radius = branch.radius * 0.7,
                                .length = branch.length * random.between(0.75, 0.95),
                                .generation = branch.generation + 1});
        }
    }
}

}  // namespace cxr::bridge::sample
