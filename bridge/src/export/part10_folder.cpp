#include "bridge/export/part10_folder.hpp"

#include "dicom/codec/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
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

bool is_plain_name(std::string_view name) {
    return !name.empty() && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '_' || c == '-' || c == '.';
           });
}

using Parts = std::vector<std::span<const std::byte>>;

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
    for (auto part : parts) {
        while (!part.empty()) {
            const ssize_t done = ::write(descriptor, part.data(), part.size());
            if (done < 0 && errno != EINTR) {
                return errno;
            }
            part = part.subspan(done < 0 ? 0 : static_cast<std::size_t>(done));
        }
    }
    return 0;
}

Result<void> replace(const std::filesystem::path& path, const Parts& parts) {
    const std::filesystem::path beside =
        path.parent_path() / fmt::format(".{}.part", path.filename().string());
    Descriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (file.number() < 0) {
        return storage_fault(beside, errno);
    }
    int error = write_all(file.number(), parts);
    if (!file.close() && error == 0) {
        error = errno;
    }
    if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlink(beside.c_str());
        return storage_fault(path, error);
    }
    return {};
}

}  // namespace

Result<Kept> Part10Folder::keep(std::string_view patient_id,
                                std::string_view name,
                                const dicom::EncodedObject& object) const {
    if (!is_plain_name(patient_id) || !is_plain_name(name)) {
        return Fault{.kind = FaultKind::malformed,
                     .doing = fmt::format("{}/{} is no file name", patient_id, name)};
    }
    const std::vector<std::byte> meta_information = dicom::file_meta_information(object);
    Parts parts{meta_information};
    for (const dicom::Segment& segment : object.segments) {
        parts.push_back(segment.bytes);
    }
    const std::filesystem::path folder = root_ / patient_id;
    const std::filesystem::path path = folder / fmt::format("{}{}", name, extension_);
    if (holds(path, parts)) {
        return Kept::unchanged;
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return storage_fault(folder, error.value());
    }
    if (auto replaced = replace(path, parts); !replaced) {
        return std::move(replaced).error();
    }
    return Kept::written;
}

}  // namespace cxr::bridge
