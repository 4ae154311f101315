#pragma once
/// Randomness that is the same on every machine: the standard's distributions are not.

#include <cstdint>

namespace cxr::bridge::sample {

/// The output function of splitmix64 (Steele, Lea, Flood 2014).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return mix(mix(a + 0x9e3779b97f4a7c15ULL) ^ b);
}

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    [[nodiscard]] std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }
    /// 0 to count - 1; the bias of the remainder does not matter here.
    [[nodiscard]] std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(next() % count);
    }
    [[nodiscard]] double between(double low, double high) {
        return low + (high - low) * (static_cast<double>(next() >> 11) / 9007199254740992.0);
    }
    [[nodiscard]] bool chance(double probability) { return between(0, 1) < probability; }

private:
    std::uint64_t state_;
};

}  // namespace cxr::bridge::sample
