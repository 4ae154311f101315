#pragma once
/// bridge/pages/console as it was when the program was built.

#include <span>
#include <string_view>

namespace cxr::bridge::web {

struct ConsoleFile {
    std::string_view name;  ///< "main.js"
    std::string_view text;
};
[[nodiscard]] std::span<const ConsoleFile> console_files();

}  // namespace cxr::bridge::web
