#pragma once
/// Files that are there whole or not at all: written beside their place and renamed. Not forced to
/// the disk, since a second run compares or writes anew what a power failure left.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

enum class Kept : std::uint8_t {
    written,
    unchanged,  ///< the same bytes lay there already: the file is left as it is
};

/// Puts the parts, one after the other, where `path` says; folders are made. Safe from several
/// threads, for different files. Faults: storage; what is there and is no regular file, be it a
/// link to one, stays.
[[nodiscard]] Result<Kept> keep_whole_file(const std::filesystem::path& path,
                                           std::span<const std::span<const std::byte>> parts);
[[nodiscard]] Result<Kept> keep_whole_file(const std::filesystem::path& path,
                                           std::string_view text);

/// The same for a file that is written piece by piece and never held whole. Without finish()
/// nothing is left of it.
class GrowingFile {
public:
    /// Makes the folder. Faults: storage.
    [[nodiscard]] static Result<GrowingFile> begin(std::filesystem::path path);
    GrowingFile(GrowingFile&& other) noexcept;
    GrowingFile& operator=(GrowingFile&&) = delete;
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;
    ~GrowingFile();

    void append(std::string_view text);
    /// Faults: storage, of any append before, too.
    [[nodiscard]] Result<void> finish();

private:
    GrowingFile(std::filesystem::path path, int descriptor);
    void flush();

    std::filesystem::path path_;
    int descriptor_;  ///< -1: finished or moved from
    int error_ = 0;   ///< errno of the first write that failed
    std::string buffer_;
};

}  // namespace cxr::bridge
