#include "sample/lesions.hpp"

#include <algorithm>
#include <array>

namespace cxr::bridge::sample {
namespace {

double square(double value) {
    return value * value;
}

struct Site {
    double side;
    Point centre;
};

/// A place well inside a lung, `height` from 0 (apex) to 1 (base).
Site site_in_lung(const Anatomy& anatomy, Random& random, double height, double across) {
    const double side = random.chance(0.5) ? -1 : 1;
    const double y = anatomy.lung_height * height;
    const double near = anatomy.inner(y) + (side > 0 ? 22 * anatomy.size * height : 0);
    const double x = near + (anatomy.outer(y) - near) * across;
    return {side, {side * x, y}};
}

Area around(Point centre, double half_width, double half_height) {
    return {centre.x - half_width,
            centre.y - half_height,
            centre.x + half_width,
            centre.y + half_height};
}

/// Fluid or cells in the air spaces: denser in patches, only where there is lung.
void fill_patches(Canvas& canvas,
                  const Anatomy& anatomy,
                  const Area& area,
                  double strength,
                  double grain,
                  std::uint64_t seed) {
    const Point centre{(area.left + area.right) / 2, (area.top + area.bottom) / 2};
    canvas.for_each(area, [&](std::size_t index, Point p) {
        const double r2 = square((p.x - centre.x) / (area.right - centre.x)) +
                          square((p.y - centre.y) / (area.bottom - centre.y));
        const double patches =
            0.55 * cloud(seed, p, grain) + 0.45 * cloud(seed + 1, p, grain * 0.4);
        const double lung = std::min(1.0, canvas.air[index] / (40 * anatomy.size));
        canvas.density[index] +=
            static_cast<float>(strength * bump(r2) * lung * std::max(0.0, 1.7 * patches - 0.25));
    });
}

/// A ball of tissue in the lung with a lobed edge.
Area draw_ball(Canvas& canvas, Point centre, double radius, double depth, std::uint64_t seed) {
    const Area area = around(centre, radius * 1.12, radius * 1.12);
    canvas.for_each(area, [&](std::size_t index, Point p) {
        const double lobes = 0.9 + 0.22 * cloud(seed, p, radius * 0.7);
        const double r2 =
            (square(p.x - centre.x) + square(p.y - centre.y)) / square(radius * lobes);
        canvas.density[index] += static_cast<float>(depth * root(1 - r2));
    });
    return area;
}

Area draw_effusion(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double side = random.chance(0.5) ? -1 : 1;
    const double s = anatomy.size;
    const double height = random.between(85, 130) * s;
    const double outer = anatomy.outer(anatomy.lung_height);
    const double floor = anatomy.dome(side, side * outer);
    const double top = floor - height;
    const Area area{side < 0 ? -outer : 28 * s, top, side < 0 ? -28 * s : outer, floor};
    canvas.for_each(area, [&](std::size_t index, Point p) {
        // The meniscus climbs along the ribs.
        const double from_ribs = (outer - side * p.x) / (outer - 28 * s);
        const double surface = top + height * 0.55 * root(from_ribs);
        if (p.y > surface && p.y < anatomy.dome(side, p.x)) {
            const double soft = std::min(1.0, (p.y - surface) / (9 * s));
            canvas.air[index] *= static_cast<float>(1 - 0.93 * soft);
            canvas.vessels[index] *= static_cast<float>(1 - soft);
        }
    });
    return area;
}

Area draw_pneumothorax(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double side = random.chance(0.5) ? -1 : 1;
    const double s = anatomy.size;
    const double gap = random.between(16, 26) * s;
    const double bottom = anatomy.lung_height * random.between(0.6, 0.8);
    // The lung's own edge: away from the ribs most at the apex, meeting them below.
    const auto edge = [&](double y) {
        return anatomy.outer(y) - gap * root(1 - y / bottom) - 1.5 * s;
    };
    std::vector<Point> line;
    for (int i = 0; i <= 40; ++i) {
        const double y =
            0.06 * anatomy.lung_height + (bottom - 0.06 * anatomy.lung_height) * i / 40;
        line.push_back({side * edge(y), y});
    }
    double innermost = anatomy.outer(bottom);
    const double reach = anatomy.outer(bottom) + 2 * s;
    canvas.for_each({std::min(0.0, side * reach), 0, std::max(0.0, side * reach), bottom},
                    [&](std::size_t index, Point p) {
                        if (side * p.x > edge(p.y)) {
                            canvas.vessels[index] = 0;
                            canvas.air[index] *= 1.12F;
                            innermost = std::min(innermost, side * p.x);
                        } else if (canvas.air[index] > 60 * s) {
                            canvas.density[index] += static_cast<float>(9 * s);
                        }
                    });
    Layer pleura(canvas.density.size());
    canvas.draw_rod(pleura, line, {1.1 * s, 1.1 * s, 17 * s, 12 * s});
    for (std::size_t i = 0; i < pleura.size(); ++i) {
        canvas.density[i] += pleura[i];
    }
    return side < 0 ? Area{-reach, 0, -innermost, bottom} : Area{innermost, 0, reach, bottom};
}

Area draw_atelectasis(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double s = anatomy.size;
    const Site site = site_in_lung(anatomy, random, random.between(0.74, 0.86), 0.55);
    const double half = random.between(24, 38) * s;
    Layer plates(canvas.density.size());
    const int count = 2 + static_cast<int>(random.below(2));
    for (int i = 0; i < count; ++i) {
        const double y = site.centre.y + (i * 11 - 8) * s;
        const double tilt = random.between(-7, 7) * s;
        const std::array<Point, 3> plate{Point{site.centre.x - half, y - tilt},
                                         Point{site.centre.x, y - 2.5 * s},
                                         Point{site.centre.x + half, y + tilt}};
        canvas.draw_rod(plates, plate, {3.2 * s, 2 * s, 42 * s, 30 * s});
    }
    for (std::size_t i = 0; i < plates.size(); ++i) {
        canvas.density[i] += plates[i];
    }
    return around({site.centre.x, site.centre.y + 2 * s}, half + 4 * s, 22 * s);
}

Area draw_patchy(Canvas& canvas,
                 const Anatomy& anatomy,
                 Random& random,
                 double strength,
                 double grain,
                 double height) {
    const double s = anatomy.size;
    const Site site = site_in_lung(anatomy, random, height, random.between(0.45, 0.6));
    const Area area = around(site.centre, random.between(34, 46) * s, random.between(34, 50) * s);
    fill_patches(canvas, anatomy, area, strength * s, grain * s, random.next());
    return area;
}

Area draw_edema(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double s = anatomy.size;
    Area both{0, 0, 0, 0};
    for (const double side : {-1.0, 1.0}) {
        const Area wing = around({side * 58 * s, 122 * s}, 58 * s, 72 * s);
        fill_patches(canvas, anatomy, wing, 78 * s, 20 * s, random.next());
        both = side < 0 ? wing : Area{both.left, wing.top, wing.right, wing.bottom};
    }
    return both;
}

/// A net of fine lines at both bases.
Area draw_fibrosis(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double s = anatomy.size;
    const std::uint64_t seed = random.next();
    const double top = anatomy.lung_height * 0.5;
    const double width = anatomy.outer(anatomy.lung_height);
    const Area area{-width, top, width, anatomy.dome(1, width)};
    canvas.for_each(area, [&](std::size_t index, Point p) {
        const double ridge = 1 - std::abs(cloud(seed, p, 6 * s) - 0.5) * 7;
        const double fine = 1 - std::abs(cloud(seed + 1, p, 3.2 * s) - 0.5) * 6;
        const double more_below = std::min(1.0, (p.y - top) / (45 * s));
        const double side = p.x < 0 ? -1 : 1;
        const double lung =
            p.y < anatomy.dome(side, p.x) ? std::min(1.0, canvas.air[index] / (50 * s)) : 0;
        canvas.density[index] += static_cast<float>(
            (24 * std::max(0.0, ridge) + 14 * std::max(0.0, fine)) * s * more_below * lung);
    });
    return area;
}

Area draw_pleural_thickening(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double side = random.chance(0.5) ? -1 : 1;
    const double s = anatomy.size;
    const double thickness = random.between(7, 12) * s;
    const double top = 6 * s;
    const double bottom = anatomy.lung_height * random.between(0.55, 0.8);
    const std::uint64_t seed = random.next();
    const double far = anatomy.outer(bottom);
    const Area area{side < 0 ? -far : 40 * s, top, side < 0 ? -40 * s : far, bottom};
    canvas.for_each(area, [&](std::size_t index, Point p) {
        const double depth = anatomy.outer(p.y) - side * p.x;
        const double here = thickness * (0.5 + cloud(seed, p, 24 * s)) *
                            root(std::min(1.0, (bottom - p.y) / (40 * s)));
        if (depth > 0 && depth < here) {
            canvas.air[index] *= 0.35F;
        }
    });
    return area;
}

/// Stomach behind the heart: a ball with an air bubble and a level in it.
Area draw_hernia(Canvas& canvas, const Anatomy& anatomy, Random& random) {
    const double s = anatomy.size;
    const Point centre{random.between(2, 14) * s, anatomy.lung_height - 18 * s};
    const double radius = random.between(30, 38) * s;
    const Area area = around(centre, radius, radius);
    canvas.for_each(area, [&](std::size_t index, Point p) {
        const double r2 = (square(p.x - centre.x) + square(p.y - centre.y)) / square(radius);
        const double wall = root(1 - r2);
        if (wall <= 0) {
            return;
        }
        canvas.air[index] *= 0.25F;
        canvas.density[index] += static_cast<float>(24 * s * wall);
        if (r2 < 0.78 && p.y < centre.y - 4 * s) {
            canvas.air[index] += static_cast<float>(105 * s * root(0.78 - r2));
        }
    });
    return area;
}

Area whole_lungs(const Anatomy& anatomy) {
    const double width = anatomy.outer(anatomy.lung_height);
    return {-width, 0, width, anatomy.dome(1, width)};
}

}  // namespace

Area draw_finding(Canvas& canvas,
                  const Anatomy& anatomy,
                  dicom::Finding finding,
                  std::uint64_t seed) {
    using dicom::Finding;
    Random random(mix(seed, 100 + static_cast<std::uint64_t>(finding)));
    const double s = anatomy.size;
    switch (finding) {
        case Finding::atelectasis:
            return draw_atelectasis(canvas, anatomy, random);
        case Finding::cardiomegaly:
            return anatomy.heart_area();
        case Finding::effusion:
            return draw_effusion(canvas, anatomy, random);
        case Finding::infiltration:
            return draw_patchy(canvas, anatomy, random, 66, 13, random.between(0.45, 0.7));
        case Finding::mass:
        case Finding::nodule: {
            const bool mass = finding == Finding::mass;
            const double radius = (mass ? random.between(18, 28) : random.between(7, 11)) * s;
            const Site site =
                site_in_lung(anatomy, random, random.between(0.3, 0.7), random.between(0.4, 0.65));
            return draw_ball(canvas, site.centre, radius, (mass ? 95 : 62) * s, random.next());
        }
        case Finding::pneumonia:
            return draw_patchy(canvas, anatomy, random, 92, 24, random.between(0.6, 0.75));
        case Finding::pneumothorax:
            return draw_pneumothorax(canvas, anatomy, random);
        case Finding::consolidation:
            return draw_patchy(canvas, anatomy, random, 140, 40, random.between(0.35, 0.6));
        case Finding::edema:
            return draw_edema(canvas, anatomy, random);
        case Finding::fibrosis:
            return draw_fibrosis(canvas, anatomy, random);
        case Finding::pleural_thickening:
            return draw_pleural_thickening(canvas, anatomy, random);
        case Finding::hernia:
            return draw_hernia(canvas, anatomy, random);
        case Finding::emphysema:
        case Finding::no_finding:
            break;
    }
    return whole_lungs(anatomy);
}

}  // namespace cxr::bridge::sample
