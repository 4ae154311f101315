#pragma once
/// Conditional and range requests (RFC 9110 §13, §14) of content that is at hand: texts and
/// segments.

#include "bridge/web/response.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace cxr::bridge::web {

/// A strong validator of the bytes: another content has another one, but for one in 2^64.
[[nodiscard]] std::string entity_tag(std::span<const dicom::Segment> content);

/// A content's tag as the client says that it has it (If-None-Match): by itself, or as the tag of
/// the compressed content; empty: it has neither.
[[nodiscard]] std::string known_tag(const Request& request, const std::string& tag);

/// Gives a 200 its ETag, and makes a 304 of it where the client has it (If-None-Match). Clients may
/// keep it, and ask again each time.
void answer_conditionally(const Request& request, Response& response);
/// The same, of a tag that is known already.
void answer_with_tag(const Request& request, const std::string& tag, Response& response);
/// Says that ranges are served, and makes a 206 or 416 of a 200 where one range of bytes is asked
/// for (Range, If-Range). Several ranges at a time are answered with the whole.
void answer_range(const Request& request, Response& response);

}  // namespace cxr::bridge::web
