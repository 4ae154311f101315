#pragma once
/// Files for browsers: their media types, and 304 where a browser has them already.

#include "bridge/web/response.hpp"

#include <string>
#include <string_view>

namespace cxr::bridge::web {

/// By the name's ending; application/octet-stream for what is not known.
[[nodiscard]] std::string_view media_type_of_file(std::string_view name);
/// 304 or `text`, to be asked for again each time.
[[nodiscard]] Response file_answer(const Request& request,
                                   std::string_view name,
                                   std::string_view text,
                                   const std::string& etag);

}  // namespace cxr::bridge::web
