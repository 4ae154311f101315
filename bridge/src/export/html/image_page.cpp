#include "export/html/image_page.hpp"

#include "dicom/report/report.hpp"
#include "export/html/assets.hpp"
#include "export/html/facts.hpp"
#include "export/html/further_sections.hpp"
#include "export/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace cxr::bridge::html {
namespace {

using dicom::Annotation;

constexpr double image_side = 1024;
constexpr int hue_count = 4;

/// The original's width over its height: the PNG was squeezed to a square. 1 where it is unknown.
double true_proportion(const dicom::ChestXRayRow& row) {
    if (row.original_width == 0 || row.original_height == 0) {
        return 1;
    }
    const double proportion = static_cast<double>(row.original_width) / row.original_height;
    return std::clamp(proportion, 0.25, 4.0);
}

std::string site_text(const Annotation& annotation, const dicom::MappingOptions& mapping) {
    const dicom::CodedConcept* site =
        annotation.finding ? dicom::finding_code(*annotation.finding, mapping.reports).site
                           : nullptr;
    return site == nullptr ? std::string("none") : code_text(*site);
}

/// "61 years, F, PA, follow-up 3, split test"
std::string facts_of(const dicom::ImageRecord& record) {
    const dicom::ChestXRayRow& row = record.row;
    std::vector<std::string> facts{fmt::format("Patient {}", row.patient_id()),
                                   fmt::format("follow-up {}", row.follow_up)};
    if (row.age) {
        facts.push_back(fmt::format("age {}{}", row.age->value, row.age->unit));
    }
    if (row.sex != dicom::Sex::unknown) {
        facts.emplace_back(row.sex == dicom::Sex::male ? "male" : "female");
    }
    if (row.view != dicom::ViewPosition::unknown) {
        facts.emplace_back(row.view == dicom::ViewPosition::pa ? "PA view" : "AP view");
    }
    if (!record.split.empty()) {
        facts.push_back("split " + record.split);
    }
    return escaped(fmt::format("{}", fmt::join(facts, " · ")));
}

/// The name stands above its box, or within where there is no room.
double name_above(const dicom::AnnotationBox& box) {
    return box.y < 48 ? box.y + 40 : box.y - 8;
}

/// Others' names stand below their boxes, on lines in turn: observers draw the same thing.
double name_below(const dicom::AnnotationBox& box, std::size_t further) {
    constexpr std::size_t lines = 3;
    const double line = 28.0 * static_cast<double>(1 + further % lines);
    return std::min(box.y + box.height + line, image_side - 8);
}

/// @param kind "own", or "further" of an observer beside the data set's.
std::string drawn_box(const dicom::AnnotationBox& box,
                      std::string_view name,
                      double name_y,
                      std::string_view kind,
                      std::size_t number,
                      double stretch) {
    return fmt::format(
        "<g class=\"box {8} hue{0}\" id=\"box-{1}\"><title>{2}</title>"
        "<rect x=\"{3:.2f}\" y=\"{4:.2f}\" width=\"{5:.2f}\" height=\"{6:.2f}\"/>"
        "<text class=\"name\" x=\"{3:.2f}\" y=\"{7:.2f}\">{2}</text></g>\n",
        (number - 1) % hue_count,
        number,
        escaped(name),
        box.x * stretch,
        box.y,
        box.width * stretch,
        box.height,
        name_y,
        kind);
}

std::string figure(const dicom::ImageRecord& record,
                   const std::vector<Annotation>& boxes,
                   std::span<const Annotation> further,
                   std::span<const std::byte> png) {
    const double stretch = true_proportion(record.row);
    const double width = image_side * stretch;
    std::string text =
        "<figure>\n"
        "<input type=\"checkbox\" id=\"show-boxes\" checked><label for=\"show-boxes\">Boxes "
        "<kbd>b</kbd></label>\n"
        "<input type=\"checkbox\" id=\"show-names\" checked><label for=\"show-names\">Names "
        "<kbd>n</kbd></label>\n"
        "<input type=\"checkbox\" id=\"invert\"><label for=\"invert\">Invert "
        "<kbd>i</kbd></label>\n";
    text += fmt::format("<svg viewBox=\"0 0 {:.2f} {}\" role=\"img\" aria-label=\"{}\">\n",
                        width,
                        image_side,
                        escaped("Radiograph " + std::string(record.row.stem())));
    if (png.empty()) {
        text += fmt::format(
            "<text x=\"{:.0f}\" y=\"512\" text-anchor=\"middle\" fill=\"#bbb\">The PNG is not in "
            "the "
            "data set's folder</text>\n",
            width / 2);
    } else {
        text += fmt::format(
            "<image width=\"{:.2f}\" height=\"{}\" preserveAspectRatio=\"none\" "
            "href=\"data:image/png;base64,",
            width,
            image_side);
        text += base64(png);
        text += "\"/>\n";
    }
    std::size_t number = 0;
    for (const Annotation& own : boxes) {
        text += drawn_box(
            *own.box, own.label_as_written, name_above(*own.box), "own", ++number, stretch);
    }
    for (const Annotation& other : further) {
        if (other.box) {
            const double name_y = name_below(*other.box, number - boxes.size());
            text += drawn_box(*other.box, name_of_box(other), name_y, "further", ++number, stretch);
        }
    }
    text += "</svg>\n<figcaption class=\"soft\">";
    if (record.row.original_width != 0 && record.row.original_height != 0) {
        text += fmt::format(
            "The original radiograph has {} × {} pixels, the PNG 1024 × 1024; shown in the "
            "original's proportions.",
            record.row.original_width,
            record.row.original_height);
    } else {
        text += "The original's size is not known: shown as stored, 1024 × 1024.";
    }
    return text + "</figcaption>\n</figure>\n";
}

std::string label_section(const std::vector<Annotation>& labels,
                          const dicom::MappingOptions& mapping) {
    std::string text =
        "<section><h2>Labels</h2><div class=\"scroll\"><table>\n<thead><tr><th>Label</th>"
        "<th>Code</th><th>Site</th></tr></thead><tbody>\n";
    for (const Annotation& label : labels) {
        text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                            breakable(label.label_as_written),
                            code_text(label.finding_code),
                            site_text(label, mapping));
    }
    return text +
           "</tbody></table></div>\n<p class=\"soft\">Mined from the radiologist's report by a "
           "program and not verified on the image. A label that is missing was not "
           "mentioned, which is not the same as absent.</p></section>\n";
}

std::string box_section(const std::vector<Annotation>& boxes) {
    if (boxes.empty()) {
        return {};
    }
    std::string text =
        "<section><h2>Boxes</h2><div class=\"scroll\"><table>\n<thead><tr><th>Label</th>"
        "<th class=\"number\">x</th><th class=\"number\">y</th><th class=\"number\">width</th>"
        "<th class=\"number\">height</th></tr></thead><tbody>\n";
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        const dicom::AnnotationBox& box = *boxes[i].box;
        text += fmt::format(
            "<tr><td><a href=\"#box-{}\">{}</a><br>{}</td><td class=\"number\">{:.1f}</td>"
            "<td class=\"number\">{:.1f}</td><td class=\"number\">{:.1f}</td>"
            "<td class=\"number\">{:.1f}</td></tr>\n",
            i + 1,
            escaped(boxes[i].label_as_written),
            code_text(boxes[i].finding_code),
            box.x,
            box.y,
            box.width,
            box.height);
    }
    return text +
           "</tbody></table></div>\n<p class=\"soft\">Pixels of the stored 1024 × 1024 image. "
           "Drawn by a reader; a box is a rectangle, not an outline.</p></section>\n";
}

/// Who said it, in which document.
std::string report_section(std::string_view title, const std::vector<Annotation>& annotations) {
    if (annotations.empty()) {
        return {};
    }
    return fmt::format(
        "<section><h2>{}</h2>\n{}</section>\n", title, observer_facts(annotations.front()));
}

std::string provenance(const dicom::ImageRecord& record, const dicom::MappingOptions& mapping) {
    const dicom::StudyEntity study = study_entity(record, mapping);
    std::string text = "<section><h2>Provenance</h2>\n<dl>\n";
    text += term("Table",
                 record.release == dicom::Release::v2020 ? "Data_Entry_2017_v2020.csv"
                                                         : "Data_Entry_2017.csv");
    text += term("Finding Labels", record.row.finding_labels);
    text += term("Study Date",
                 study.study_date.empty() ? std::string() : study.study_date + " (synthetic)");
    text += uid_term("Study Instance UID", study.study_instance_uid);
    text += uid_term("Image SOP Instance UID",
                     instance_entity(record, dicom::DerivedKind::image, mapping).sop_instance_uid);
    if (!record.boxes.empty()) {
        text += uid_term("Presentation state SOP Instance UID",
                         instance_entity(record, dicom::DerivedKind::presentation_state, mapping)
                             .sop_instance_uid);
    }
    return text + "</dl></section>\n";
}

}  // namespace

std::string image_page(const dicom::ImageRecord& record,
                       std::span<const Annotation> annotations,
                       std::span<const Annotation> further,
                       const dicom::MappingOptions& mapping,
                       std::span<const std::byte> png) {
    std::vector<Annotation> labels;
    std::vector<Annotation> boxes;
    for (const Annotation& annotation : annotations) {
        (annotation.box ? boxes : labels).push_back(annotation);
    }
    std::string text = page_head(record.row.stem(), image_css);
    text += fmt::format(
        "<header><a href=\"../index.html\">All images</a>\n<h1>{}</h1>\n<p class=\"soft\">{}</p>"
        "</header>\n<main>\n",
        escaped(record.row.stem()),
        facts_of(record));
    text += figure(record, boxes, further, png);
    text += "<aside>\n";
    text += box_section(boxes);
    text += label_section(labels, mapping);
    text += further_sections(further, boxes.size());
    text += report_section("Label report", labels);
    text += report_section("Box report", boxes);
    text += provenance(record, mapping);
    text +=
        "</aside>\n</main>\n<footer class=\"soft\">NIH ChestX-ray14 by cxrbridge. For research and "
        "testing, no medical device.</footer>\n<script>\n";
    text += image_js;
    return text + "</script>\n</body>\n</html>\n";
}

}  // namespace cxr::bridge::html
