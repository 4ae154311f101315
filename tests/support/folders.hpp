#pragma once
/// Folders that tests work in, and the real data set where it is at hand.

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace cxr::test {

/// Removed with all that is in it when the test ends.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "cxr-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("cannot create " + name);
        }
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

/// The real ChestX-ray14 metadata with some of its PNGs: $CXR14_DIR, or its place beside the
/// sources. Nothing (and 'skipped' printed) where it is absent.
inline std::optional<std::filesystem::path> real_data_set() {
    const char* named = std::getenv("CXR14_DIR");
    const std::filesystem::path path = named != nullptr ? named : "../shared/data/chestxray14";
    if (std::filesystem::exists(path / "Data_Entry_2017_v2020.csv")) {
        return path;
    }
    std::cout << "skipped: no data set at " << path << " (CXR14_DIR)\n";
    return std::nullopt;
}

}  // namespace cxr::test
