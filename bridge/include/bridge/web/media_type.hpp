#pragma once
/// Media types and what a client accepts (RFC 9110 8.3, 12.5.1; PS3.18 8.7). Parameters may be
/// quoted or not, also those with "/" in them, as viewers send them.

#include "bridge/web/request.hpp"

#include <algorithm>
#include <concepts>
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
    /// Of a range: "*/*" is 0; a more exact one, more.
    [[nodiscard]] std::size_t precision() const;
};

/// Of a Content-Type field or a part's. Faults: malformed.
[[nodiscard]] Result<MediaType> parse_media_type(std::string_view text);
/// Of an Accept field, most wanted first: by q, then in the order given; those of q=0, which are
/// not wanted, last. Ranges that cannot be read are left out.
[[nodiscard]] std::vector<MediaType> parse_accept(std::string_view text);
/// What a request accepts: its query's "accept" (PS3.18 8.3.3.1) before its Accept field; neither:
/// anything.
[[nodiscard]] std::vector<MediaType> accepted(const Request& request);
/// Is something acceptable because of `range`, one of `accepted`? Not if a more exact one, that
/// means it as well, wants it less or not at all (RFC 9110 12.5.1).
/// @param means which ranges mean it: bool(const MediaType&)
template <std::predicate<const MediaType&> Means>
[[nodiscard]] bool grants(const std::vector<MediaType>& accepted,
                          const MediaType& range,
                          const Means& means) {
    return range.q > 0 && means(range) &&
           std::ranges::none_of(accepted, [&](const MediaType& other) {
               return other.q < range.q && other.precision() > range.precision() && means(other);
           });
}
/// The same of "image/jpeg", parameters not looked at.
[[nodiscard]] bool grants(const std::vector<MediaType>& accepted,
                          const MediaType& range,
                          std::string_view full);
/// The first of `offers` that the most wanted range grants; empty: none is acceptable.
[[nodiscard]] std::string_view choose(const std::vector<MediaType>& accepted,
                                      std::span<const std::string_view> offers);
/// Does an Accept-Encoding field take this coding ("gzip")?
[[nodiscard]] bool takes_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace cxr::bridge::web
