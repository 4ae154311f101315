#include "export/html/facts.hpp"

#include "export/html/markup.hpp"

#include <fmt/format.h>

namespace cxr::bridge::html {

std::string code_text(const dicom::CodedConcept& code) {
    return code.value.empty() ? std::string("none")
                              : fmt::format("{} <span class=\"soft\">{} {}</span>",
                                            escaped(code.meaning),
                                            escaped(code.scheme),
                                            breakable(code.value));
}

std::string term(std::string_view name, std::string_view value) {
    return value.empty() ? std::string()
                         : fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, escaped(value));
}

std::string uid_term(std::string_view name, std::string_view uid) {
    return uid.empty() ? std::string()
                       : fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n", name, escaped(uid));
}

std::string observer_facts(const dicom::Annotation& annotation) {
    const dicom::Observer& observer = annotation.observer;
    const dicom::ReportOrigin& report = annotation.report;
    std::string text = "<dl>\n";
    text += term("Observer",
                 fmt::format("{} ({})",
                             observer.name.empty() ? "not named" : observer.name,
                             observer.type == dicom::ObserverType::person ? "person" : "device"));
    text += term("Organization", observer.organization);
    text += term("Manufacturer", observer.manufacturer);
    text +=
        term("Model, version",
             observer.model_name.empty() ? std::string()
                                         : observer.model_name + ", " + observer.software_version);
    text += term("Status", report.completion_flag + ", " + report.verification_flag);
    text += uid_term("SOP Instance UID", report.sop_instance_uid);
    return text + "</dl>";
}

}  // namespace cxr::bridge::html
