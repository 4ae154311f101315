#pragma once
/// Requests out of a stream of bytes (RFC 9112), without any I/O: bytes go in, heads and pieces of
/// contents come out. The buffer is bounded by a head's limit. One owner at a time.

#include "bridge/web/request.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace cxr::bridge::web {

struct RequestHead {
    std::string method, target;
    bool http_1_0 = false;
    bool keep_alive = true;
    bool has_body = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> content_length{};  ///< nothing: chunked, or none
    Fields fields{};                                ///< names in lower case
};

/// What the client did wrong: the connection ends after it was told.
struct Refused {
    unsigned status;
    std::string why;
};

class RequestReader {
public:
    RequestReader(std::size_t request_line_bytes_max,
                  std::size_t head_bytes_max,
                  std::uint64_t body_bytes_max);
    ~RequestReader();
    RequestReader(RequestReader&&) noexcept;
    RequestReader& operator=(RequestReader&&) = delete;

    /// Where the next bytes are to be put, some at least; then received() says how many there are.
    [[nodiscard]] std::span<std::byte> space();
    void received(std::size_t count);
    /// Bytes that nothing was made of yet.
    [[nodiscard]] bool has_bytes() const;

    enum class Progress : std::uint8_t { needs_bytes, done, failed };
    /// To be called for each request; done: head() is one.
    [[nodiscard]] Progress read_head();
    [[nodiscard]] const RequestHead& head() const;
    /// `count` bytes were put in `out` when done; 0 of them: the content is complete.
    [[nodiscard]] Progress read_body(std::span<std::byte> out, std::size_t& count);
    [[nodiscard]] bool body_is_complete() const;
    [[nodiscard]] const Refused& refused() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge::web
