#include "image/canvas.hpp"

#include "core/utf8.hpp"
#include "image/glyphs.hpp"

#include <algorithm>
#include <cmath>

namespace cxr::dicom {

namespace {

constexpr unsigned advance = glyph_columns + 1, line_height = glyph_rows + 2;

std::uint8_t opposite(std::uint8_t grey) {
    return grey < 128 ? 255 : 0;
}

/// One letter after the other with its place: column and line.
template <typename Each>
void each_letter(std::string_view text, Each each) {
    unsigned column = 0, line = 0;
    while (!text.empty()) {
        const DecodedCharacter character = first_character(text);
        text.remove_prefix(character.size);
        if (character.code_point == U'\n') {
            column = 0;
            ++line;
        } else {
            each(character.code_point, column++, line);
        }
    }
}

/// What is left of a line within a rectangle (Liang and Barsky's way); false: nothing.
bool clip(Point& from, Point& to, const Point& least, const Point& greatest) {
    double begin = 0, end = 1;
    const double dx = to.x - from.x, dy = to.y - from.y;
    const auto keep = [&begin, &end](double along, double room) {
        if (along == 0) {
            return room >= 0;
        }
        const double at = room / along;
        along < 0 ? begin = std::max(begin, at) : end = std::min(end, at);
        return begin <= end;
    };
    if (!keep(-dx, from.x - least.x) || !keep(dx, greatest.x - from.x) ||
        !keep(-dy, from.y - least.y) || !keep(dy, greatest.y - from.y)) {
        return false;
    }
    to = {from.x + dx * end, from.y + dy * end};
    from = {from.x + dx * begin, from.y + dy * begin};
    return true;
}

}  // namespace

Canvas::Canvas(Picture& picture)
    : picture_(picture),
      line_width_(1 + static_cast<int>(std::min(picture.rows, picture.columns) / 700)),
      steps_left_(400 * (std::uint64_t{picture.rows} + picture.columns)) {}

double Canvas::text_width(std::string_view text, unsigned scale) {
    unsigned columns = 0;
    each_letter(text, [&columns](char32_t, unsigned column, unsigned) {
        columns = std::max(columns, column + 1);
    });
    return columns == 0 ? 0 : 1.0 * scale * (columns * advance - 1);
}

double Canvas::text_height(std::string_view text, unsigned scale) {
    const auto breaks = static_cast<unsigned>(std::ranges::count(text, '\n'));
    return 1.0 * scale * (breaks * line_height + glyph_rows);
}

void Canvas::line(std::span<const Point> points, std::uint8_t grey) {
    strokes(points, line_width_ + 2, opposite(grey));
    strokes(points, line_width_, grey);
}

void Canvas::cross(const Point& at, std::uint8_t grey) {
    const double arm = 4.0 * line_width_;
    const Point across[] = {{at.x - arm, at.y}, {at.x + arm, at.y}};
    const Point down[] = {{at.x, at.y - arm}, {at.x, at.y + arm}};
    for (const int width : {line_width_ + 2, line_width_}) {
        const std::uint8_t shade = width > line_width_ ? opposite(grey) : grey;
        strokes(across, width, shade);
        strokes(down, width, shade);
    }
}

void Canvas::strokes(std::span<const Point> points, int width, std::uint8_t grey) {
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        stroke(points[i], points[i + 1], width, grey);
    }
}

void Canvas::stroke(Point from, Point to, int width, std::uint8_t grey) {
    const Point least{-double(width), -double(width)};
    const Point greatest{double(picture_.columns) + width, double(picture_.rows) + width};
    if (!clip(from, to, least, greatest)) {
        return;
    }
    const double steps =
        std::max(1.0, std::ceil(std::max(std::abs(to.x - from.x), std::abs(to.y - from.y))));
    const auto count = static_cast<std::uint64_t>(steps) + 1;
    if (count > steps_left_) {
        return;
    }
    steps_left_ -= count;
    for (double step = 0; step <= steps; ++step) {
        const double part = step / steps;
        const double x = from.x + (to.x - from.x) * part, y = from.y + (to.y - from.y) * part;
        fill(std::lround(std::floor(x - (width - 1) / 2.0)),
             std::lround(std::floor(y - (width - 1) / 2.0)),
             width,
             width,
             grey);
    }
}

void Canvas::text(std::string_view text, const Point& corner, unsigned scale, std::uint8_t grey) {
    const int rim = std::max(1, static_cast<int>(scale) / 2);
    letters(text, corner, scale, rim, opposite(grey));
    letters(text, corner, scale, 0, grey);
}

void Canvas::letters(
    std::string_view text, const Point& corner, unsigned scale, int rim, std::uint8_t grey) {
    // Beyond that nothing is to be seen, and the numbers stay small.
    const auto bounded = [](double value) { return std::lround(std::clamp(value, -1e6, 1e6)); };
    const long left = bounded(corner.x), top = bounded(corner.y);
    each_letter(text, [&](char32_t character, unsigned column, unsigned line) {
        const Glyph& glyph = glyph_of(character);
        for (unsigned row = 0; row < glyph_rows; ++row) {
            for (unsigned at = 0; at < glyph_columns; ++at) {
                if ((glyph[row] >> (glyph_columns - 1 - at) & 1U) != 0) {
                    fill(left + long{column * advance + at} * scale - rim,
                         top + long{line * line_height + row} * scale - rim,
                         long{scale} + 2L * rim,
                         long{scale} + 2L * rim,
                         grey);
                }
            }
        }
    });
}

void Canvas::fill(long left, long top, long width, long height, std::uint8_t grey) {
    const long right = std::min(left + width, long{picture_.columns});
    const long bottom = std::min(top + height, long{picture_.rows});
    left = std::max(left, 0L);
    top = std::max(top, 0L);
    if (left >= right) {
        return;
    }
    for (long row = top; row < bottom; ++row) {
        const auto begin = picture_.pixels.begin() +
                           (row * long{picture_.columns} + left) * long{picture_.samples};
        std::fill_n(begin, (right - left) * long{picture_.samples}, grey);
    }
}

}  // namespace cxr::dicom
