#include "bridge/web/request.hpp"
#include "dicom/core/ascii.hpp"
#include "dicom/core/character_set.hpp"

#include <algorithm>
#include <stdexcept>

namespace cxr::bridge::web {

namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char small = dicom::ascii::lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            result += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            result += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return result;
}

bool is_segment(const std::string& segment) {
    return segment != "." && segment != ".." && dicom::is_valid_utf8(segment) &&
           std::ranges::none_of(segment, [](char c) {
               return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '/' || c == '\\';
           });
}

Fault malformed(std::string what) {
    return {.kind = FaultKind::malformed, .doing = std::move(what)};
}

Result<Fields> parse_query(std::string_view text) {
    Fields query;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decoded(pair.substr(0, equals), true);
        auto value = decoded(pair.substr(std::min(pair.size(), equals + 1)), true);
        if (!name || !value) {
            return malformed("the query has a % without two hexadecimal digits");
        }
        if (!dicom::is_valid_utf8(*name) || !dicom::is_valid_utf8(*value)) {
            return malformed("the query is not UTF-8");
        }
        query.push_back({.name = *std::move(name), .value = *std::move(value)});
    }
    return query;
}

}  // namespace

const std::string* find(const Fields& fields, std::string_view name) {
    const auto at = std::ranges::find_if(
        fields, [name](const Field& field) { return dicom::ascii::same(field.name, name); });
    return at == fields.end() ? nullptr : &at->value;
}

std::string joined(const Fields& fields, std::string_view name) {
    std::string all;
    for (const Field& field : fields) {
        if (dicom::ascii::same(field.name, name)) {
            all += all.empty() ? field.value : ", " + field.value;
        }
    }
    return all;
}

Result<Target> parse_target(std::string_view target) {
    if (target.empty() || target.front() != '/') {
        return malformed("the target does not begin with /");
    }
    target = target.substr(0, target.find('#'));
    const std::size_t question = std::min(target.find('?'), target.size());
    Target parsed;
    parsed.raw_path = target.substr(0, question);
    auto query = parse_query(target.substr(std::min(target.size(), question + 1)));
    if (!query) {
        return query.error();
    }
    parsed.query = *std::move(query);
    std::string_view left = std::string_view(parsed.raw_path).substr(1);
    while (!left.empty()) {
        const std::string_view raw = left.substr(0, left.find('/'));
        left.remove_prefix(std::min(left.size(), raw.size() + 1));
        auto segment = decoded(raw, false);
        if (!segment || !is_segment(*segment)) {
            return malformed("the path has a segment that is not allowed");
        }
        parsed.path.push_back(*std::move(segment));
    }
    return parsed;
}

const std::string* Request::parameter(std::string_view name) const {
    const auto at = std::ranges::find(target.query, name, &Field::name);
    return at == target.query.end() ? nullptr : &at->value;
}

const std::string& Request::capture(std::string_view name) const {
    const auto at = std::ranges::find(captures, name, &Field::name);
    if (at == captures.end()) {
        throw std::logic_error("no capture is named " + std::string(name));
    }
    return at->value;
}

}  // namespace cxr::bridge::web
