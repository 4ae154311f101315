// The console's page and files. What it may load is its own, and nothing inline: whatever a
// stranger wrote into an object cannot become script.

#include "bridge/web/operations.hpp"
#include "bridge/web/problem.hpp"
#include "objects/digest.hpp"
#include "web/console_files.hpp"
#include "web/static_answer.hpp"

#include <algorithm>
#include <map>

namespace cxr::bridge::web {

namespace {

constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string etag_of(std::string_view text) {
    Digest digest;
    digest.add(std::as_bytes(std::span(text)));
    return '"' + digest.hex().substr(0, 32) + '"';
}

Response console_file(const Request& request, std::string_view name) {
    static const std::map<std::string_view, std::string> etags = [] {
        std::map<std::string_view, std::string> made;
        for (const ConsoleFile& file : console_files()) {
            made.emplace(file.name, etag_of(file.text));
        }
        return made;
    }();
    const auto files = console_files();
    const auto file = std::ranges::find(files, name, &ConsoleFile::name);
    if (file == files.end()) {
        return problem(404, "the console has no such file");
    }
    Response response = file_answer(request, name, file->text, etags.at(name));
    response.set("Content-Security-Policy", policy);
    return response;
}

}  // namespace

void add_console_resources(Router& router) {
    router.add({.method = "GET",
                .pattern = "/",
                .says = "The console",
                .handler = Answer(
                    [](const Request& request) { return console_file(request, "index.html"); }),
                .role = Role::reader,
                .media_types = {"text/html"}});
    router.add({.method = "GET",
                .pattern = "/console/{file}",
                .says = "Style and script of the console",
                .handler = Answer([](const Request& request) {
                    return console_file(request, request.capture("file"));
                }),
                .role = Role::reader});
}

}  // namespace cxr::bridge::web
