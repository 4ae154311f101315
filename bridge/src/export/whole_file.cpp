#include "bridge/export/whole_file.hpp"

#include "objects/file_descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cxr::bridge {
namespace {

class Descriptor {
public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    ~Descriptor() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    [[nodiscard]] int number() const { return descriptor_; }
    /// Errors of a delayed write come with close().
    [[nodiscard]] bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

private:
    int descriptor_;
};

Fault storage_fault(const std::filesystem::path& path, int error) {
    return {.kind = FaultKind::storage,
            .doing = fmt::format("{}: {}", path.string(), std::generic_category().message(error))};
}

std::filesystem::path beside(const std::filesystem::path& path) {
    return path.parent_path() / fmt::format(".{}.part", path.filename().string());
}

int open_beside(const std::filesystem::path& path) {
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    return ::open(beside(path).c_str(), flags, 0644);
}

/// The file, or errno of what went wrong since: nothing is left beside its place.
Result<void> put_in_place(const std::filesystem::path& path, int error) {
    if (error == 0 && ::rename(beside(path).c_str(), path.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(beside(path).c_str());
        return storage_fault(path, error);
    }
    return {};
}

Result<void> make_folder_of(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
        return storage_fault(path.parent_path(), error.value());
    }
    return {};
}

/// A device, a pipe or a link in its place is not replaced by a file: /dev/stdout is all three.
Result<void> check_place(const std::filesystem::path& path) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
        return Fault{.kind = FaultKind::storage,
                     .doing = path.string() + ": is no regular file, and stays as it is"};
    }
    return {};
}

using Parts = std::span<const std::span<const std::byte>>;

/// Does the file hold these bytes, all of them and no more?
bool holds(const std::filesystem::path& path, const Parts& parts) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.number() < 0) {
        return false;
    }
    std::size_t size = 0;
    for (const auto part : parts) {
        size += part.size();
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0 || static_cast<std::size_t>(status.st_size) != size) {
        return false;
    }
    std::vector<std::byte> found(std::size_t{64} * 1024);
    for (auto part : parts) {
        while (!part.empty()) {
            const ssize_t got =
                ::read(file.number(), found.data(), std::min(found.size(), part.size()));
            if (got <= 0 ||
                std::memcmp(found.data(), part.data(), static_cast<std::size_t>(got)) != 0) {
                return false;
            }
            part = part.subspan(static_cast<std::size_t>(got));
        }
    }
    return true;
}

/// errno, or 0.
int write_all(int descriptor, const Parts& parts) {
    for (const auto part : parts) {
        if (const int error = bridge::write_all(descriptor, part); error != 0) {
            return error;
        }
    }
    return 0;
}

}  // namespace

Result<Kept> keep_whole_file(const std::filesystem::path& path, Parts parts) {
    if (auto checked = check_place(path); !checked) {  // first: a pipe would be waited for
        return std::move(checked).error();
    }
    if (holds(path, parts)) {
        return Kept::unchanged;
    }
    Descriptor file(open_beside(path));
    if (file.number() < 0 && errno == ENOENT) {
        if (auto made = make_folder_of(path); !made) {
            return std::move(made).error();
        }
        file = Descriptor(open_beside(path));
    }
    if (file.number() < 0) {
        return storage_fault(beside(path), errno);
    }
    int error = write_all(file.number(), parts);
    if (!file.close() && error == 0) {
        error = errno;
    }
    if (auto placed = put_in_place(path, error); !placed) {
        return std::move(placed).error();
    }
    return Kept::written;
}

Result<Kept> keep_whole_file(const std::filesystem::path& path, std::string_view text) {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
    return keep_whole_file(path, std::span(&bytes, 1));
}

GrowingFile::GrowingFile(std::filesystem::path path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

GrowingFile::GrowingFile(GrowingFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      error_(other.error_),
      buffer_(std::move(other.buffer_)) {}

GrowingFile::~GrowingFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(beside(path_).c_str());
    }
}

Result<GrowingFile> GrowingFile::begin(std::filesystem::path path) {
    if (auto checked = check_place(path); !checked) {
        return std::move(checked).error();
    }
    if (auto made = make_folder_of(path); !made) {
        return std::move(made).error();
    }
    const int descriptor = open_beside(path);
    if (descriptor < 0) {
        return storage_fault(beside(path), errno);
    }
    return GrowingFile(std::move(path), descriptor);
}

void GrowingFile::append(std::string_view text) {
    constexpr std::size_t buffer_bytes = std::size_t{1} << 16;
    buffer_ += text;
    if (buffer_.size() >= buffer_bytes) {
        flush();
    }
}

void GrowingFile::flush() {
    const std::span<const std::byte> bytes = std::as_bytes(std::span(buffer_));
    const int error = error_ == 0 ? write_all(descriptor_, std::span(&bytes, 1)) : 0;
    error_ = error_ == 0 ? error : error_;
    buffer_.clear();
}

Result<void> GrowingFile::finish() {
    flush();
    if (::close(std::exchange(descriptor_, -1)) != 0 && error_ == 0) {
        error_ = errno;
    }
    return put_in_place(path_, error_);
}

}  // namespace cxr::bridge
