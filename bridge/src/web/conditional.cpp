#include "bridge/web/conditional.hpp"

#include "bridge/web/problem.hpp"
#include "content_coding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

namespace cxr::bridge::web {

namespace {

/// Four independent lanes of multiply and rotate, so that a picture takes a fraction of a
/// millisecond; not against somebody who wants two contents of one tag.
class Mixer {
public:
    void add(std::span<const std::byte> bytes) {
        length_ += bytes.size();
        if (filled_ > 0) {
            const std::size_t count = std::min(bytes.size(), block_.size() - filled_);
            std::memcpy(block_.data() + filled_, bytes.data(), count);
            filled_ += count;
            bytes = bytes.subspan(count);
            if (filled_ < block_.size()) {
                return;
            }
            mix(block_.data());
            filled_ = 0;
        }
        while (bytes.size() >= block_.size()) {
            mix(bytes.data());
            bytes = bytes.subspan(block_.size());
        }
        std::ranges::copy(bytes, block_.begin());
        filled_ = bytes.size();
    }

    std::uint64_t finish() {
        std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(), std::byte{});
        mix(block_.data());
        std::uint64_t all = length_;
        for (const std::uint64_t lane : lanes_) {
            all = (all ^ (lane ^ lane >> 29)) * 0xBF58'476D'1CE4'E5B9;
            all ^= all >> 32;
        }
        return all;
    }

private:
    void mix(const std::byte* block) {
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            std::uint64_t word = 0;
            std::memcpy(&word, block + i * sizeof word, sizeof word);
            lanes_[i] =
                std::rotl(lanes_[i] ^ word * 0x9E37'79B9'7F4A'7C15, 31) * 0x94D0'49BB'1331'11EB;
        }
    }

    std::array<std::uint64_t, 4> lanes_{1, 2, 3, 4};
    std::array<std::byte, 32> block_{};
    std::size_t filled_ = 0;
    std::uint64_t length_ = 0;
};

std::vector<dicom::Segment> segments_of(const Content& content) {
    if (const auto* const text = std::get_if<std::string>(&content)) {
        return {{.owner = nullptr, .bytes = std::as_bytes(std::span(*text))}};
    }
    const auto* const segments = std::get_if<std::vector<dicom::Segment>>(&content);
    return segments == nullptr ? std::vector<dicom::Segment>() : *segments;
}

struct Range {
    std::uint64_t begin, end;
};

/// "bytes=0-499", "bytes=-500", "bytes=500-". Nothing: no single range; an empty one: none is
/// there.
std::optional<Range> range_in(std::string_view text, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!text.starts_with(unit) || text.find(',') != std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(unit.size());
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [at, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return error == std::errc{} && at == digits.data() + digits.size() ? std::optional(value)
                                                                           : std::nullopt;
    };
    const auto first = number(text.substr(0, dash));
    const auto last = number(text.substr(dash + 1));
    const bool open = dash + 1 == text.size();
    if (dash == 0) {
        return last ? std::optional(Range{size - std::min(size, *last), size}) : std::nullopt;
    }
    if (!first || (!last && !open) || (last && *last < *first)) {
        return std::nullopt;
    }
    const std::uint64_t end = last && *last < size ? *last + 1 : size;
    return Range{std::min(*first, size), end};
}

std::vector<dicom::Segment> cut(const std::vector<dicom::Segment>& segments, Range range) {
    std::vector<dicom::Segment> part;
    std::uint64_t at = 0;
    for (const dicom::Segment& segment : segments) {
        const std::uint64_t begin = std::max(range.begin, at);
        const std::uint64_t end = std::min(range.end, at + segment.bytes.size());
        if (begin < end) {
            part.push_back(
                {.owner = segment.owner, .bytes = segment.bytes.subspan(begin - at, end - begin)});
        }
        at += segment.bytes.size();
    }
    return part;
}

}  // namespace

std::string entity_tag(std::span<const dicom::Segment> content) {
    Mixer mixer;
    for (const dicom::Segment& segment : content) {
        mixer.add(segment.bytes);
    }
    return fmt::format("\"{:016x}\"", mixer.finish());
}

std::string known_tag(const Request& request, const std::string& tag) {
    const std::string list = joined(request.headers, "if-none-match");
    if (list == "*") {
        return tag;
    }
    for (std::string each : {tag, compressed_tag(tag)}) {
        if (list.find(each) != std::string::npos) {
            return each;
        }
    }
    return {};
}

void answer_conditionally(const Request& request, Response& response) {
    if (response.status != 200) {
        return;
    }
    answer_with_tag(request, entity_tag(segments_of(response.content)), response);
}

void answer_with_tag(const Request& request, const std::string& tag, Response& response) {
    const std::string known = known_tag(request, tag);
    response.set("ETag", known.empty() ? tag : known);
    response.set("Cache-Control", "private, no-cache");
    if (!known.empty()) {
        response.status = 304;
        response.content = std::monostate{};
    }
}

void answer_range(const Request& request, Response& response) {
    if (response.status != 200) {
        return;
    }
    response.set("Accept-Ranges", "bytes");
    const std::string* const asked = request.header("range");
    const std::string* const only_if = request.header("if-range");
    const std::string* const tag = find(response.headers, "etag");
    const bool changed = only_if != nullptr && (tag == nullptr || *only_if != *tag);
    if (asked == nullptr || changed || request.method == "HEAD") {
        return;
    }
    const std::uint64_t size = content_bytes(response.content).value_or(0);
    const auto range = range_in(*asked, size);
    if (!range) {
        return;
    }
    if (range->begin >= range->end) {
        response = problem(416, "the content ends before the range begins");
        response.set("Content-Range", fmt::format("bytes */{}", size));
        return;
    }
    response.status = 206;
    response.set("Content-Range",
                 fmt::format("bytes {}-{}/{}", range->begin, range->end - 1, size));
    if (auto* const text = std::get_if<std::string>(&response.content)) {
        *text = text->substr(range->begin, range->end - range->begin);
    } else {
        response.content = cut(segments_of(response.content), *range);
    }
}

}  // namespace cxr::bridge::web
