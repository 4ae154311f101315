#include "bridge/web/response.hpp"

#include <algorithm>

namespace cxr::bridge::web {

void Response::set(std::string_view name, std::string value) {
    const auto at = std::ranges::find_if(
        headers, [name](const Field& field) { return find(Fields{field}, name) != nullptr; });
    if (at != headers.end()) {
        at->value = std::move(value);
    } else {
        headers.push_back({.name = std::string(name), .value = std::move(value)});
    }
}

void Response::vary_by(std::string_view name) {
    const std::string others = joined(headers, "vary");
    set("Vary", others.empty() ? std::string(name) : others + ", " + std::string(name));
}

std::string_view reason_phrase(unsigned status) {
    struct Phrase {
        unsigned status;
        std::string_view text;
    };
    static constexpr Phrase phrases[] = {{200, "OK"},
                                         {202, "Accepted"},
                                         {204, "No Content"},
                                         {206, "Partial Content"},
                                         {301, "Moved Permanently"},
                                         {302, "Found"},
                                         {303, "See Other"},
                                         {304, "Not Modified"},
                                         {307, "Temporary Redirect"},
                                         {308, "Permanent Redirect"},
                                         {400, "Bad Request"},
                                         {401, "Unauthorized"},
                                         {403, "Forbidden"},
                                         {404, "Not Found"},
                                         {405, "Method Not Allowed"},
                                         {406, "Not Acceptable"},
                                         {408, "Request Timeout"},
                                         {409, "Conflict"},
                                         {410, "Gone"},
                                         {411, "Length Required"},
                                         {412, "Precondition Failed"},
                                         {413, "Content Too Large"},
                                         {414, "URI Too Long"},
                                         {415, "Unsupported Media Type"},
                                         {416, "Range Not Satisfiable"},
                                         {421, "Misdirected Request"},
                                         {422, "Unprocessable Content"},
                                         {429, "Too Many Requests"},
                                         {431, "Request Header Fields Too Large"},
                                         {500, "Internal Server Error"},
                                         {501, "Not Implemented"},
                                         {503, "Service Unavailable"},
                                         {505, "HTTP Version Not Supported"},
                                         {507, "Insufficient Storage"}};
    const auto* const at = std::ranges::find(phrases, status, &Phrase::status);
    return at == std::end(phrases) ? std::string_view() : at->text;
}

std::optional<std::uint64_t> content_bytes(const Content& content) {
    struct Count {
        std::optional<std::uint64_t> operator()(std::monostate) const { return 0; }
        std::optional<std::uint64_t> operator()(const std::string& text) const {
            return text.size();
        }
        std::optional<std::uint64_t> operator()(const std::vector<dicom::Segment>& segments) const {
            std::uint64_t total = 0;
            for (const dicom::Segment& segment : segments) {
                total += segment.bytes.size();
            }
            return total;
        }
        std::optional<std::uint64_t> operator()(const std::shared_ptr<Pieces>& pieces) const {
            return pieces->size_bytes();
        }
        std::optional<std::uint64_t> operator()(const std::shared_ptr<LivePieces>&) const {
            return std::nullopt;
        }
    };
    return std::visit(Count{}, content);
}

dicom::Segment segment_of(std::string text) {
    auto owner = std::make_shared<const std::string>(std::move(text));
    const std::span<const std::byte> bytes = std::as_bytes(std::span(*owner));
    return {.owner = std::move(owner), .bytes = bytes};
}

Response text_response(unsigned status, std::string media_type, std::string text) {
    return {.status = status,
            .headers = {{.name = "Content-Type", .value = std::move(media_type)}},
            .content = std::move(text)};
}

Response json_response(std::string json) {
    return text_response(200, "application/json", std::move(json));
}

}  // namespace cxr::bridge::web
