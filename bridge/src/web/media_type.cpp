#include "bridge/web/media_type.hpp"

#include "dicom/core/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace cxr::bridge::web {

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    const std::size_t end = text.find_last_not_of(" \t");
    return end == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin + 1);
}

/// Splits at `separator`, but not within quotation marks.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && text[i] == separator) {
            parts.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    parts.push_back(text.substr(begin));
    return parts;
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return std::string(text);
    }
    std::string plain;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size()) {
            ++i;
        }
        plain += text[i];
    }
    return plain;
}

bool is_token(std::string_view text) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        const char small = dicom::ascii::lower(c);
        return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

/// "0.8"; what is none counts as 1.
double quality_of(std::string_view text) {
    double q = 1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), q);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && q >= 0 && q <= 1 ? q : 1;
}

}  // namespace

bool MediaType::is(std::string_view full) const {
    return type + '/' + subtype == full;
}

bool MediaType::takes(std::string_view full) const {
    const std::size_t slash = std::min(full.find('/'), full.size());
    return (type == "*" || type == full.substr(0, slash)) &&
           (subtype == "*" || subtype == full.substr(std::min(full.size(), slash + 1)));
}

std::string MediaType::parameter(std::string_view name) const {
    const std::string* const value = find(parameters, name);
    return value == nullptr ? std::string() : *value;
}

std::size_t MediaType::precision() const {
    return type == "*" ? 0 : subtype == "*" ? 1 : 2 + parameters.size();
}

Result<MediaType> parse_media_type(std::string_view text) {
    const auto parts = split(text, ';');
    const std::string_view full = trimmed(parts.front());
    const std::size_t slash = full.find('/');
    const Fault malformed{.kind = FaultKind::malformed, .doing = "that is no media type"};
    if (slash == std::string_view::npos || !is_token(full.substr(0, slash)) ||
        !is_token(full.substr(slash + 1))) {
        return malformed;
    }
    MediaType parsed{.type = dicom::ascii::lowered(full.substr(0, slash)),
                     .subtype = dicom::ascii::lowered(full.substr(slash + 1))};
    for (const std::string_view each : std::span(parts).subspan(1)) {
        const std::string_view parameter = trimmed(each);
        if (parameter.empty()) {
            continue;
        }
        const std::size_t equals = parameter.find('=');
        if (equals == std::string_view::npos || !is_token(trimmed(parameter.substr(0, equals)))) {
            return malformed;
        }
        std::string name = dicom::ascii::lowered(trimmed(parameter.substr(0, equals)));
        std::string value = unquoted(trimmed(parameter.substr(equals + 1)));
        if (name == "q") {
            parsed.q = quality_of(value);
        } else if (find(parsed.parameters, name) == nullptr) {
            parsed.parameters.push_back({.name = std::move(name), .value = std::move(value)});
        }
    }
    return parsed;
}

std::vector<MediaType> parse_accept(std::string_view text) {
    std::vector<MediaType> ranges;
    for (const std::string_view each : split(text, ',')) {
        auto range = parse_media_type(each);
        if (range) {
            ranges.push_back(*std::move(range));
        }
    }
    std::ranges::stable_sort(ranges, std::greater<>(), &MediaType::q);
    return ranges;
}

std::vector<MediaType> accepted(const Request& request) {
    const std::string* const parameter = request.parameter("accept");
    const std::string text =
        parameter == nullptr || parameter->empty() ? joined(request.headers, "accept") : *parameter;
    if (trimmed(text).empty()) {
        return {MediaType{.type = "*", .subtype = "*"}};
    }
    return parse_accept(text);
}

bool grants(const std::vector<MediaType>& accepted, const MediaType& range, std::string_view full) {
    return grants(accepted, range, [full](const MediaType& each) { return each.takes(full); });
}

std::string_view choose(const std::vector<MediaType>& accepted,
                        std::span<const std::string_view> offers) {
    for (const MediaType& range : accepted) {
        for (const std::string_view offer : offers) {
            if (grants(accepted, range, offer)) {
                return offer;
            }
        }
    }
    return {};
}

bool takes_coding(std::string_view accept_encoding, std::string_view coding) {
    bool taken = false;
    for (const std::string_view each : split(accept_encoding, ',')) {
        const auto parts = split(each, ';');
        const std::string name = dicom::ascii::lowered(trimmed(parts.front()));
        double q = 1;
        for (const std::string_view part : std::span(parts).subspan(1)) {
            const std::string_view parameter = trimmed(part);
            if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
                q = quality_of(parameter.substr(2));
            }
        }
        if (name == coding) {
            return q > 0;
        }
        taken = taken || (name == "*" && q > 0);
    }
    return taken;
}

}  // namespace cxr::bridge::web
