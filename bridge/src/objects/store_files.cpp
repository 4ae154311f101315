#include "objects/store_files.hpp"

#include "objects/hashed_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <optional>

namespace cxr::bridge {

namespace fs = std::filesystem;

namespace {

constexpr const char* incoming = "incoming";
constexpr const char* objects = "objects";
constexpr unsigned shard_count = 256;
constexpr std::size_t shard_digits = 2;
/// At the front of the preamble, which is ours to use (PS3.10 §7.1); the hash follows.
constexpr std::string_view seal_mark = "cxrbridge whole ";
constexpr std::size_t ready_count = 64;
/// Of a piece that is sent to the disk at once: it is worth a system call.
constexpr std::size_t streamed_bytes_min = std::size_t{128} * 1024;

Result<void> sync_folder(const fs::path& folder) {
    const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor || ::fsync(descriptor.get()) != 0) {
        return system_fault(errno, folder.string());
    }
    return {};
}

/// What the seal at the front of a file says; nothing: there is none.
std::optional<std::string> sealed_hash(const fs::path& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    std::array<char, seal_mark.size() + hash_digits> bytes{};
    if (!file ||
        ::pread(file.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return std::nullopt;
    }
    const std::string_view seal(bytes.data(), bytes.size());
    const std::string_view hash = seal.substr(seal_mark.size());
    return seal.starts_with(seal_mark) && is_hex(hash) ? std::optional(std::string(hash))
                                                       : std::nullopt;
}

}  // namespace

IncomingFile::~IncomingFile() {
    if (!path_.empty()) {
        ::unlink(path_.c_str());  // what stays after a failure is removed at the next start
    }
}

Result<void> IncomingFile::write(std::span<const std::byte> bytes) {
    const bool streamed = bytes.size() >= streamed_bytes_min;
    if (const int error = write_all(descriptor_.get(), bytes); error != 0) {
        return system_fault(error, "write a received object");
    }
    if (streamed) {
        // The disk begins while more arrives. Only a hint: what it does not do, seal() waits for.
        static_cast<void>(::sync_file_range(descriptor_.get(), 0, 0, SYNC_FILE_RANGE_WRITE));
    }
    return {};
}

Result<void> IncomingFile::seal(const std::string& hash) {
    const std::string seal = std::string(seal_mark) + hash;
    const ssize_t written = ::pwrite(descriptor_.get(), seal.data(), seal.size(), 0);
    if (written != static_cast<ssize_t>(seal.size()) || ::fdatasync(descriptor_.get()) != 0) {
        return system_fault(written < 0 || errno != 0 ? errno : EIO, "sync a received object");
    }
    return {};
}

StoreFiles::StoreFiles(fs::path root) : root_(std::move(root)) {
    fs::create_directories(root_ / incoming);
    for (unsigned shard = 0; shard < shard_count; ++shard) {
        fs::create_directories(root_ / objects / fmt::format("{:02x}", shard));
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(root_ / incoming)) {
        if (!sealed_hash(entry.path())) {
            fs::remove(entry.path());
        }
    }
    // Once here, so that nothing later need ask whether the folder that it names a file in is
    // there.
    for (const fs::path& folder : {root_ / objects, root_}) {
        if (auto synced = sync_folder(folder); !synced) {
            throw std::system_error(errno, std::generic_category(), folder.string());
        }
    }
}

StoreFiles::~StoreFiles() {
    for (const fs::path& path : ready_) {
        ::unlink(path.c_str());
    }
}

Result<void> StoreFiles::make_ready() {
    while (ready_.size() < ready_count) {
        fs::path path = root_ / incoming / fmt::format("{}-{}.part", ::getpid(), next_++);
        const FileDescriptor made(
            ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!made) {
            return system_fault(errno, path.string());
        }
        ready_.push_back(std::move(path));
    }
    return sync_folder(root_ / incoming);
}

Result<IncomingFile> StoreFiles::take_ready() {
    fs::path path = std::move(ready_.back());
    ready_.pop_back();
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!file) {
        return system_fault(errno, path.string());
    }
    return IncomingFile(std::move(path), std::move(file));
}

Result<IncomingFile> StoreFiles::create_incoming() {
    const std::lock_guard lock(mutex_);
    if (!ready_.empty()) {
        if (auto file = take_ready()) {
            return file;
        }
        ready_.clear();  // somebody touched the folder: perhaps it is whole again
    }
    if (auto made = make_ready(); !made) {
        ready_.clear();
        Fault fault = made.error();
        // The folder is ours: that it is gone is the disk's fault, not the object's.
        fault.kind = fault.kind == FaultKind::not_found ? FaultKind::storage : fault.kind;
        return fault;
    }
    return take_ready();
}

Result<std::string> StoreFiles::keep(IncomingFile& file, const std::string& hash) {
    const std::string name =
        fmt::format("{}/{}/{}{}", objects, hash.substr(0, shard_digits), hash, hashed_extension);
    if (::rename(file.path().c_str(), path_of(name).c_str()) != 0) {
        return system_fault(errno, name);
    }
    file.keep();
    return name;
}

Result<void> StoreFiles::remove(const std::string& name) {
    if (::unlink(path_of(name).c_str()) != 0 && errno != ENOENT) {
        return system_fault(errno, name);
    }
    return {};
}

std::vector<SealedFile> StoreFiles::sealed() const {
    std::vector<SealedFile> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(root_ / incoming)) {
        if (auto hash = sealed_hash(entry.path())) {
            files.push_back({.path = entry.path(), .hash = *std::move(hash)});
        }
    }
    return files;
}

std::vector<std::string> StoreFiles::names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& shard : fs::directory_iterator(root_ / objects)) {
        const std::string digits = shard.path().filename();
        if (digits.size() != shard_digits || !is_hex(digits) || !shard.is_directory()) {
            continue;
        }
        for (const fs::directory_entry& file : fs::directory_iterator(shard)) {
            const std::string name = file.path().filename();
            if (is_hashed_name(name) && file.is_regular_file()) {
                names.push_back(fmt::format("{}/{}/{}", objects, digits, name));
            }
        }
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace cxr::bridge
