#pragma once
/// The store's folder: incoming/ for what is being received, objects/<2 hex digits>/<64 hex
/// digits>.dcm for what is stored. Names are hashes of contents, never anything a stranger chose.

#include "bridge/data_set/folder.hpp"
#include "objects/file_descriptor.hpp"

#include <atomic>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

/// A temporary file; removed unless kept.
class IncomingFile {
public:
    IncomingFile(std::filesystem::path path, FileDescriptor descriptor)
        : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
    ~IncomingFile();
    IncomingFile(IncomingFile&& other) noexcept = default;
    IncomingFile& operator=(IncomingFile&&) = delete;

    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
    /// Contents and size are on the disk when it returns.
    [[nodiscard]] Result<void> sync();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void keep() { path_.clear(); }

private:
    std::filesystem::path path_;
    FileDescriptor descriptor_;
};

class StoreFiles {
public:
    /// Creates the folders, removes what is in incoming/. Throws std::system_error.
    explicit StoreFiles(std::filesystem::path root);

    [[nodiscard]] Result<IncomingFile> create_incoming();
    /// Renames to the name of this hash and makes the name durable. Gives it relative to the root.
    [[nodiscard]] Result<std::string> keep(IncomingFile& file, const std::string& hash);
    [[nodiscard]] Result<void> remove(const std::string& name);
    /// Every stored file, relative to the root. What does not look like one of ours is left out.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] std::filesystem::path path_of(const std::string& name) const {
        return root_ / name;
    }

private:
    const std::filesystem::path root_;
    std::atomic<std::uint64_t> next_{0};
};

}  // namespace cxr::bridge
