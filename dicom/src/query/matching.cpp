#include "dicom/query/matching.hpp"

#include "core/utf8.hpp"
#include "dicom/query/identifier.hpp"
#include "identifier_reading.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <cstring>

namespace cxr::dicom {
namespace {

/// Bytes of `text` that a run without '*' takes from its front; nothing if it does not match.
std::optional<std::size_t> match_at_front(std::string_view text, std::string_view run) {
    std::size_t used = 0;
    while (!run.empty()) {
        if (used == text.size()) {
            return std::nullopt;
        }
        if (run[0] == '?') {
            used += first_character(text.substr(used)).size;
        } else if (run[0] == text[used]) {
            ++used;
        } else {
            return std::nullopt;
        }
        run.remove_prefix(1);
    }
    return used;
}

/// The end of the first place where a run without '*' matches.
std::optional<std::size_t> find_run(std::string_view text, std::string_view run) {
    if (run.empty()) {
        return 0;  // and text may be no text at all, which memmem() is not to be given
    }
    if (run.find('?') == std::string_view::npos) {
        // memmem() is linear where std::string_view::find() is not.
        const auto* at = text.empty() ? nullptr
                                      : static_cast<const char*>(::memmem(
                                            text.data(), text.size(), run.data(), run.size()));
        return at == nullptr
                   ? std::nullopt
                   : std::optional(static_cast<std::size_t>(at - text.data()) + run.size());
    }
    for (std::size_t at = 0; at <= text.size();) {
        if (const auto used = match_at_front(text.substr(at), run)) {
            return at + *used;
        }
        at += at < text.size() ? first_character(text.substr(at)).size : 1;
    }
    return std::nullopt;
}

/// The first matching place of each run between stars is as good as any later one; only the last
/// run must reach the end.
bool matches_one_pattern(std::string_view text, std::string_view pattern) {
    const std::size_t first_star = pattern.find('*');
    if (first_star == std::string_view::npos) {
        return match_at_front(text, pattern) == text.size();
    }
    const auto front = match_at_front(text, pattern.substr(0, first_star));
    if (!front) {
        return false;
    }
    text.remove_prefix(*front);
    pattern.remove_prefix(first_star + 1);
    for (std::size_t star = pattern.find('*'); star != std::string_view::npos;
         star = pattern.find('*')) {
        const auto end = find_run(text, pattern.substr(0, star));
        if (!end) {
            return false;
        }
        text.remove_prefix(*end);
        pattern.remove_prefix(star + 1);
    }
    // What is left has no star: it takes as many characters from the end as it has itself.
    std::size_t begin = text.size();
    for (std::size_t left = pattern.size(); left > 0; --left) {
        const char c = pattern[left - 1];
        if (begin == 0) {
            return false;
        }
        --begin;
        while (c == '?' && begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
            --begin;
        }
        if (c != '?' && c != text[begin]) {
            return false;
        }
    }
    return true;
}

/// Does any pair of values match?
template <typename Match>
bool any_matches(std::string_view values, std::string_view keys, Match match) {
    bool matched = false;
    for_each_value(values, [&](std::string_view value) {
        for_each_value(keys, [&](std::string_view key) { matched = matched || match(value, key); });
    });
    return matched;
}

std::vector<std::string_view> groups_of(std::string_view name) {
    std::vector<std::string_view> groups;
    while (true) {
        const std::size_t end = name.find('=');
        groups.push_back(name.substr(0, end));
        if (end == std::string_view::npos) {
            return groups;
        }
        name.remove_prefix(end + 1);
    }
}

bool matches_one_folded_name(std::string_view value, std::string_view key) {
    const std::vector<std::string_view> values = groups_of(value);
    const std::vector<std::string_view> keys = groups_of(key);
    if (keys.size() == 1) {
        return std::any_of(values.begin(), values.end(), [&keys](std::string_view group) {
            return matches_one_pattern(group, keys[0]);
        });
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string_view group = i < values.size() ? values[i] : std::string_view();
        if (!keys[i].empty() && !matches_one_pattern(group, keys[i])) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool matches_wild_card(std::string_view value, std::string_view key) {
    return any_matches(value, key, [](std::string_view one, std::string_view wanted) {
        return matches_one_pattern(trimmed_key(one), trimmed_key(wanted));
    });
}

bool matches_folded_person_name(std::string_view value, std::string_view key) {
    return any_matches(value, key, matches_one_folded_name);
}

bool matches_person_name(std::string_view value, std::string_view key) {
    return matches_folded_person_name(folded_person_name(value), folded_person_name(key));
}

bool matches_uid_list(std::string_view value, std::string_view key) {
    return any_matches(value, key, [](std::string_view one, std::string_view wanted) {
        return !trimmed_key(wanted).empty() && trimmed_key(one) == trimmed_key(wanted);
    });
}

bool matches_code(const CodedConcept& concept_code, const Attributes& sequence_keys) {
    const auto match = [&sequence_keys](const DcmTagKey& tag, std::string_view value) {
        const std::string_view key = value_of(sequence_keys, tag);
        return key.empty() || matches_wild_card(value, key);
    };
    return match(DCM_CodeValue, concept_code.value) &&
           match(DCM_CodingSchemeDesignator, concept_code.scheme) &&
           match(DCM_CodeMeaning, concept_code.meaning);
}

bool matches(const QueryKey& key, std::string_view value) {
    const SupportedKey& supported = *key.supported;
    if (key.wants_empty) {
        return value.empty();
    }
    if (key.value.empty() || (key.unknown_matches && value.empty())) {
        return true;
    }
    switch (supported.matching) {
        case Matching::wild_card:
            return matches_wild_card(value, key.value);
        case Matching::person_name:
            return key.fuzzy ? matches_fuzzy_person_name(value, key.value)
                             : matches_person_name(value, key.value);
        case Matching::range:
            return matches_range(value, key.value, supported.vr);
        case Matching::uid_list:
            return matches_uid_list(value, key.value);
        case Matching::single_value:
            return matches_single_value(value, key.value, supported.vr);
        case Matching::sequence:
        case Matching::return_only:
            break;
    }
    return true;
}

}  // namespace cxr::dicom
