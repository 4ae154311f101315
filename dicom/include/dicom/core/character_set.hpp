#pragma once
/// Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 §6.1 and Annexes H to K): a closed table,
/// conversion to UTF-8. Names and escape sequences from outside it are faults, never guesses.

#include "dicom/core/result.hpp"
#include "dicom/core/vr.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// A data set's (0008,0005) value: "", "ISO_IR 192", "\ISO 2022 IR 149", …
class CharacterSet {
public:
    /// Faults: unsupported (a term not in the table).
    [[nodiscard]] static Result<CharacterSet> parse(std::string_view specific_character_set);

    /// @param vr decides the delimiters that reset code extensions (PS3.5 §6.1.2.5.3): '^' and '='
    /// in PN. Faults: malformed (bytes without meaning in this set).
    [[nodiscard]] Result<std::string> to_utf8(std::string_view text, VR vr) const;
    /// The same, with U+FFFD for what has no meaning.
    [[nodiscard]] std::string to_utf8_lossy(std::string_view text,
                                            VR vr,
                                            std::size_t* unconvertible = nullptr) const;

private:
    explicit CharacterSet(std::string term) : term_(std::move(term)) {}
    std::string term_;
};

[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace cxr::dicom
