#pragma once
/// The normal chest of one patient: measures in mm, and how it is laid onto the canvas.

#include "sample/canvas.hpp"
#include "sample/random.hpp"

namespace cxr::bridge::sample {

/// Image left is the patient's right. `side` is -1 for the right lung, +1 for the left.
struct Anatomy {
    double size;              ///< 1 is an adult
    double lung_half_width;   ///< midline to the ribs
    double lung_height;       ///< apex to the dome of the left diaphragm
    double dome_right_lift;   ///< the right dome stands higher
    double dome_height;       ///< how much a dome falls towards the ribs
    double lung_depth;        ///< along the ray
    double heart_half_width;  ///< of the ellipse
    Point heart_centre;
    double body_half_width;
    double vessel_strength = 1;

    /// The y of the diaphragm's dome at x.
    [[nodiscard]] double dome(double side, double x) const;
    /// Outer border of the lung at y, away from the midline.
    [[nodiscard]] double outer(double y) const;
    [[nodiscard]] double inner(double y) const;
    /// Air along the ray, the heart left out.
    [[nodiscard]] double air_depth(Point at) const;
    /// Of the heart along the ray.
    [[nodiscard]] double heart_depth(Point at) const;
    [[nodiscard]] Area heart_area() const;
};

[[nodiscard]] Anatomy make_anatomy(const PhantomSpec& spec);

void draw_soft_parts(Canvas& canvas, const Anatomy& anatomy, const PhantomSpec& spec);
void draw_bones(Canvas& canvas, const Anatomy& anatomy, const PhantomSpec& spec);
void draw_vessels(Canvas& canvas, const Anatomy& anatomy, const PhantomSpec& spec);

}  // namespace cxr::bridge::sample
