#include "bridge/web/cors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cxr::bridge::web {

namespace {

/// Fields that scripts of another origin may read.
constexpr const char* exposed =
    "Content-Length, Content-Location, Content-Range, ETag, Location, Warning, WWW-Authenticate";

bool is_listed(const std::string& origin, std::span<const std::string> allowed) {
    return std::ranges::any_of(
        allowed, [&](const std::string& each) { return each == "*" || each == origin; });
}

}  // namespace

bool origin_is_allowed(const Request& request, std::span<const std::string> allowed) {
    const std::string* const origin = request.header("origin");
    return origin == nullptr || *origin == request.origin || is_listed(*origin, allowed);
}

void allow_origin(const Request& request,
                  std::span<const std::string> allowed,
                  Response& response) {
    if (allowed.empty()) {
        return;
    }
    const bool any = is_listed("", allowed);
    if (!any) {
        response.vary_by("Origin");
    }
    const std::string* const origin = request.header("origin");
    if (origin == nullptr || !is_listed(*origin, allowed)) {
        return;
    }
    // A listed origin may also send credentials; "*" never stands for that.
    response.set("Access-Control-Allow-Origin", any ? "*" : *origin);
    if (!any) {
        response.set("Access-Control-Allow-Credentials", "true");
    }
    response.set("Access-Control-Expose-Headers", exposed);
}

Response options_response(const Request& request,
                          std::span<const std::string> allowed,
                          std::span<const std::string> methods) {
    Response response{.status = 204};
    const std::string list = fmt::format("{}", fmt::join(methods, ", "));
    response.set("Allow", list);
    const std::string* const origin = request.header("origin");
    if (origin != nullptr && is_listed(*origin, allowed) &&
        request.header("access-control-request-method") != nullptr) {
        response.set("Access-Control-Allow-Methods", list);
        // What a client may send is for resources to judge: none acts upon a field by itself.
        const std::string asked = joined(request.headers, "access-control-request-headers");
        if (!asked.empty()) {
            response.set("Access-Control-Allow-Headers", asked);
        }
        response.set("Access-Control-Max-Age", "600");
    }
    return response;
}

}  // namespace cxr::bridge::web
