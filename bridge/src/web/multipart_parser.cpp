#include "web/multipart_parser.hpp"

#include "dicom/core/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::bridge::web {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t padding_max = 128;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// RFC 9110 §5.6.2.
bool is_token_character(char c) {
    return is_alphanumeric(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

Fault malformed(std::string why) {
    return {.kind = FaultKind::malformed, .doing = std::move(why)};
}

Fault exhausted(std::string why) {
    return {.kind = FaultKind::exhausted, .doing = std::move(why)};
}

}  // namespace

bool is_boundary(std::string_view text) {
    const auto allowed = [](char c) {
        return is_alphanumeric(c) ||
               std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= 70 && text.back() != ' ' &&
           std::ranges::all_of(text, allowed);
}

Result<PartHeader> PartHeader::parse(std::string_view block) {
    PartHeader header;
    while (!block.empty()) {
        const std::size_t end = std::min(block.find(line_end), block.size());
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(std::min(end + line_end.size(), block.size()));
        if (std::ranges::any_of(line, is_control)) {
            return malformed("a part's header has a control character");
        }
        if (!line.empty() && is_blank(line.front()) && !header.fields_.empty()) {
            header.fields_.back().second.append(" ").append(without_blanks(line));
            continue;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0 ||
            !std::ranges::all_of(line.substr(0, colon), is_token_character)) {
            return malformed("a part's header has a line that is no field");
        }
        header.fields_.emplace_back(dicom::ascii::lowered(line.substr(0, colon)),
                                    without_blanks(line.substr(colon + 1)));
    }
    return header;
}

std::string_view PartHeader::value_of(std::string_view name) const {
    for (const auto& [known, value] : fields_) {
        if (known == name) {
            return value;
        }
    }
    return {};
}

MultipartParser::MultipartParser(std::string_view boundary, MultipartLimits limits)
    : delimiter_("\r\n--" + std::string(boundary)),
      limits_(limits),
      pending_(line_end) {  // the first boundary may be the body's first line
}

void MultipartParser::feed(std::span<const std::byte> bytes) {
    pending_.erase(0, at_);
    at_ = 0;
    if (state_ != State::end) {
        pending_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
}

Result<MultipartEvent> MultipartParser::next() {
    switch (state_) {
        case State::preamble:
            return skip_preamble();
        case State::header:
            return read_header();
        case State::bytes:
            return read_bytes();
        case State::end:
            break;
    }
    return MultipartEvent(BodyEnd{});
}

Result<void> MultipartParser::finish() const {
    if (state_ != State::end) {
        return malformed("the body ends before its closing boundary");
    }
    return {};
}

/// Behind a delimiter that ends before `at`; with the place behind the tail.
std::pair<MultipartParser::Tail, std::size_t> MultipartParser::tail_at(std::size_t at) const {
    const std::string_view text = std::string_view(pending_).substr(at);
    if (text.starts_with("--")) {
        return {Tail::closing, at + 2};
    }
    std::size_t blanks = 0;
    while (blanks < text.size() && is_blank(text[blanks]) && blanks <= padding_max) {
        ++blanks;
    }
    if (text.substr(blanks).starts_with(line_end)) {
        return {Tail::part, at + blanks + line_end.size()};
    }
    const std::string_view seen = text.substr(blanks);
    const bool may_become = seen.empty() || seen == "\r" || (blanks == 0 && seen == "-");
    return {may_become && blanks <= padding_max ? Tail::undecided : Tail::none, at};
}

/// The next delimiter from there on: Tail::none when there is none. What is undecided may still
/// become one.
MultipartParser::Delimiter MultipartParser::find_delimiter(std::size_t from) const {
    for (;;) {
        const std::size_t found = pending_.find(delimiter_, from);
        if (found == std::string::npos) {
            break;
        }
        const auto [tail, after] = tail_at(found + delimiter_.size());
        if (tail != Tail::none) {
            return {.at = found, .after = after, .tail = tail};
        }
        from = found + 1;
    }
    // A beginning of one at the end. Its first character stands in it once more at most, behind the
    // boundary: the search from the left finds the longest.
    const std::size_t window =
        std::max(from, pending_.size() - std::min(pending_.size(), delimiter_.size() - 1));
    for (std::size_t at = pending_.find('\r', window); at != std::string::npos;
         at = pending_.find('\r', at + 1)) {
        if (delimiter_.starts_with(std::string_view(pending_).substr(at))) {
            return {.at = at, .after = at, .tail = Tail::undecided};
        }
    }
    return {.at = pending_.size(), .after = pending_.size(), .tail = Tail::none};
}

Result<void> MultipartParser::pass(const Delimiter& delimiter) {
    at_ = delimiter.after;
    after_blank_line_ = false;
    if (delimiter.tail == Tail::closing) {
        state_ = State::end;
        at_ = pending_.size();
        return {};
    }
    if (++parts_ > limits_.parts_max) {
        return exhausted(fmt::format("more than {} parts", limits_.parts_max));
    }
    state_ = State::header;
    return {};
}

Result<MultipartEvent> MultipartParser::skip_preamble() {
    const Delimiter delimiter = find_delimiter(at_);
    skipped_ += delimiter.at - at_;
    if (skipped_ > limits_.header_bytes_max) {
        return malformed("the boundary does not begin any part");
    }
    at_ = delimiter.at;
    if (delimiter.tail == Tail::none || delimiter.tail == Tail::undecided) {
        return MultipartEvent(NeedsMore{});
    }
    if (auto passed = pass(delimiter); !passed) {
        return passed.error();
    }
    return next();
}

Result<MultipartEvent> MultipartParser::read_header() {
    const std::string_view text = rest();
    const bool is_empty = text.starts_with(line_end);
    const std::size_t end = is_empty ? 0 : text.find("\r\n\r\n");
    if ((end == std::string_view::npos ? text.size() : end) > limits_.header_bytes_max) {
        return exhausted(
            fmt::format("a part's header has more than {} bytes", limits_.header_bytes_max));
    }
    if (end == std::string_view::npos) {
        return MultipartEvent(NeedsMore{});
    }
    auto header = PartHeader::parse(text.substr(0, end));
    if (!header) {
        return header.error();
    }
    at_ += is_empty ? 0 : end + line_end.size();
    after_blank_line_ = true;
    state_ = State::bytes;
    return MultipartEvent(PartBegin{.header = *std::move(header)});
}

Result<MultipartEvent> MultipartParser::read_bytes() {
    const Delimiter delimiter = find_delimiter(at_);
    std::size_t begin = at_;
    if (after_blank_line_) {
        if (delimiter.at == at_) {
            begin = delimiter.at;  // no bytes: the blank line's end is the delimiter's
        } else {
            begin += line_end.size();
            after_blank_line_ = false;
        }
    }
    if (delimiter.at > begin) {
        at_ = delimiter.at;
        return MultipartEvent(
            PartBytes{std::as_bytes(std::span(pending_).subspan(begin, delimiter.at - begin))});
    }
    at_ = begin;
    if (delimiter.tail == Tail::none || delimiter.tail == Tail::undecided) {
        return MultipartEvent(NeedsMore{});
    }
    if (auto passed = pass(delimiter); !passed) {
        return passed.error();
    }
    return MultipartEvent(PartEnd{});
}

}  // namespace cxr::bridge::web
