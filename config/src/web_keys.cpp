#include "key_kinds.hpp"
#include "key_table.hpp"

#include <arpa/inet.h>

namespace cxr::config {

namespace {

bool is_ip_address(const std::string& given) {
    in6_addr address{};
    return inet_pton(AF_INET, given.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, given.c_str(), &address) == 1;
}

/// "*", or a scheme and a host without a path.
bool is_an_origin(const std::string& given) {
    const std::size_t scheme = given.find("://");
    return given == "*" || ((given.starts_with("http://") || given.starts_with("https://")) &&
                            given.size() > scheme + 3 &&
                            given.find_first_of("/ ", scheme + 3) == std::string::npos);
}

bool is_a_host_name(const std::string& given) {
    return !given.empty() && given.size() <= 253 &&
           given.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
               std::string::npos;
}

}  // namespace

template <>
std::span<const Key<WebSection>> keys_of<WebSection>() {
    using S = WebSection;
    constexpr std::int64_t mebibyte = 1'048'576;
    static const Key<S> keys[] = {
        flag<S>("enabled", &S::enabled),
        text<S>("listen", &S::listen, "an IPv4 or IPv6 address", is_ip_address),
        number<S>("port", &S::port, 0, 65'535),
        flag<S>("tls", &S::tls),
        flag<S>("client_certificate", &S::client_certificate),
        choice<S>("authentication",
                  &S::authentication,
                  {{"none", WebAuthentication::none}, {"required", WebAuthentication::required}}),
        list<S>("writers", &S::writers, "a list of names of users", is_not_empty),
        text<S>("tokens_file", &S::tokens_file, "a file", is_not_empty),
        text<S>("jwt_key_file", &S::jwt_key_file, "a file", is_not_empty),
        text<S>("jwt_issuer", &S::jwt_issuer, "a text", is_not_empty),
        text<S>("jwt_audience", &S::jwt_audience, "a text", is_not_empty),
        list<S>("allowed_origins",
                &S::allowed_origins,
                R"(a list of origins, as "https://viewer.example.org", or "*")",
                is_an_origin),
        list<S>("host_names",
                &S::host_names,
                R"(a list of host names, as "pacs.example.org", without a port)",
                is_a_host_name),
        text<S>("viewer", &S::viewer, "a folder", [](const std::string&) { return true; }),
        number<S>("max_connections", &S::max_connections, 1, 100'000),
        number<S>("max_request_line", &S::max_request_line, 256, mebibyte, "bytes"),
        number<S>("max_header", &S::max_header, 1'024, mebibyte, "bytes"),
        number<S>("max_body", &S::max_body, 0, bytes_max, "bytes"),
        seconds<S>("header_timeout", &S::header_timeout),
        seconds<S>("idle_timeout", &S::idle_timeout),
        seconds<S>("body_timeout", &S::body_timeout),
        number<S>("min_body_rate", &S::min_body_rate, 1, 1'073'741'824, "bytes a second"),
        seconds<S>("write_timeout", &S::write_timeout),
        number<S>("min_write_rate", &S::min_write_rate, 1, 1'073'741'824, "bytes a second"),
    };
    return keys;
}

}  // namespace cxr::config
