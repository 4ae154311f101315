#pragma once
/// Attributes by the names that people and DICOMweb use for them: keywords (PS3.6) and eight
/// hexadecimal digits (PS3.18 8.3.4).

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctagkey.h>

#include <optional>
#include <string_view>

namespace cxr::dicom {

/// "PatientID", "00100020"; nothing: it is neither. Takes no lock after the first call.
[[nodiscard]] std::optional<DcmTagKey> tag_of(std::string_view keyword_or_digits);
/// "PatientID"; empty: the dictionary has none.
[[nodiscard]] std::string_view keyword_of(const DcmTagKey& tag);

}  // namespace cxr::dicom
