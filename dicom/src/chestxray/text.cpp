#include "chestxray/text.hpp"

#include "dicom/core/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cxr::dicom {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace

LineReader::LineReader(std::string_view content) : rest_(content) {
    if (rest_.starts_with(byte_order_mark)) {
        rest_.remove_prefix(byte_order_mark.size());
    }
}

bool LineReader::next(std::string_view& line) {
    while (!rest_.empty()) {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        while (!line.empty() && is_blank(line.back())) {
            line.remove_suffix(1);
        }
        if (!line.empty()) {
            return true;
        }
    }
    return false;
}

bool CsvFields::split(std::string_view line) {
    fields_.clear();
    unescaped_.clear();
    while (true) {
        if (!line.starts_with('"')) {
            const std::size_t comma = line.find(',');
            fields_.push_back(trim(line.substr(0, comma)));
            if (comma == std::string_view::npos) {
                return true;
            }
            line.remove_prefix(comma + 1);
            continue;
        }
        std::string& value = unescaped_.emplace_back();
        std::size_t at = 1;
        while (true) {
            const std::size_t quote = line.find('"', at);
            if (quote == std::string_view::npos) {
                return false;
            }
            value += line.substr(at, quote - at);
            at = quote + 1;
            if (at == line.size() || line[at] != '"') {
                break;
            }
            value += '"';
            ++at;
        }
        fields_.push_back(trim(value));
        if (at == line.size()) {
            return true;
        }
        if (line[at] != ',') {
            return false;
        }
        line.remove_prefix(at + 1);
    }
}

void CsvFields::split_header(std::string_view line) {
    fields_.clear();
    unescaped_.clear();
    std::string& bare = unescaped_.emplace_back(line);
    std::erase(bare, '"');
    std::string_view rest = bare;
    while (true) {
        const std::size_t comma = rest.find(',');
        fields_.push_back(trim(rest.substr(0, comma)));
        if (comma == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(comma + 1);
    }
    while (!fields_.empty() && fields_.back().empty()) {
        fields_.pop_back();
    }
}

Result<std::vector<std::optional<std::size_t>>> find_columns(const CsvFields& header,
                                                             const std::vector<ColumnName>& columns,
                                                             std::string_view file) {
    std::vector<std::optional<std::size_t>> positions(columns.size());
    for (std::size_t position = 0; position < header.size(); ++position) {
        const std::string name = normalise_name(header[position]);
        for (std::size_t column = 0; column < columns.size(); ++column) {
            const auto& spellings = columns[column].spellings;
            if (std::find(spellings.begin(), spellings.end(), name) == spellings.end()) {
                continue;
            }
            if (positions[column]) {
                return Fault{
                    .kind = FaultKind::malformed,
                    .doing = fmt::format(
                        "{}: the header names column '{}' twice", file, columns[column].published)};
            }
            positions[column] = position;
        }
    }
    return positions;
}

Result<void> check_is_text(std::string_view content, std::string_view file) {
    std::string_view is;
    if (content.starts_with("version https://git-lfs")) {
        is = "is a git-lfs pointer, not the data: fetch the file itself with 'git lfs pull'";
    } else if (content.starts_with("\xff\xfe") || content.starts_with("\xfe\xff")) {
        is = "is UTF-16 text: save it as UTF-8";
    } else if (content.starts_with("PK\x03\x04") || content.starts_with("\x1f\x8b")) {
        is = "is a compressed archive: unpack it";
    } else if (content.starts_with("<!DOCTYPE") || content.starts_with("<html")) {
        is = "is a web page, not the data: download the file itself";
    } else {
        return {};
    }
    return Fault{.kind = FaultKind::malformed, .doing = fmt::format("{} {}", file, is)};
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string normalise_name(std::string_view name) {
    std::string normal;
    for (const char c : name) {
        const char small = ascii::lower(c);
        if (is_digit(small) || (small >= 'a' && small <= 'z')) {
            normal += small;
        }
    }
    return normal;
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> parse_decimal(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

bool is_image_index(std::string_view text) {
    return text.size() == 16 && text[8] == '_' && text.ends_with(".png") &&
           std::all_of(text.begin(), text.begin() + 8, is_digit) &&
           std::all_of(text.begin() + 9, text.begin() + 12, is_digit);
}

std::uint64_t image_number(std::string_view image_index) {
    std::uint64_t number = 0;
    for (const char c : image_index.substr(0, 12)) {
        if (c != '_') {
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
    }
    return number;
}

std::string shown(std::string_view value) {
    constexpr std::size_t characters_max = 40;
    std::string text = "'";
    for (const char c : value.substr(0, characters_max)) {
        text += c >= ' ' && c <= '~' ? c : '?';
    }
    text += value.size() > characters_max ? "...'" : "'";
    return text;
}

}  // namespace cxr::dicom
