#include "response_head.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace cxr::bridge::web {

namespace {

/// Unless a resource says otherwise.
constexpr std::array<std::array<std::string_view, 2>, 6> usual{{
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
}};

void append_field(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ");
    for (const char c : value) {
        head += static_cast<unsigned char>(c) < ' ' ? ' ' : c;  // no second field, no second answer
    }
    head += "\r\n";
}

}  // namespace

std::string http_date(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    static constexpr std::array<const char*, 7> days{
        "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 40> text{};
    const int count = std::snprintf(text.data(),
                                    text.size(),
                                    "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                    days[static_cast<std::size_t>(utc.tm_wday)],
                                    utc.tm_mday,
                                    months[static_cast<std::size_t>(utc.tm_mon)],
                                    utc.tm_year + 1900,
                                    utc.tm_hour,
                                    utc.tm_min,
                                    utc.tm_sec);
    return {text.data(), static_cast<std::size_t>(count)};
}

std::string response_head(const Response& response, const Delivery& delivery) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head.append(reason_phrase(response.status)).append("\r\n");
    append_field(head, "Date", http_date(std::chrono::system_clock::now()));
    const bool shared = find(response.headers, "Access-Control-Allow-Origin") != nullptr;
    for (const auto& [name, value] : usual) {
        if (find(response.headers, name) == nullptr) {
            const bool cross = shared && name == "Cross-Origin-Resource-Policy";
            append_field(head, name, cross ? "cross-origin" : value);
        }
    }
    for (const Field& field : response.headers) {
        append_field(head, field.name, field.value);
    }
    if (delivery.framing == Framing::length) {
        append_field(head, "Content-Length", std::to_string(delivery.length));
    } else if (delivery.framing == Framing::chunked) {
        append_field(head, "Transfer-Encoding", "chunked");
    }
    append_field(head, "Connection", delivery.keep_alive ? "keep-alive" : "close");
    return head += "\r\n";
}

}  // namespace cxr::bridge::web
