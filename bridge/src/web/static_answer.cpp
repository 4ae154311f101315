#include "web/static_answer.hpp"

#include "bridge/web/conditional.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cxr::bridge::web {

std::string_view media_type_of_file(std::string_view name) {
    static constexpr auto known = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"html", "text/html; charset=utf-8"},
         {"js", "text/javascript; charset=utf-8"},
         {"mjs", "text/javascript; charset=utf-8"},
         {"css", "text/css; charset=utf-8"},
         {"json", "application/json"},
         {"map", "application/json"},
         {"webmanifest", "application/manifest+json"},
         {"svg", "image/svg+xml"},
         {"png", "image/png"},
         {"jpg", "image/jpeg"},
         {"gif", "image/gif"},
         {"ico", "image/x-icon"},
         {"wasm", "application/wasm"},
         {"woff", "font/woff"},
         {"woff2", "font/woff2"},
         {"ttf", "font/ttf"},
         {"txt", "text/plain; charset=utf-8"}});
    const std::string_view ending = name.substr(std::min(name.rfind('.') + 1, name.size()));
    const auto* const entry =
        std::ranges::find(known, ending, &std::pair<std::string_view, std::string_view>::first);
    return entry == known.end() ? "application/octet-stream" : entry->second;
}

Response file_answer(const Request& request,
                     std::string_view name,
                     std::string_view text,
                     const std::string& etag) {
    Response response =
        text_response(200, std::string(media_type_of_file(name)), std::string(text));
    answer_with_tag(request, etag, response);
    return response;
}

}  // namespace cxr::bridge::web
