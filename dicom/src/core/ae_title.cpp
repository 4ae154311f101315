#include "dicom/core/ae_title.hpp"

#include <algorithm>

namespace cxr::dicom {

Result<AETitle> AETitle::parse(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    const bool allowed = std::all_of(
        text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
    if (text.empty() || text.size() > 16 || !allowed) {
        return Fault{
            .kind = FaultKind::malformed,
            .doing =
                "an AE title has 1 to 16 printable ASCII characters and no backslash (PS3.5 6.2)"};
    }
    return AETitle(std::string(text));
}

}  // namespace cxr::dicom
