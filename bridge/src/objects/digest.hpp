#pragma once
/// SHA-256 of bytes as they come.

#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace cxr::bridge {

class Digest {
public:
    Digest();
    void add(std::span<const std::byte> bytes);
    /// 64 hexadecimal digits of all bytes so far, with `suffix` after them.
    [[nodiscard]] std::string hex(std::string_view suffix = {}) const;

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace cxr::bridge
