#pragma once
/// Bodies of several parts (RFC 2046 §5.1, RFC 2387), taken apart as they arrive: bytes in, events
/// out; no I/O, no copies beyond one buffer of what is undecided. Confined to one thread at a time.
///
/// What is between parts: a line that begins with "--" and the boundary, blanks, CRLF; the last one
/// with "--" behind the boundary, after which nothing counts, not even a line end. Lines end with
/// CRLF: pixel data may contain anything else.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cxr::bridge::web {

struct MultipartLimits {
    std::size_t header_bytes_max = 8'192;  ///< of one part; the preamble counts as one
    std::size_t parts_max = 1'000;
};

/// The header fields of a part: names in lower case, values without blanks around them, folded
/// lines joined.
class PartHeader {
public:
    /// Faults: malformed (no name, no colon, control characters).
    [[nodiscard]] static dicom::Result<PartHeader> parse(std::string_view block);
    /// The first of that (lower case) name; empty: there is none.
    [[nodiscard]] std::string_view value_of(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
        return fields_;
    }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct NeedsMore {};
struct PartBegin {
    PartHeader header;
};
/// Valid until the next feed().
struct PartBytes {
    std::span<const std::byte> bytes;
};
struct PartEnd {};
/// The closing boundary was there; what follows it is dropped.
struct BodyEnd {};
using MultipartEvent = std::variant<NeedsMore, PartBegin, PartBytes, PartEnd, BodyEnd>;

class MultipartParser {
public:
    /// @param boundary a valid one (is_boundary), without quotes
    explicit MultipartParser(std::string_view boundary, MultipartLimits limits = {});

    /// More of the body, once next() has said NeedsMore.
    void feed(std::span<const std::byte> bytes);
    /// What comes next. Faults: malformed (a header that is none, a preamble without end),
    /// exhausted (a limit). After a fault there is nothing more.
    [[nodiscard]] dicom::Result<MultipartEvent> next();
    /// The body is over. Faults: malformed (it was cut short).
    [[nodiscard]] dicom::Result<void> finish() const;

private:
    enum class State : std::uint8_t { preamble, header, bytes, end };
    /// What stands behind a boundary.
    enum class Tail : std::uint8_t { undecided, none, part, closing };
    struct Delimiter {
        std::size_t at = 0, after = 0;
        Tail tail = Tail::none;
    };

    [[nodiscard]] std::string_view rest() const { return std::string_view(pending_).substr(at_); }
    [[nodiscard]] Delimiter find_delimiter(std::size_t from) const;
    [[nodiscard]] std::pair<Tail, std::size_t> tail_at(std::size_t at) const;
    dicom::Result<MultipartEvent> skip_preamble();
    dicom::Result<MultipartEvent> read_header();
    dicom::Result<MultipartEvent> read_bytes();
    /// A part, or the end, begins behind a delimiter.
    dicom::Result<void> pass(const Delimiter& delimiter);

    const std::string delimiter_;  ///< CRLF "--" boundary
    const MultipartLimits limits_;
    std::string pending_;
    std::size_t at_ = 0;
    std::size_t skipped_ = 0;  ///< bytes of the preamble
    std::size_t parts_ = 0;
    bool after_blank_line_ =
        false;  ///< its CRLF, at at_, is the delimiter's or no bytes of the part
    State state_ = State::preamble;
};

/// RFC 2046 §5.1.1: 1 to 70 of the allowed characters, the last no blank.
[[nodiscard]] bool is_boundary(std::string_view text);

}  // namespace cxr::bridge::web
