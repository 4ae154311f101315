#include "bridge/daemon/state_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

Result<StateFolder> StateFolder::lock(const std::filesystem::path& path) {
    std::error_code error;
    const bool created = std::filesystem::create_directories(path, error);
    if (error) {
        return Fault{.kind = FaultKind::storage,
                     .doing = fmt::format(
                         "cannot create the state folder {}: {}; name another with --state or "
                         "[state] path",
                         path.string(),
                         error.message())};
    }
    if (created) {
        std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    }
    const std::filesystem::path lock_path = path / "lock";
    StateFolder folder(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (folder.lock_file_ < 0) {
        return Fault{
            .kind = FaultKind::storage,
            .doing = fmt::format("cannot write to the state folder {}: {}",
                                 path.string(),
                                 std::strerror(errno))};  // NOLINT(concurrency-mt-unsafe): at start
    }
    if (::flock(folder.lock_file_, LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> process{};
        const ssize_t length = ::pread(folder.lock_file_, process.data(), process.size() - 1, 0);
        return Fault{
            .kind = FaultKind::refused,
            .doing = fmt::format(
                "another cxrbridge (process {}) uses the state folder {}; stop it, or name "
                "another folder with --state",
                length > 0 ? process.data() : "unknown",
                path.string())};
    }
    const std::string process = std::to_string(::getpid());
    const bool written = ::ftruncate(folder.lock_file_, 0) == 0 &&
                         ::pwrite(folder.lock_file_, process.data(), process.size(), 0) ==
                             static_cast<ssize_t>(process.size());
    if (!written) {
        return Fault{
            .kind = FaultKind::storage,
            .doing = fmt::format(
                "cannot write {}: {}", lock_path.string(), std::generic_category().message(errno))};
    }
    return folder;
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : lock_file_(std::exchange(other.lock_file_, -1)) {}

StateFolder& StateFolder::operator=(StateFolder&& other) noexcept {
    std::swap(lock_file_, other.lock_file_);
    return *this;
}

StateFolder::~StateFolder() {
    if (lock_file_ >= 0) {
        ::close(lock_file_);
    }
}

}  // namespace cxr::bridge
