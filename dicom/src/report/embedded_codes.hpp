#pragma once
/// dicom/data/codes.tsv as it was when the library was built.

#include <string_view>

namespace cxr::dicom {
extern const std::string_view embedded_codes_tsv;
}
