#pragma once
/// The store's folder: incoming/ for what is being received, objects/<2 hex digits>/<64 hex
/// digits>.dcm for what is stored. Names are hashes of contents, never anything a stranger chose.

#include "bridge/data_set/folder.hpp"
#include "objects/file_descriptor.hpp"

#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

/// A file in incoming/; removed unless kept.
class IncomingFile {
public:
    IncomingFile(std::filesystem::path path, FileDescriptor descriptor)
        : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
    ~IncomingFile();
    IncomingFile(IncomingFile&& other) noexcept = default;
    IncomingFile& operator=(IncomingFile&&) = delete;

    /// Larger pieces are on their way to the disk when it returns.
    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
    /// Writes this hash into the preamble and waits for the disk, once: contents, size and the mark
    /// that this is all of it. From here on a start finds the object, wherever the file is.
    [[nodiscard]] Result<void> seal(const std::string& hash);
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void keep() { path_.clear(); }

private:
    std::filesystem::path path_;
    FileDescriptor descriptor_;
};

/// What a crash left in incoming/, sealed.
struct SealedFile {
    std::filesystem::path path;
    std::string hash;  ///< as the seal says: to be compared with the contents
};

class StoreFiles {
public:
    /// Creates the folders, removes from incoming/ what is not sealed. Throws std::system_error.
    explicit StoreFiles(std::filesystem::path root);
    ~StoreFiles();
    StoreFiles(const StoreFiles&) = delete;
    StoreFiles& operator=(const StoreFiles&) = delete;

    /// An empty file whose name is on the disk. Many names wait for the disk together.
    [[nodiscard]] Result<IncomingFile> create_incoming();
    /// Renames to the name of this hash. Gives it relative to the root.
    [[nodiscard]] Result<std::string> keep(IncomingFile& file, const std::string& hash);
    [[nodiscard]] Result<void> remove(const std::string& name);
    /// Every stored file, relative to the root. What does not look like one of ours is left out.
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] std::vector<SealedFile> sealed() const;
    [[nodiscard]] std::filesystem::path path_of(const std::string& name) const {
        return root_ / name;
    }

private:
    [[nodiscard]] Result<void> make_ready();
    [[nodiscard]] Result<IncomingFile> take_ready();

    const std::filesystem::path root_;
    std::mutex mutex_;                          // guards the rest
    std::vector<std::filesystem::path> ready_;  // empty files, their names on the disk
    std::uint64_t next_ = 0;
};

}  // namespace cxr::bridge
