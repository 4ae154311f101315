#pragma once
/// Media types and what a client accepts (RFC 9110 8.3, 12.5.1; PS3.18 8.7). Parameters may be
/// quoted or not, also those with "/" in them, as viewers send them.

#include "bridge/web/request.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge::web {

struct MediaType {
    std::string type, subtype;  ///< lower case; "*" in a range
    Fields parameters{};        ///< names in lower case; of a range without q
    double q = 1;               ///< of a range

    [[nodiscard]] bool is(std::string_view full) const;  ///< "multipart/related"
    /// Of a range: does it take "image/jpeg"? Parameters are not looked at.
    [[nodiscard]] bool takes(std::string_view full) const;
    [[nodiscard]] std::string parameter(std::string_view name) const;  ///< empty: none
};

/// Of a Content-Type field or a part's. Faults: malformed.
[[nodiscard]] Result<MediaType> parse_media_type(std::string_view text);
/// Of an Accept field, most wanted first: by q, then in the order given. Ranges that cannot be read
/// are left out, as are those of q=0.
[[nodiscard]] std::vector<MediaType> parse_accept(std::string_view text);
/// What a request accepts: its query's "accept" (PS3.18 8.3.3.1) before its Accept field; neither:
/// anything.
[[nodiscard]] std::vector<MediaType> accepted(const Request& request);
/// The first of `offers` that the most wanted range takes; empty: none is acceptable.
[[nodiscard]] std::string_view choose(const std::vector<MediaType>& accepted,
                                      std::span<const std::string_view> offers);
/// Does an Accept-Encoding field take this coding ("gzip")?
[[nodiscard]] bool takes_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace cxr::bridge::web
