#pragma once
/// Which code a report carries for each finding (PS3.16 §8, PS3.3 §8.8), and the site that the
/// finding implies. Data, not program: dicom/data/codes.tsv is compiled in, and a table read from
/// elsewhere is held to the same rules. A table is complete and immutable, so threads share it.

#include "dicom/chestxray/data_set.hpp"
#include "dicom/mapping/entities.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// Coding Scheme Designator of the labels that no public code was verified for.
inline constexpr std::string_view private_scheme = "99NIHCXR14";

struct FindingCodes {
    CodedConcept finding;
    std::optional<CodedConcept> site;    ///< none for No Finding
    std::optional<CodedConcept> radlex;  ///< RadLex 4.3 code of the same meaning
    std::string source;                  ///< where the code was read
    friend bool operator==(const FindingCodes&, const FindingCodes&) = default;
};

class CodeTable {
public:
    /// The table that the library was built with.
    [[nodiscard]] static const CodeTable& built_in();

    /// @param tsv rows as in dicom/data/codes.tsv; '#' begins a comment line.
    /// @param file the name that faults carry.
    /// Faults: malformed, naming every line that is wrong, one to a line of text: a label unknown,
    /// twice or missing; a row of another width or without a source; a Code Meaning of over 64
    /// characters or a scheme of over 16 (PS3.5 §6.2); a public Code Value of over 16; a SNOMED CT
    /// identifier with a wrong check digit; a RadLex identifier that is not RID and digits; a
    /// source that says UNVERIFIED; a scheme that is not SCT, DCM or private_scheme.
    [[nodiscard]] static Result<CodeTable> parse(std::string_view tsv, std::string_view file);

    /// Rows that parse() reads back to an equal table.
    [[nodiscard]] std::string text() const;

    [[nodiscard]] const FindingCodes& operator[](Finding finding) const {
        return codes_[static_cast<std::size_t>(finding)];
    }
    friend bool operator==(const CodeTable&, const CodeTable&) = default;

private:
    CodeTable() = default;
    std::array<FindingCodes, finding_count> codes_;
};

/// SNOMED CT identifiers end in a Verhoeff check digit (SNOMED CT Release File Specification §6.4).
[[nodiscard]] bool has_verhoeff_check_digit(std::string_view digits);

}  // namespace cxr::dicom
