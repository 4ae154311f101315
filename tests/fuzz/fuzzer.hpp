#pragma once
/// What the fuzzers share. Each is one file, feeds one door through which a stranger's bytes come,
/// and checks what must hold whatever they are; a broken promise aborts, as a sanitizer's find
/// does.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace cxr::fuzz {

inline void promise(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "broken promise: %s\n", what);
        std::abort();
    }
}

/// The input, taken from the front.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size)
        : rest_(reinterpret_cast<const std::byte*>(data), size) {}
    /// 0 when nothing is left.
    std::uint8_t byte() { return rest_.empty() ? 0 : std::to_integer<std::uint8_t>(take(1)[0]); }
    std::span<const std::byte> take(std::size_t size) {
        const auto front = rest_.first(size < rest_.size() ? size : rest_.size());
        rest_ = rest_.subspan(front.size());
        return front;
    }
    std::span<const std::byte> rest() { return take(rest_.size()); }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

private:
    std::span<const std::byte> rest_;
};

}  // namespace cxr::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
