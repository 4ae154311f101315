#pragma once
/// Lines and text over a picture, each with a rim of the opposite brightness: to be seen on
/// whatever is under it. What is outside the picture is left out.

#include "dicom/image/rendering.hpp"
#include "dicom/presentation/softcopy_state.hpp"

#include <span>
#include <string_view>

namespace cxr::dicom {

class Canvas {
public:
    /// The picture outlives it.
    explicit Canvas(Picture& picture);

    /// In points of the picture.
    void line(std::span<const Point> points, std::uint8_t grey);
    void cross(const Point& at, std::uint8_t grey);
    /// Lines are separated by LF. @param corner the upper left one
    void text(std::string_view text, const Point& corner, unsigned scale, std::uint8_t grey);

    /// Of text, in points of the picture, without the rim.
    [[nodiscard]] static double text_width(std::string_view text, unsigned scale);
    [[nodiscard]] static double text_height(std::string_view text, unsigned scale);

private:
    void stroke(Point from, Point to, int width, std::uint8_t grey);
    void strokes(std::span<const Point> points, int width, std::uint8_t grey);
    void letters(
        std::string_view text, const Point& corner, unsigned scale, int rim, std::uint8_t grey);
    /// Its corners may be anywhere.
    void fill(long left, long top, long width, long height, std::uint8_t grey);

    Picture& picture_;
    const int line_width_;
    std::uint64_t steps_left_;  ///< of strokes: more than any sensible drawing has is not drawn
};

}  // namespace cxr::dicom
