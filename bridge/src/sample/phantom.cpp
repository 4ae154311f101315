#include "sample/phantom.hpp"

#include "sample/anatomy.hpp"
#include "sample/lesions.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace cxr::bridge::sample {
namespace {

struct Glyph {
    char letter;
    std::array<std::uint8_t, 7> rows;  ///< five bits each, the leftmost pixel highest
};
constexpr Glyph glyphs[] = {{'A', {0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}},
                            {'H', {0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11}},
                            {'L', {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f}},
                            {'M', {0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11}},
                            {'N', {0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11}},
                            {'O', {0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e}},
                            {'P', {0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10}},
                            {'T', {0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04}}};

std::size_t pixel(int row, int column) {
    return static_cast<std::size_t>(row) * image_size + static_cast<std::size_t>(column);
}

/// Burned in, as side markers are in real ones.
void burn_in(std::vector<std::uint8_t>& pixels, std::string_view text, int x, int y, int scale) {
    for (const char letter : text) {
        const auto* glyph = std::find_if(std::begin(glyphs), std::end(glyphs), [&](const Glyph& g) {
            return g.letter == letter;
        });
        for (int row = 0; glyph != std::end(glyphs) && row < 7 * scale; ++row) {
            for (int column = 0; column < 5 * scale; ++column) {
                const int bits = glyph->rows[static_cast<std::size_t>(row / scale)];
                if (((bits >> (4 - column / scale)) & 1) != 0) {
                    pixels[pixel(y + row, x + column)] = 248;
                }
            }
        }
        x += 6 * scale;
    }
}

/// Quantum noise, a little blurred by the detector.
Layer make_noise(std::uint64_t seed) {
    Layer raw(static_cast<std::size_t>(image_size) * image_size);
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const std::uint64_t hash = mix(seed, i);
        std::uint64_t sum = 0;  // of four uniform numbers: nearly normal
        for (int part = 0; part < 4; ++part) {
            sum += (hash >> (16 * part)) & 0xffff;
        }
        raw[i] = static_cast<float>((static_cast<double>(sum) - 131070.0) / 37837.0);
    }
    Layer blurred(raw.size());
    for (int row = 0; row < image_size; ++row) {
        for (int column = 0; column < image_size; ++column) {
            const auto at = [&](int r, int c) {
                r = std::clamp(r, 0, image_size - 1);
                c = std::clamp(c, 0, image_size - 1);
                return raw[pixel(r, c)];
            };
            blurred[pixel(row, column)] =
                (4 * at(row, column) + 2 * (at(row - 1, column) + at(row + 1, column) +
                                            at(row, column - 1) + at(row, column + 1))) /
                6;
        }
    }
    return blurred;
}

/// From what the rays passed to grey: films and their digital heirs answer in an S.
std::vector<std::uint8_t> expose(const Canvas& canvas, const PhantomSpec& spec) {
    const Layer noise = make_noise(mix(spec.exposure_seed, 4));
    Random random(mix(spec.exposure_seed, 5));
    const double half_grey_mm = 122 * spec.size * random.between(0.92, 1.08);
    std::vector<std::uint8_t> pixels(canvas.density.size());
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const double vessels =
            std::clamp((canvas.air[i] - 30) / 80, 0.0F, 1.0F) * canvas.vessels[i];
        const double passed =
            std::max(0.0, canvas.tissue[i] - 0.92 * canvas.air[i] + canvas.density[i] + vessels);
        const double ratio = passed / half_grey_mm;
        const double grey = 250 * ratio * ratio / (1 + ratio * ratio) + 4;
        const double sigma = 1.6 + 2.4 * std::min(1.0, ratio);
        pixels[i] = static_cast<std::uint8_t>(std::clamp(grey + sigma * noise[i], 0.0, 255.0));
    }
    return pixels;
}

DrawnFinding in_pixels(const Canvas& canvas, dicom::Finding finding, const Area& area) {
    const double left = std::clamp(canvas.column(area.left), 1.0, 1000.0);
    const double top = std::clamp(canvas.row(area.top), 1.0, 1000.0);
    const double right = std::clamp(canvas.column(area.right), left + 8, 1022.0);
    const double bottom = std::clamp(canvas.row(area.bottom), top + 8, 1022.0);
    return {finding, left, top, right - left, bottom - top};
}

}  // namespace

Radiograph draw_radiograph(const PhantomSpec& spec) {
    const Anatomy anatomy = make_anatomy(spec);
    // The lungs stand in the middle of the field, a little high.
    const double margin = (spec.field_height_mm - anatomy.lung_height) * 0.47;
    Canvas canvas(spec.field_width_mm, spec.field_height_mm, -margin);
    draw_soft_parts(canvas, anatomy, spec);
    draw_vessels(canvas, anatomy, spec);
    Radiograph radiograph;
    for (const dicom::Finding finding : spec.findings) {
        if (finding != dicom::Finding::no_finding) {
            const Area area = draw_finding(canvas, anatomy, finding, spec.exposure_seed);
            radiograph.drawn.push_back(in_pixels(canvas, finding, area));
        }
    }
    draw_bones(canvas, anatomy, spec);
    radiograph.pixels = expose(canvas, spec);
    burn_in(radiograph.pixels, "L", 930, 40, 8);
    burn_in(radiograph.pixels, "PHANTOM", 30, 980, 3);
    return radiograph;
}

}  // namespace cxr::bridge::sample
