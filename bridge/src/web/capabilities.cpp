// What the service can do (PS3.18 §8.9), written from the table of resources: WADL, or JSON.

#include "bridge/web/media_type.hpp"
#include "bridge/web/problem.hpp"
#include "bridge/web/web.hpp"
#include "json_writer.hpp"

#include <fmt/format.h>

#include <sstream>

namespace cxr::bridge::web {

namespace {

constexpr std::string_view wadl_type = "application/vnd.sun.wadl+xml";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view root = "/dicom-web";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '&'   ? std::string("&amp;")
               : c == '<' ? std::string("&lt;")
               : c == '"' ? std::string("&quot;")
                          : std::string(1, c);
    }
    return out;
}

bool is_dicomweb(const Resource& resource) {
    return std::string_view(resource.pattern).starts_with(root);
}

std::string wadl_of(const Router& router) {
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<application xmlns=\"http://wadl.dev.java.net/2009/02\">\n<resources base=\".\">\n";
    for (const Resource& resource : router.resources()) {
        if (!is_dicomweb(resource)) {
            continue;
        }
        xml += fmt::format("<resource path=\"{}\">\n<method name=\"{}\">\n<doc>{}</doc>\n<request>",
                           escaped(resource.pattern.substr(root.size())),
                           resource.method,
                           escaped(resource.says));
        for (const std::string& parameter : resource.parameters) {
            xml += fmt::format("<param name=\"{}\" style=\"query\"/>", escaped(parameter));
        }
        xml += "</request>\n<response>";
        for (const std::string& type : resource.media_types) {
            xml += fmt::format("<representation mediaType=\"{}\"/>", escaped(type));
        }
        xml += "</response>\n</method>\n</resource>\n";
    }
    return xml + "</resources>\n</application>\n";
}

std::string json_of(const Router& router) {
    std::ostringstream text;
    dicom::JsonWriter json(text);
    json.open_array();
    for (const Resource& resource : router.resources()) {
        if (!is_dicomweb(resource)) {
            continue;
        }
        json.open_object();
        json.key("method").value(resource.method);
        json.key("path").value(resource.pattern);
        json.key("says").value(resource.says);
        for (const auto& [name, values] : {std::pair{"mediaTypes", &resource.media_types},
                                           std::pair{"parameters", &resource.parameters}}) {
            json.key(name).open_array();
            for (const std::string& value : *values) {
                json.value(value);
            }
            json.close_array();
        }
        json.close_object();
    }
    json.close_array();
    return std::move(text).str() + '\n';
}

}  // namespace

void add_capabilities(Router& router) {
    for (const std::string_view pattern : {"/dicom-web", "/dicom-web/capabilities"}) {
        router.add(
            {.method = "GET",
             .pattern = std::string(pattern),
             .says = "Retrieve capabilities",
             .handler =
                 Answer([wadl = wadl_of(router), json = json_of(router)](const Request& request) {
                     static constexpr std::string_view offers[] = {wadl_type, json_type};
                     const std::string_view type = choose(accepted(request), offers);
                     if (type.empty()) {
                         return problem(406, "capabilities are answered as WADL or JSON");
                     }
                     return text_response(200, std::string(type), type == json_type ? json : wadl);
                 }),
             .media_types = {std::string(wadl_type), std::string(json_type)},
             .parameters = {"accept"}});
    }
}

}  // namespace cxr::bridge::web
