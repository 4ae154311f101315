#pragma once
/// bridge/pages as it was when the program was built.

#include <string_view>

namespace cxr::bridge::html {
extern const std::string_view common_css, image_css, image_js, index_css, index_js;
}
