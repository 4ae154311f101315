#include "web/image_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cxr::bridge::web {

namespace {

Fault malformed(std::string_view parameter, std::string_view what) {
    return {.kind = FaultKind::malformed, .doing = fmt::format("{}: {}", parameter, what)};
}

std::optional<std::size_t> number_in(std::string_view text) {
    std::size_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = end.ec == std::errc() && end.ptr == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

/// Empty is open: 0.
std::optional<std::uint32_t> date_in(std::string_view text) {
    if (text.empty()) {
        return 0U;
    }
    const auto number = number_in(text);
    return text.size() == 8 && number ? std::optional(static_cast<std::uint32_t>(*number))
                                      : std::nullopt;
}

Result<void> take_dates(std::string_view value, ImageSearch& search) {
    const std::size_t dash = std::min(value.find('-'), value.size());
    const auto from = date_in(value.substr(0, dash));
    const auto to =
        dash == value.size() ? from : date_in(value.substr(std::min(dash + 1, value.size())));
    if (!from || !to) {
        return malformed("date", "YYYYMMDD, or two with '-' between them");
    }
    search.date_from = *from;
    search.date_to = *to;
    return {};
}

Result<void> take_view(std::string_view value, ImageSearch& search) {
    if (value == "PA") {
        search.view = dicom::ViewPosition::pa;
    } else if (value == "AP") {
        search.view = dicom::ViewPosition::ap;
    } else {
        return malformed("view", "PA or AP");
    }
    return {};
}

Result<void> take_finding(std::string_view value, ImageSearch& search) {
    const auto finding = dicom::finding_of(value);
    if (!finding) {
        return malformed("finding", "none of the data set's labels");
    }
    search.findings =
        static_cast<std::uint16_t>(search.findings | (1U << static_cast<unsigned>(*finding)));
    return {};
}

Result<void> take_number(const Field& parameter, std::size_t& into, std::size_t max) {
    const auto number = number_in(parameter.value);
    if (!number) {
        return malformed(parameter.name, "a number");
    }
    if (*number > max) {
        return malformed(parameter.name, fmt::format("{} at most", max));
    }
    into = *number;
    return {};
}

Result<void> take(const Field& parameter, ImageSearch& search) {
    const std::string& name = parameter.name;
    if (name == "patient") {
        search.patient = parameter.value;
    } else if (name == "finding") {
        return take_finding(parameter.value, search);
    } else if (name == "split") {
        search.split = parameter.value;
    } else if (name == "view") {
        return take_view(parameter.value, search);
    } else if (name == "boxed") {
        search.boxed = true;
    } else if (name == "date") {
        return take_dates(parameter.value, search);
    } else if (name == "offset") {
        return take_number(parameter, search.offset, SIZE_MAX);
    } else if (name == "limit") {
        return take_number(parameter, search.limit, images_per_page_max);
    } else {
        return malformed(name, "no such parameter");
    }
    return {};
}

}  // namespace

Result<ImageSearch> image_search_of(const Fields& query) {
    ImageSearch search;
    for (const Field& parameter : query) {
        if (parameter.value.empty()) {
            continue;
        }
        if (auto taken = take(parameter, search); !taken) {
            return taken.error();
        }
    }
    return search;
}

}  // namespace cxr::bridge::web
