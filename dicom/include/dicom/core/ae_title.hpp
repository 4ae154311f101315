#pragma once
/// Application Entity titles (PS3.5 §6.2 AE; PS3.8 §9.3.2): 1 to 16 characters of the default
/// repertoire without backslash and control characters; leading and trailing spaces not
/// significant; case significant.

#include "dicom/core/result.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

class AETitle {
public:
    /// Trims spaces and trailing NULs. Faults: malformed (empty, too long, forbidden character).
    [[nodiscard]] static Result<AETitle> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const { return text_; }
    friend bool operator==(const AETitle&, const AETitle&) = default;
    friend auto operator<=>(const AETitle&, const AETitle&) = default;

private:
    explicit AETitle(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace cxr::dicom
