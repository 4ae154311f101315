#pragma once
/// The daemon's own folder: catalogue and received objects. One daemon at a time.

#include "dicom/core/result.hpp"

#include <filesystem>

namespace cxr::bridge {

class StateFolder {
public:
    /// Creates the folder (mode 0700) and locks it for the life of the value.
    /// Faults: storage (cannot be created or written), refused (another daemon has it: names its
    /// process).
    [[nodiscard]] static dicom::Result<StateFolder> lock(const std::filesystem::path& path);

    StateFolder(StateFolder&& other) noexcept;
    StateFolder& operator=(StateFolder&& other) noexcept;
    StateFolder(const StateFolder&) = delete;
    StateFolder& operator=(const StateFolder&) = delete;
    ~StateFolder();

private:
    explicit StateFolder(int lock_file) : lock_file_(lock_file) {}
    int lock_file_;
};

}  // namespace cxr::bridge
