// HTTP as strangers send it (RFC 9112, 9110): requests in pieces of any size, targets, media types.
#include "bridge/web/media_type.hpp"
#include "bridge/web/request.hpp"
#include "fuzzer.hpp"
#include "web/request_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

using namespace cxr::bridge::web;
using cxr::fuzz::promise;

namespace {

constexpr std::size_t line_max = 256, head_max = 1'024, body_max = 4'096;

void target(std::string_view text) {
    const auto parsed = parse_target(text);
    if (!parsed) {
        return;
    }
    for (const std::string& segment : parsed->path) {
        promise(segment != "." && segment != "..", "no segment leaves its folder");
        promise(segment.find_first_of(std::string_view("/\\\0\r\n", 5)) == std::string::npos,
                "no segment is two");
    }
}

void media_types(std::string_view text) {
    const auto ranges = parse_accept(text);
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        promise(ranges[i - 1].q >= ranges[i].q, "the most wanted comes first");
    }
    for (const MediaType& range : ranges) {
        promise(range.q >= 0 && range.q <= 1, "a range is wanted, or not");
        promise(range.q > 0 || !grants(ranges, range, "image/jpeg"),
                "what is not wanted is not given");
        promise(!range.type.empty() && !range.subtype.empty(), "a range has a type");
    }
    static_cast<void>(parse_media_type(text));
    static_cast<void>(takes_coding(text, "gzip"));
}

/// As a connection reads: head, content, the next head. Bounded, whatever comes.
void stream(std::span<const std::byte> bytes, std::size_t step) {
    RequestReader reader(line_max, head_max, body_max);
    std::array<std::byte, 64> content{};
    bool in_body = false;
    std::size_t received = 0;
    while (true) {
        auto progress = RequestReader::Progress::done;
        if (in_body) {
            std::size_t count = 0;
            progress = reader.read_body(content, count);
            received += count;
            promise(received <= body_max, "no content is longer than may be");
            in_body = progress != RequestReader::Progress::done || count != 0;
        } else {
            progress = reader.read_head();
            if (progress == RequestReader::Progress::done) {
                promise(reader.head().target.size() <= line_max, "no target is longer");
                target(reader.head().target);
                media_types(joined(reader.head().fields, "accept"));
                in_body = true;
                received = 0;
            }
        }
        if (progress == RequestReader::Progress::failed) {
            promise(reader.refused().status >= 400, "a refusal is an error of the client");
            return;
        }
        if (progress == RequestReader::Progress::needs_bytes) {
            if (bytes.empty()) {
                return;
            }
            const auto space = reader.space();
            promise(!space.empty(), "there is always room for a byte");
            const auto piece = bytes.first(std::min({step, bytes.size(), space.size()}));
            std::memcpy(space.data(), piece.data(), piece.size());
            reader.received(piece.size());
            bytes = bytes.subspan(piece.size());
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const auto rest = input.rest();
    const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
    switch (choice % 4) {
        case 0:
            target(text);
            break;
        case 1:
            media_types(text);
            break;
        default:
            stream(rest, std::size_t{choice} / 4 + 1);
            break;
    }
    return 0;
}
