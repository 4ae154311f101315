#pragma once
/// gzip for texts (RFC 9110 §8.4): JSON, markup, scripts. Objects and pictures are sent as they
/// are.

#include "bridge/web/response.hpp"

namespace cxr::bridge::web {

/// Compresses the content where the client takes gzip, the type is text and it is worth it.
/// Blocking: on a pool thread. What is streamed is compressed piece by piece.
void compress(const Request& request, Response& response);
/// What an entity tag becomes by that: "a" -> "a-gzip".
[[nodiscard]] std::string compressed_tag(const std::string& tag);

}  // namespace cxr::bridge::web
