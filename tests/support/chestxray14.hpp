#pragma once
/// Where the real collection's metadata and sample images are, if they are here: CXR14_DIR, else
/// ../shared/data/chestxray14 beside the sources (tests run in the source folder).

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

namespace cxr::test {

/// Nothing, and a line that says so, when the data set is absent: the caller then returns.
inline std::optional<std::filesystem::path> chestxray14_dir() {
    const char* const configured = std::getenv("CXR14_DIR");
    const std::filesystem::path folder =
        configured != nullptr ? configured : "../shared/data/chestxray14";
    if (std::filesystem::is_directory(folder)) {
        return folder;
    }
    std::cout << "skipped: no data set at " << folder << " (set CXR14_DIR)\n";
    return std::nullopt;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

}  // namespace cxr::test
