#include "dicom/core/keyword.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>

#include <charconv>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace cxr::dicom {

namespace {

struct Keywords {
    std::unordered_map<std::uint32_t, std::string> by_tag;
    std::unordered_map<std::string_view, std::uint32_t> by_keyword;  ///< views of by_tag
};

std::uint32_t number_of(std::uint16_t group, std::uint16_t element) {
    return std::uint32_t{group} << 16 | element;
}

Keywords read_dictionary() {
    Keywords keywords;
    // Nothing is written: only a non-const dictionary can be walked.
    DcmDataDictionary& dictionary = dcmDataDict.wrlock();
    for (auto entry = dictionary.normalBegin(); entry != dictionary.normalEnd(); ++entry) {
        const DcmDictEntry& each = **entry;
        if (each.getPrivateCreator() != nullptr || each.getGroup() % 2 != 0) {
            continue;
        }
        std::string_view name = each.getTagName();
        constexpr std::string_view mark = "RETIRED_";  // DCMTK's own
        if (name.starts_with(mark)) {
            name.remove_prefix(mark.size());
        }
        keywords.by_tag.emplace(number_of(each.getGroup(), each.getElement()), name);
    }
    dcmDataDict.wrunlock();
    for (const auto& [number, name] : keywords.by_tag) {
        keywords.by_keyword.emplace(name, number);
    }
    return keywords;
}

const Keywords& keywords() {
    static const Keywords read = read_dictionary();
    return read;
}

DcmTagKey key_of(std::uint32_t number) {
    return {static_cast<std::uint16_t>(number >> 16), static_cast<std::uint16_t>(number & 0xFFFF)};
}

}  // namespace

std::optional<DcmTagKey> tag_of(std::string_view keyword_or_digits) {
    std::uint32_t number = 0;
    const char* const end = keyword_or_digits.data() + keyword_or_digits.size();
    const auto [at, error] = std::from_chars(keyword_or_digits.data(), end, number, 16);
    if (keyword_or_digits.size() == 8 && error == std::errc{} && at == end) {
        return key_of(number);
    }
    const auto known = keywords().by_keyword.find(keyword_or_digits);
    return known == keywords().by_keyword.end() ? std::nullopt
                                                : std::optional(key_of(known->second));
}

std::string_view keyword_of(const DcmTagKey& tag) {
    const auto known = keywords().by_tag.find(number_of(tag.getGroup(), tag.getElement()));
    return known == keywords().by_tag.end() ? std::string_view() : std::string_view(known->second);
}

}  // namespace cxr::dicom
