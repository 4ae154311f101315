// Fuzzy semantic matching of person names (PS3.4 C.2.2.2.1.1): by sound and by beginning, word by
// word in any order.
#include "dicom/query/matching.hpp"

#include <algorithm>
#include <vector>

namespace cxr::dicom {
namespace {

std::vector<std::string_view> words_of(std::string_view folded) {
    constexpr std::string_view separators = "^=\\ ,.-'";
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = folded.find_first_not_of(separators);
        if (begin == std::string_view::npos) {
            return words;
        }
        folded.remove_prefix(begin);
        const std::size_t end = std::min(folded.find_first_of(separators), folded.size());
        words.push_back(folded.substr(0, end));
        folded.remove_prefix(end);
    }
}

/// Soundex digits of a to z; '0' is not coded.
constexpr std::string_view sounds = "01230120022455012623010202";

/// American Soundex: the first letter and three digits. Empty for what is not all Latin letters.
std::string soundex(std::string_view word) {
    std::string code;
    char last = 0;
    for (const char letter : word) {
        if (letter < 'a' || letter > 'z') {
            return {};
        }
        const char sound = sounds[static_cast<std::size_t>(letter - 'a')];
        if (code.empty()) {
            code = letter;
        } else if (sound != '0' && sound != last && code.size() < 4) {
            code += sound;
        }
        if (letter != 'h' && letter != 'w') {  // these do not part equal sounds
            last = sound;
        }
    }
    code.resize(code.empty() ? 0 : 4, '0');
    return code;
}

bool is_like(std::string_view value, std::string_view wanted) {
    if (wanted.find_first_of("*?") != std::string_view::npos) {
        return matches_wild_card(value, wanted);
    }
    if (value.starts_with(wanted)) {
        return true;
    }
    const std::string sound = soundex(wanted);
    return !sound.empty() && sound == soundex(value);
}

}  // namespace

bool matches_fuzzy_person_name(std::string_view value, std::string_view key) {
    if (matches_person_name(value, key)) {
        return true;
    }
    const std::string name = folded_person_name(value);
    const std::string pattern = folded_person_name(key);
    const std::vector<std::string_view> words = words_of(name);
    const std::vector<std::string_view> wanted = words_of(pattern);
    return !wanted.empty() && std::ranges::all_of(wanted, [&words](std::string_view one) {
        return std::ranges::any_of(words,
                                   [one](std::string_view word) { return is_like(word, one); });
    });
}

}  // namespace cxr::dicom
