#pragma once
/// The head of a response as it goes on the wire (RFC 9112 §4, §5), with what every answer of ours
/// has: a date, and fields that keep browsers from doing more with it than it is for.

#include "bridge/web/response.hpp"

#include <chrono>
#include <string>

namespace cxr::bridge::web {

/// How the end of the content is known (RFC 9112 §6.3).
enum class Framing : std::uint8_t { none, length, chunked, until_close };

struct Delivery {
    Framing framing = Framing::length;
    std::uint64_t length = 0;
    bool keep_alive = true;
};

[[nodiscard]] std::string response_head(const Response& response, const Delivery& delivery);

/// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point when);

}  // namespace cxr::bridge::web
