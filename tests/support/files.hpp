#pragma once
/// Whole files in and out, for tests.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace cxr::test {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Makes the folders above it, too.
inline void write_file(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

}  // namespace cxr::test
