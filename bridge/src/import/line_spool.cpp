#include "import/line_spool.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

Fault storage_fault(const std::string& output, int error) {
    return {.kind = FaultKind::storage,
            .doing = fmt::format("{}: {}", output, std::generic_category().message(error))};
}

}  // namespace

Result<LineSpool> LineSpool::beside(const std::filesystem::path& output) {
    std::string name = (output.parent_path() / ".import-XXXXXX").string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) {
        return storage_fault(output.string(), errno);
    }
    ::unlink(name.c_str());
    std::FILE* file = ::fdopen(descriptor, "w+");
    if (file == nullptr) {
        const int error = errno;
        ::close(descriptor);
        return storage_fault(output.string(), error);
    }
    return LineSpool(output.string(), file);
}

void LineSpool::append(std::string_view line) {
    if (error_ == 0 && (std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() ||
                        std::fputc('\n', file_.get()) == EOF)) {
        error_ = errno;
    }
}

Result<void> LineSpool::for_each(
    const std::function<void(std::size_t number, std::string_view line)>& visit) {
    if (error_ == 0 &&
        (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0)) {
        error_ = errno;
    }
    if (error_ != 0) {
        return storage_fault(output_, error_);
    }
    struct Line {
        char* text = nullptr;
        std::size_t room = 0;
        ~Line() {
            std::free(text);  // NOLINT(cppcoreguidelines-owning-memory): getline()'s malloc
        }
    } line;
    ssize_t size = 0;
    for (std::size_t number = 0; (size = ::getline(&line.text, &line.room, file_.get())) > 0;
         ++number) {
        visit(number, {line.text, static_cast<std::size_t>(size) - 1});
    }
    return std::ferror(file_.get()) != 0 ? Result<void>(storage_fault(output_, errno))
                                         : Result<void>();
}

}  // namespace cxr::bridge
