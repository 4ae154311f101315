#include "objects/store_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>

namespace cxr::bridge {

namespace fs = std::filesystem;

namespace {

constexpr const char* incoming = "incoming";
constexpr const char* objects = "objects";
constexpr unsigned shard_count = 256;
constexpr std::size_t shard_digits = 2;
constexpr std::size_t hash_digits = 64;
constexpr std::string_view extension = ".dcm";

Result<void> sync_folder(const fs::path& folder) {
    const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor || ::fsync(descriptor.get()) != 0) {
        return system_fault(errno, folder.string());
    }
    return {};
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_object_name(const std::string& name) {
    return name.size() == hash_digits + extension.size() && name.ends_with(extension) &&
           is_hex(std::string_view(name).substr(0, hash_digits));
}

}  // namespace

IncomingFile::~IncomingFile() {
    if (!path_.empty()) {
        ::unlink(path_.c_str());  // what stays after a failure is removed at the next start
    }
}

Result<void> IncomingFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return system_fault(errno, "write a received object");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> IncomingFile::sync() {
    if (::fdatasync(descriptor_.get()) != 0) {
        return system_fault(errno, "sync a received object");
    }
    return {};
}

StoreFiles::StoreFiles(fs::path root) : root_(std::move(root)) {
    fs::create_directories(root_ / incoming);
    for (unsigned shard = 0; shard < shard_count; ++shard) {
        fs::create_directories(root_ / objects / fmt::format("{:02x}", shard));
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(root_ / incoming)) {
        fs::remove(entry.path());
    }
    // Once here, so that keep() need not ask whether the folder it renames into is durable.
    for (const fs::path& folder : {root_ / objects, root_}) {
        if (auto synced = sync_folder(folder); !synced) {
            throw std::system_error(errno, std::generic_category(), folder.string());
        }
    }
}

Result<IncomingFile> StoreFiles::create_incoming() {
    fs::path path = root_ / incoming / fmt::format("{}-{}.part", ::getpid(), next_++);
    FileDescriptor descriptor(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!descriptor) {
        Fault fault = system_fault(errno, path.string());
        // The folder is ours: that it is gone is the disk's fault, not the object's.
        fault.kind = fault.kind == FaultKind::not_found ? FaultKind::storage : fault.kind;
        return fault;
    }
    return IncomingFile(std::move(path), std::move(descriptor));
}

Result<std::string> StoreFiles::keep(IncomingFile& file, const std::string& hash) {
    const fs::path folder = root_ / objects / hash.substr(0, shard_digits);
    const std::string name =
        fmt::format("{}/{}/{}{}", objects, hash.substr(0, shard_digits), hash, extension);
    if (::rename(file.path().c_str(), path_of(name).c_str()) != 0) {
        return system_fault(errno, name);
    }
    file.keep();
    if (auto synced = sync_folder(folder); !synced) {
        ::unlink(path_of(name).c_str());
        return synced.error();
    }
    return name;
}

Result<void> StoreFiles::remove(const std::string& name) {
    if (::unlink(path_of(name).c_str()) != 0 && errno != ENOENT) {
        return system_fault(errno, name);
    }
    return {};
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
            if (is_object_name(name) && file.is_regular_file()) {
                names.push_back(fmt::format("{}/{}/{}", objects, digits, name));
            }
        }
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace cxr::bridge
