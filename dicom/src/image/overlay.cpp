#include "image/overlay.hpp"

#include "image/canvas.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace cxr::dicom {

namespace {

constexpr std::uint32_t annotated_side_min = 200;
/// In letters: an annotation is as wide as half of a picture at most.
constexpr std::uint32_t annotation_letters = 40;

void append_line(std::string& text, std::string_view line) {
    if (!line.empty()) {
        text += text.empty() ? "" : "\n";
        text.append(line.substr(0, annotation_letters));
    }
}

/// As wide and as high as its box at most.
unsigned scale_of(const StateText& text,
                  const Point& one,
                  const Point& other,
                  const Picture& picture) {
    if (text.corner == text.opposite) {
        return 1 + std::min(picture.rows, picture.columns) / 700;
    }
    const double across =
        std::abs(other.x - one.x) / std::max(1.0, Canvas::text_width(text.text, 1));
    const double down = std::abs(other.y - one.y) / Canvas::text_height(text.text, 1);
    return static_cast<unsigned>(std::clamp(std::floor(std::min(across, down)), 1.0, 16.0));
}

}  // namespace

Point Placement::of_pixel(const Point& pixel) const {
    const bool sideways = turned == 90 || turned == 270;
    const double across = sideways ? rows : columns, down = sideways ? columns : rows;
    Point at{(pixel.x - left) * across_scale, (pixel.y - top) * down_scale};
    at = {mirrored_across ? across - at.x : at.x, mirrored_down ? down - at.y : at.y};
    switch (turned) {
        case 90:
            at = {columns - at.y, at.x};
            break;
        case 180:
            at = {columns - at.x, rows - at.y};
            break;
        case 270:
            at = {at.y, rows - at.x};
            break;
        default:
            break;
    }
    return {flipped ? columns - at.x : at.x, at.y};
}

void turn(Picture& picture, unsigned degrees, bool flipped) {
    if (degrees == 0 && !flipped) {
        return;
    }
    const bool sideways = degrees == 90 || degrees == 270;
    Picture turned{.rows = sideways ? picture.columns : picture.rows,
                   .columns = sideways ? picture.rows : picture.columns,
                   .samples = picture.samples,
                   .pixels = std::vector<std::uint8_t>(picture.pixels.size())};
    const std::size_t samples = picture.samples;
    for (std::uint32_t row = 0; row < picture.rows; ++row) {
        for (std::uint32_t column = 0; column < picture.columns; ++column) {
            std::uint32_t to_row = row, to_column = column;
            if (degrees == 90) {
                to_row = column;
                to_column = picture.rows - 1 - row;
            } else if (degrees == 180) {
                to_row = picture.rows - 1 - row;
                to_column = picture.columns - 1 - column;
            } else if (degrees == 270) {
                to_row = picture.columns - 1 - column;
                to_column = row;
            }
            to_column = flipped ? turned.columns - 1 - to_column : to_column;
            const auto from = (std::size_t{row} * picture.columns + column) * samples;
            const auto to = (std::size_t{to_row} * turned.columns + to_column) * samples;
            std::copy_n(&picture.pixels[from], samples, &turned.pixels[to]);
        }
    }
    picture = std::move(turned);
}

void draw(Picture& picture, const SoftcopyState& state, const Placement& placement) {
    Canvas canvas(picture);
    const auto place = [&placement](const Point& point, bool of_display) {
        return of_display ? placement.of_display(point) : placement.of_pixel(point);
    };
    for (const StateGraphic& graphic : state.graphics) {
        std::vector<Point> points;
        for (const Point& point : graphic.points) {
            points.push_back(place(point, graphic.of_display));
        }
        if (points.size() == 1) {
            canvas.cross(points.front(), graphic.grey);
        } else {
            canvas.line(points, graphic.grey);
        }
    }
    for (const StateText& text : state.texts) {
        const Point one = place(text.corner, text.of_display);
        const Point other = place(text.opposite, text.of_display);
        // However the image is turned, letters stand upright.
        const Point corner{std::min(one.x, other.x), std::min(one.y, other.y)};
        canvas.text(text.text, corner, scale_of(text, one, other, picture), text.grey);
    }
}

std::string patient_text(const Attributes& image) {
    const auto value = [&image](const DcmTagKey& tag) { return value_of(image, tag); };
    std::string name(value(DCM_PatientName).substr(0, value(DCM_PatientName).find('=')));
    std::ranges::replace(name, '^', ' ');
    std::string text;
    append_line(text, name);
    append_line(text, value(DCM_PatientID));
    std::string born(value(DCM_PatientBirthDate));
    for (const DcmTagKey& tag : {DCM_PatientSex, DCM_PatientAge}) {
        born.append(born.empty() || value(tag).empty() ? "" : " ").append(value(tag));
    }
    append_line(text, born);
    return text;
}

std::string technique_text(const Attributes& image, const RenderingOptions& options) {
    const auto value = [&image](const DcmTagKey& tag) { return value_of(image, tag); };
    std::string what(value(DCM_Modality));
    for (const DcmTagKey& tag : {DCM_BodyPartExamined, DCM_ViewPosition, DCM_Laterality}) {
        what.append(what.empty() || value(tag).empty() ? "" : " ").append(value(tag));
    }
    std::string text;
    append_line(text, what);
    append_line(text, value(DCM_StudyDate));
    if (options.window) {
        append_line(text,
                    fmt::format("C {:g} W {:g}", options.window->center, options.window->width));
    } else if (!value(DCM_WindowCenter).empty()) {
        const auto first = [&value](const DcmTagKey& tag) {
            return value(tag).substr(0, value(tag).find('\\'));
        };
        append_line(text,
                    fmt::format("C {} W {}", first(DCM_WindowCenter), first(DCM_WindowWidth)));
    }
    if (!value(DCM_NumberOfFrames).empty()) {
        append_line(text, fmt::format("{}/{}", options.frame, value(DCM_NumberOfFrames)));
    }
    return text;
}

void annotate(Picture& picture, const std::string& patient, const std::string& technique) {
    const std::uint32_t side = std::min(picture.rows, picture.columns);
    if (side < annotated_side_min) {
        return;
    }
    const unsigned scale = std::max(1U, side / 400);
    const double margin = 4.0 * scale;
    Canvas canvas(picture);
    canvas.text(patient, {margin, margin}, scale, 255);
    const double left = picture.columns - margin - Canvas::text_width(technique, scale);
    canvas.text(technique, {left, margin}, scale, 255);
}

}  // namespace cxr::dicom
