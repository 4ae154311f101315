#include "bridge/objects/made_object.hpp"

#include "dicom/image/secondary_capture.hpp"
#include "dicom/key_objects/key_objects.hpp"
#include "dicom/presentation/presentation_state.hpp"
#include "dicom/report/report.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cxr::bridge {
namespace {

/// Closes the descriptor it holds.
class File {
public:
    explicit File(const std::filesystem::path& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

bool is_as_catalogued(int descriptor, const ImageFile& file) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 &&
           static_cast<std::uint64_t>(status.st_size) == file.bytes &&
           std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec ==
               file.mtime_ns;
}

Fault changed(const ImageFile& file) {
    return {.kind = FaultKind::not_found,
            .doing = fmt::format("{}: changed since the data set was read; restart to take it in",
                                 file.path)};
}

Result<dicom::EncodedObject> make_image(const std::filesystem::path& root,
                                        const MadeObject& object,
                                        const dicom::TransferSyntax& transfer_syntax,
                                        const dicom::MappingOptions& mapping) {
    if (!object.image_file) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = object.record.row.image_index + ": the PNG is missing"};
    }
    auto frame = read_frame(root, *object.image_file);
    if (!frame) {
        return frame.error();
    }
    return dicom::encode_secondary_capture(object.record,
                                           std::make_shared<const dicom::Frame>(std::move(*frame)),
                                           transfer_syntax,
                                           mapping);
}

}  // namespace

Result<std::vector<std::byte>> read_image_file(const std::filesystem::path& root,
                                               const ImageFile& file) {
    const File opened(root / file.path);
    if (opened.descriptor() < 0) {
        return Fault{
            .kind = errno == ENOENT ? FaultKind::not_found : FaultKind::storage,
            .doing = fmt::format("{}: {}", file.path, std::generic_category().message(errno))};
    }
    // Looked at before and after reading: never half an old picture and half a new one.
    if (!is_as_catalogued(opened.descriptor(), file)) {
        return changed(file);
    }
    std::vector<std::byte> bytes(file.bytes);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(opened.descriptor(), bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return Fault{.kind = FaultKind::storage,
                         .doing = fmt::format(
                             "{}: {}",
                             file.path,
                             got == 0 ? "ended early" : std::generic_category().message(errno))};
        }
        done += static_cast<std::size_t>(got);
    }
    if (!is_as_catalogued(opened.descriptor(), file)) {
        return changed(file);
    }
    return bytes;
}

Result<dicom::Frame> read_frame(const std::filesystem::path& root, const ImageFile& file) {
    const auto bytes = read_image_file(root, file);
    if (!bytes) {
        return bytes.error();
    }
    auto frame = dicom::decode_png(*bytes);
    if (!frame) {
        Fault fault = frame.error();
        fault.doing = fmt::format("{}: {}", file.path, fault.doing);
        return fault;
    }
    return frame;
}

Result<void> check_image_file(const std::filesystem::path& root, const ImageFile& file) {
    struct stat status {};
    const std::filesystem::path path = root / file.path;
    const bool same =
        ::lstat(path.c_str(), &status) == 0 &&
        static_cast<std::uint64_t>(status.st_size) == file.bytes &&
        std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec ==
            file.mtime_ns;
    if (same) {
        return {};
    }
    return Fault{.kind = FaultKind::not_found,
                 .doing = file.path + ": changed or gone since it was catalogued"};
}

std::vector<std::string> made_transfer_syntaxes(dicom::DerivedKind kind) {
    std::vector<std::string> uids;
    for (const dicom::TransferSyntax& syntax : dicom::all_transfer_syntaxes()) {
        if (syntax.encodable && (kind == dicom::DerivedKind::image || !syntax.encapsulated)) {
            uids.emplace_back(syntax.uid);
        }
    }
    return uids;
}

Result<dicom::EncodedObject> make_object(const std::filesystem::path& root,
                                         const MadeObject& object,
                                         const dicom::TransferSyntax& transfer_syntax,
                                         const dicom::MappingOptions& mapping) {
    if (!transfer_syntax.encodable) {
        return Fault{
            .kind = FaultKind::unsupported,
            .doing = fmt::format("made objects are not offered as {}", transfer_syntax.keyword)};
    }
    if (object.kind == dicom::DerivedKind::image) {
        return make_image(root, object, transfer_syntax, mapping);
    }
    return make_document(object.record, object.kind, transfer_syntax, mapping);
}

Result<dicom::EncodedObject> make_document(const dicom::ImageRecord& record,
                                           dicom::DerivedKind kind,
                                           const dicom::TransferSyntax& transfer_syntax,
                                           const dicom::MappingOptions& mapping) {
    switch (kind) {
        case dicom::DerivedKind::presentation_state:
            return dicom::encode_presentation_state(record, transfer_syntax, mapping);
        case dicom::DerivedKind::key_objects:
            return dicom::encode_key_objects(record, transfer_syntax, mapping);
        default:
            return dicom::encode_report(record, kind, transfer_syntax, mapping);
    }
}

}  // namespace cxr::bridge
