#include "bridge/web/router.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace cxr::bridge::web {

namespace {

bool is_rest(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with("*}");
}
bool is_capture(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

std::vector<std::string> segments_of(std::string_view pattern) {
    std::vector<std::string> segments;
    pattern.remove_prefix(std::min<std::size_t>(pattern.size(), 1));
    while (!pattern.empty()) {
        const std::string_view segment = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(std::min(pattern.size(), segment.size() + 1));
        segments.emplace_back(segment);
    }
    return segments;
}

/// Literal segments before captures, these before the rest of a path.
std::vector<int> order_of(const std::vector<std::string>& segments) {
    std::vector<int> order;
    order.reserve(segments.size());
    for (const std::string& segment : segments) {
        order.push_back(is_rest(segment) ? 2 : is_capture(segment) ? 1 : 0);
    }
    return order;
}

std::string joined_path(std::span<const std::string> path) {
    std::string text;
    for (const std::string& segment : path) {
        text += text.empty() ? segment : '/' + segment;
    }
    return text;
}

std::optional<Fields> match(const std::vector<std::string>& pattern,
                            std::span<const std::string> path) {
    Fields captures;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::string_view wanted = pattern[i];
        if (i >= path.size()) {
            return std::nullopt;
        }
        if (is_rest(wanted)) {
            captures.push_back({.name = std::string(wanted.substr(1, wanted.size() - 3)),
                                .value = joined_path(path.subspan(i))});
            return captures;
        }
        if (is_capture(wanted)) {
            captures.push_back(
                {.name = std::string(wanted.substr(1, wanted.size() - 2)), .value = path[i]});
        } else if (wanted != path[i]) {
            return std::nullopt;
        }
    }
    return pattern.size() == path.size() ? std::optional(std::move(captures)) : std::nullopt;
}

}  // namespace

void Router::add(Resource resource) {
    const bool known = std::ranges::any_of(resources_, [&](const Resource& other) {
        return other.method == resource.method && other.pattern == resource.pattern;
    });
    if (known) {
        throw std::logic_error("two resources " + resource.method + ' ' + resource.pattern);
    }
    patterns_.push_back({.segments = segments_of(resource.pattern), .resource = resources_.size()});
    resources_.push_back(std::move(resource));
    std::ranges::stable_sort(
        patterns_, {}, [](const Pattern& pattern) { return order_of(pattern.segments); });
}

Router::Found Router::find(std::string_view method, std::span<const std::string> path) const {
    if (method == "HEAD") {
        method = "GET";
    }
    for (const Pattern& pattern : patterns_) {
        if (resources_[pattern.resource].method != method) {
            continue;
        }
        if (auto captures = match(pattern.segments, path)) {
            return {.resource = &resources_[pattern.resource], .captures = *std::move(captures)};
        }
    }
    return {};
}

std::vector<std::string> Router::methods(std::span<const std::string> path) const {
    std::vector<std::string> found;
    const auto note = [&found](const std::string& method) {
        if (std::ranges::find(found, method) == found.end()) {
            found.push_back(method);
        }
    };
    for (const Pattern& pattern : patterns_) {
        if (match(pattern.segments, path)) {
            note(resources_[pattern.resource].method);
            if (resources_[pattern.resource].method == "GET") {
                note("HEAD");
            }
            note("OPTIONS");
        }
    }
    return found;
}

}  // namespace cxr::bridge::web
