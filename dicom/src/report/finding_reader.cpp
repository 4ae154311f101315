#include "report/finding_reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace cxr::dicom {
namespace {

struct Alias {
    std::string_view value, scheme;
    Finding finding;
};

/// Codes that PS3.16 or public reports give these findings, and that the product does not write:
/// narrower, retired, or of another scheme.
constexpr std::array aliases{
    Alias{"40779009", "SCT", Finding::atelectasis},    // Plate-like atelectasis
    Alias{"287272002", "SCT", Finding::cardiomegaly},  // so called in CID 12249
    Alias{"41699000", "SCT", Finding::effusion},       // Effusion
    Alias{"112121", "DCM", Finding::infiltration},     // Infiltrate, CID 6102
    Alias{"309529002", "SCT", Finding::mass},          // Mass of lung
    Alias{"RID39056", "RADLEX", Finding::mass},        // lung mass
    Alias{"786838002", "SCT", Finding::nodule},        // Nodule of lung
    Alias{"427359005", "SCT", Finding::nodule},        // Solitary nodule of lung
    Alias{"79654002", "SCT", Finding::edema},          // Edema
    Alias{"49158009", "SCT", Finding::emphysema},      // Emphysema
    Alias{"112674009", "SCT", Finding::fibrosis},      // Fibrosis
    Alias{"39839004", "SCT", Finding::hernia},         // Diaphragmatic hernia
    Alias{"84089009", "SCT", Finding::hernia},         // Hiatal hernia
    Alias{"RID4895", "RADLEX", Finding::hernia},       // hernia
};

/// Viewers that let people type put the text where the meaning belongs.
constexpr std::string_view free_text = "CORNERSTONEFREETEXT";

std::optional<Finding> finding_of_text(std::string_view text) {
    if (const auto finding = finding_of(text)) {
        return finding;
    }
    std::string folded(text);
    std::ranges::transform(folded, folded.begin(), [](unsigned char c) {
        return c == '_' ? ' ' : static_cast<char>(std::tolower(c));
    });
    return folded == "pleural effusion" ? std::optional(Finding::effusion) : std::nullopt;
}

}  // namespace

std::optional<Finding> finding_of_code(const CodedConcept& code, const CodeTable& table) {
    const auto is = [&code](const CodedConcept& known) {
        return code.value == known.value && code.scheme == known.scheme;
    };
    for (const CodeTable* each : {&table, &CodeTable::built_in()}) {
        for (std::size_t index = 0; index < finding_count; ++index) {
            const auto finding = static_cast<Finding>(index);
            const FindingCodes& codes = (*each)[finding];
            if (is(codes.finding) || (codes.radlex && is(*codes.radlex))) {
                return finding;
            }
        }
    }
    for (const Alias& alias : aliases) {
        if (code.value == alias.value && code.scheme == alias.scheme) {
            return alias.finding;
        }
    }
    return std::nullopt;
}

bool is_typed_text(const CodedConcept& code) {
    return code.value == free_text;
}

std::optional<Finding> resolve_finding(std::span<const CodedConcept> codes,
                                       std::string_view comment,
                                       const CodeTable& table) {
    for (const CodedConcept& code : codes) {
        if (const auto finding = finding_of_code(code, table)) {
            return finding;
        }
    }
    if (const auto finding = finding_of_text(comment)) {
        return finding;
    }
    for (const CodedConcept& code : codes) {
        if (is_typed_text(code)) {
            if (const auto finding = finding_of_text(code.meaning)) {
                return finding;
            }
        }
    }
    return std::nullopt;
}

}  // namespace cxr::dicom
