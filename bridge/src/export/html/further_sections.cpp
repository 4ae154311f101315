#include "export/html/further_sections.hpp"

#include "export/html/facts.hpp"
#include "export/html/markup.hpp"

#include <fmt/format.h>

namespace cxr::bridge::html {
namespace {

using dicom::Annotation;

std::string certainty_text(const Annotation& annotation) {
    return annotation.certainty_percent ? fmt::format("{:.4g} %", *annotation.certainty_percent)
                                        : std::string();
}

std::string observer_name(const Annotation& annotation) {
    return annotation.observer.name.empty() ? "an unnamed observer" : annotation.observer.name;
}

/// @param number of its box.
std::string row(const Annotation& annotation, std::size_t number) {
    std::string label = escaped(annotation.label_as_written);
    std::string region = "whole image";
    if (annotation.box) {
        const dicom::AnnotationBox& box = *annotation.box;
        label = fmt::format("<a href=\"#box-{}\">{}</a>", number, label);
        region = fmt::format("{:.1f}, {:.1f}, {:.1f}, {:.1f}", box.x, box.y, box.width, box.height);
    }
    return fmt::format("<tr><td>{}<br>{}</td><td>{}</td><td class=\"number\">{}</td></tr>\n",
                       label,
                       code_text(annotation.finding_code),
                       region,
                       certainty_text(annotation));
}

}  // namespace

std::string name_of_box(const Annotation& annotation) {
    std::string name = annotation.label_as_written;
    if (annotation.certainty_percent) {
        name += ' ' + certainty_text(annotation);
    }
    return name + ", " + observer_name(annotation);
}

std::string further_sections(std::span<const Annotation> annotations, std::size_t boxes_before) {
    std::string text;
    std::size_t number = boxes_before;
    for (std::size_t i = 0; i < annotations.size(); ++i) {
        const Annotation& annotation = annotations[i];
        const auto is_of_document = [&](std::size_t other) {
            return other < annotations.size() &&
                   annotations[other].report.sop_instance_uid == annotation.report.sop_instance_uid;
        };
        if (i == 0 || !is_of_document(i - 1)) {
            text += fmt::format(
                "<section><h2>By {}</h2><div class=\"scroll\"><table>\n<thead><tr><th>Label</th>"
                "<th>x, y, width, height</th><th class=\"number\">Certainty</th></tr></thead>"
                "<tbody>\n",
                escaped(observer_name(annotation)));
        }
        number += annotation.box ? 1U : 0U;
        text += row(annotation, number);
        if (!is_of_document(i + 1)) {
            text +=
                "</tbody></table></div>\n<p class=\"soft\">Said beside the data set's own labels "
                "and boxes; boxes are dashed.</p>\n" +
                observer_facts(annotation) + "</section>\n";
        }
    }
    return text;
}

}  // namespace cxr::bridge::html
