#pragma once
/// The DICOM JSON Model (PS3.18 Annex F) of attributes.

#include "dicom/core/attributes.hpp"

#include <functional>
#include <optional>
#include <string>

namespace cxr::dicom {

struct JsonModelOptions {
    /// Where the bytes of a binary value can be had (F.2.2); nothing: they stand inline, in Base64.
    /// Asked for each one at the top level that is not empty.
    std::function<std::optional<std::string>(const Attribute&)> bulk_data_uri{};
};

/// Appends one JSON object. Group lengths are left out; text that is no UTF-8 is not looked for.
/// Numbers of DS and IS are written as numbers where they are some, else as the text they are.
void append_json(std::string& json,
                 const Attributes& attributes,
                 const JsonModelOptions& options = {});

/// "00080005"
void append_tag(std::string& text, const DcmTagKey& tag);

}  // namespace cxr::dicom
