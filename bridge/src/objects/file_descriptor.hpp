#pragma once
/// A file descriptor that is closed whichever way its holder leaves, and errno as a Fault.

#include "dicom/core/result.hpp"

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cxr::bridge {

class FileDescriptor {
public:
    explicit FileDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
    ~FileDescriptor() { close(); }
    FileDescriptor(FileDescriptor&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }
    [[nodiscard]] int get() const { return descriptor_; }
    void close() {
        if (descriptor_ >= 0) {
            ::close(std::exchange(descriptor_, -1));
        }
    }

private:
    int descriptor_;
};

/// All of it, whatever interrupts. errno, or 0.
[[nodiscard]] inline int write_all(int descriptor, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return errno;
        }
        bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return 0;
}

/// exhausted for a full disk or quota, not_found for a missing file, storage for all else.
[[nodiscard]] inline dicom::Fault system_fault(int error, std::string_view doing) {
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    const dicom::FaultKind kind = full              ? dicom::FaultKind::exhausted
                                  : error == ENOENT ? dicom::FaultKind::not_found
                                                    : dicom::FaultKind::storage;
    return {.kind = kind,
            .doing = std::string(doing) + ": " + std::generic_category().message(error)};
}

}  // namespace cxr::bridge
