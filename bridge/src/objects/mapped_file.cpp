#include "objects/mapped_file.hpp"

#include "objects/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace cxr::bridge {

using dicom::Result;
using dicom::Segment;

Result<Segment> map_file(const std::filesystem::path& file) {
    const FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!descriptor) {
        return system_fault(errno, file.string());
    }
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0) {
        return system_fault(errno, file.string());
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        return Segment{};
    }
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
    if (address == MAP_FAILED) {
        return system_fault(errno, file.string());
    }
    std::shared_ptr<const void> owner(
        address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });
    const std::span bytes(static_cast<const std::byte*>(address), size);
    return Segment{.owner = std::move(owner), .bytes = bytes};
}

}  // namespace cxr::bridge
