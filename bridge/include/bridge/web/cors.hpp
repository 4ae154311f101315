#pragma once
/// Which pages of other origins may use us (Fetch standard, CORS protocol).

#include "bridge/web/response.hpp"

#include <span>
#include <string>
#include <vector>

namespace cxr::bridge::web {

/// Is the request's Origin one of ours or of `allowed` ("*": any)? True without an Origin.
[[nodiscard]] bool origin_is_allowed(const Request& request, std::span<const std::string> allowed);
/// Adds Access-Control-Allow-Origin and Vary where an allowed page of another origin asks.
void allow_origin(const Request& request, std::span<const std::string> allowed, Response& response);
/// Of an OPTIONS request, preflight or not: 204 with Allow. @param methods of the resource
[[nodiscard]] Response options_response(const Request& request,
                                        std::span<const std::string> allowed,
                                        std::span<const std::string> methods);

}  // namespace cxr::bridge::web
