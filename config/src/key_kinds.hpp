#pragma once
/// The kinds of keys: each knows its TOML type, what is allowed, and how it is read and written.

#include "key_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cxr::config {

inline constexpr std::int64_t day_s = 86'400;
inline constexpr std::int64_t bytes_max = std::numeric_limits<std::int64_t>::max();

/// What a pointer to member, or a callable like it, lends of a section.
template <typename Section, typename Member>
using MemberType = std::remove_cvref_t<std::invoke_result_t<Member, Section&>>;

template <typename Enum>
struct Choice {
    std::string_view name;
    Enum value;
};

inline std::string one_of(const std::vector<std::string_view>& names) {
    return fmt::format("\"{}\"", fmt::join(names, "\" or \""));
}

/// A member of a member.
template <typename Outer, typename Inner>
auto via(Outer outer, Inner inner) {
    return [=](auto& section) -> auto& {
        return std::invoke(inner, std::invoke(outer, section));
    };
}

template <typename Section, typename Member>
Key<Section> choice(std::string_view name,
                    Member member,
                    std::vector<Choice<MemberType<Section, Member>>> choices) {
    std::vector<std::string_view> names;
    names.reserve(choices.size());
    for (const auto& each : choices) {
        names.push_back(each.name);
    }
    return {.name = name,
            .allowed = one_of(names),
            .set =
                [member, choices](Section& section, const Value& value) {
                    const auto& text = std::get<std::string>(value);
                    for (const auto& each : choices) {
                        if (each.name == text) {
                            std::invoke(member, section) = each.value;
                            return true;
                        }
                    }
                    return false;
                },
            .get =
                [member, choices](const Section& section) {
                    for (const auto& each : choices) {
                        if (each.value == std::invoke(member, section)) {
                            return Value(std::string(each.name));
                        }
                    }
                    return Value(std::string());
                }};
}

template <typename Section, typename Member>
Key<Section> number(std::string_view name,
                    Member member,
                    std::int64_t smallest,
                    std::int64_t largest,
                    std::string_view unit = {}) {
    const std::string range = largest == bytes_max ? fmt::format("{} or more", smallest)
                                                   : fmt::format("{} to {}", smallest, largest);
    return {.name = name,
            .allowed = unit.empty() ? range : fmt::format("{} {}", range, unit),
            .set =
                [=](Section& section, const Value& value) {
                    const auto given = std::get<std::int64_t>(value);
                    using Target = MemberType<Section, Member>;
                    const bool fits = given >= smallest && given <= largest;
                    if (fits) {
                        std::invoke(member, section) = static_cast<Target>(given);
                    }
                    return fits;
                },
            .get =
                [=](const Section& section) {
                    return Value(static_cast<std::int64_t>(std::invoke(member, section)));
                }};
}

/// A number, or 0 where that means something of its own.
template <typename Section, typename Member>
Key<Section> zero_or(Key<Section> key, Member member) {
    key.allowed = "0, or " + key.allowed;
    key.set = [member, set = std::move(key.set)](Section& section, const Value& value) {
        if (std::get<std::int64_t>(value) == 0) {
            std::invoke(member, section) = 0;
            return true;
        }
        return set(section, value);
    };
    return key;
}

template <typename Section>
Key<Section> strictness_of(std::string_view name, Switch Section::*member) {
    return choice<Section>(name,
                           member,
                           {{"default", Switch::as_strictness},
                            {"strict", Switch::strict},
                            {"lenient", Switch::lenient}});
}

template <typename Section, typename Member>
Key<Section> seconds(std::string_view name, Member member, std::int64_t smallest = 1) {
    return {.name = name,
            .allowed = fmt::format("{} to {} seconds", smallest, day_s),
            .set =
                [=](Section& section, const Value& value) {
                    const auto given = std::get<std::int64_t>(value);
                    const bool fits = given >= smallest && given <= day_s;
                    if (fits) {
                        std::invoke(member, section) = std::chrono::seconds(given);
                    }
                    return fits;
                },
            .get =
                [=](const Section& section) {
                    return Value(std::int64_t{std::invoke(member, section).count()});
                }};
}

template <typename Section, typename Member>
Key<Section> flag(std::string_view name, Member member) {
    return {
        .name = name,
        .allowed = "true or false",
        .set =
            [=](Section& section, const Value& value) {
                std::invoke(member, section) = std::get<bool>(value);
                return true;
            },
        .get = [=](const Section& section) { return Value(bool{std::invoke(member, section)}); }};
}

/// A string or a path; `is_allowed` judges it.
template <typename Section, typename Member, typename Predicate>
Key<Section> text(std::string_view name,
                  Member member,
                  std::string_view allowed,
                  Predicate is_allowed) {
    return {.name = name,
            .allowed = std::string(allowed),
            .set =
                [=](Section& section, const Value& value) {
                    const auto& given = std::get<std::string>(value);
                    const bool fits = is_allowed(given);
                    if (fits) {
                        std::invoke(member, section) = given;
                    }
                    return fits;
                },
            .get =
                [=](const Section& section) {
                    return Value(std::string(std::invoke(member, section)));
                }};
}

template <typename Section, typename Member, typename Predicate>
Key<Section> list(std::string_view name,
                  Member member,
                  std::string_view allowed,
                  Predicate is_allowed) {
    return {.name = name,
            .allowed = std::string(allowed),
            .set =
                [=](Section& section, const Value& value) {
                    const auto& given = std::get<std::vector<std::string>>(value);
                    const bool fit = std::all_of(given.begin(), given.end(), is_allowed);
                    if (fit) {
                        std::invoke(member, section) = given;
                    }
                    return fit;
                },
            .get = [=](const Section& section) { return Value(std::invoke(member, section)); }};
}

template <typename Section>
Key<Section> secret(Key<Section> key) {
    key.secret = true;
    return key;
}

inline bool is_not_empty(const std::string& given) {
    return !given.empty();
}

}  // namespace cxr::config
