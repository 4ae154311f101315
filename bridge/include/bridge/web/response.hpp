#pragma once
/// What a client is answered (RFC 9110): a status, fields, and content that is a text, segments
/// that are sent from where they lie, or a stream of such segments.

#include "bridge/web/request.hpp"
#include "dicom/core/encoded_object.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cxr::bridge::web {

/// Content that is made while it is sent. Blocking calls from pool threads, one at a time.
class Pieces {
public:
    virtual ~Pieces() = default;
    /// The next ones; none: that was all. After a fault the connection is ended, so that the client
    /// sees that its answer is not whole.
    [[nodiscard]] virtual Result<std::vector<dicom::Segment>> next() = 0;
    /// Of all that will come; nothing: not known.
    [[nodiscard]] virtual std::optional<std::uint64_t> size_bytes() const { return std::nullopt; }
};

/// The same by a coroutine on the connection's strand, for what happens while somebody watches: see
/// live_pieces.hpp.
class LivePieces;

using Content = std::variant<std::monostate,
                             std::string,
                             std::vector<dicom::Segment>,
                             std::shared_ptr<Pieces>,
                             std::shared_ptr<LivePieces>>;

struct Response {
    unsigned status = 200;
    /// Content-Length, Transfer-Encoding, Date, Connection and the security fields are added.
    Fields headers{};
    Content content{};

    /// Replaces a field of that name, or adds it.
    void set(std::string_view name, std::string value);
    /// Tells caches that a request's field of that name was looked at (Vary; RFC 9110 12.5.5).
    void vary_by(std::string_view name);
};

/// "Not Found"; empty for codes that are not used here.
[[nodiscard]] std::string_view reason_phrase(unsigned status);
/// Of the content; nothing: not known before it is sent.
[[nodiscard]] std::optional<std::uint64_t> content_bytes(const Content& content);

/// That owns its text.
[[nodiscard]] dicom::Segment segment_of(std::string text);

[[nodiscard]] Response text_response(unsigned status, std::string media_type, std::string text);
[[nodiscard]] Response json_response(std::string json);

}  // namespace cxr::bridge::web
