#include "bridge/export/wrap.hpp"

#include "bridge/objects/made_object.hpp"
#include "export/parallel_job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace cxr::bridge {
namespace {

std::string file_name(const dicom::ImageRecord& record, bool for_dicomdir) {
    const std::string_view stem = record.row.stem();
    if (!for_dicomdir) {
        return std::string(stem);
    }
    // "00000013_022": the patient is the folder, so the number within it names the image.
    return fmt::format("IMG{:0>5}", stem.substr(stem.find('_') + 1));
}

class Wrapping {
public:
    Wrapping(const DataSetFolder& folder, const WrapJob& job)
        : folder_(folder), job_(job), output_(job.output, job.for_dicomdir ? "" : ".dcm") {}

    Result<void> wrap(const dicom::ImageRecord& record) {
        MadeObject object{
            .record = record, .kind = dicom::DerivedKind::image, .image_file = std::nullopt};
        if (const auto file = folder_.images.find(record.row.image_index);
            file != folder_.images.end()) {
            object.image_file = file->second;
        }
        const auto made = make_object(folder_.root, object, job_.transfer_syntax, job_.mapping);
        if (!made) {
            return made.error();
        }
        const auto kept =
            output_.keep(record.row.patient_id(), file_name(record, job_.for_dicomdir), *made);
        if (!kept) {
            return kept.error();
        }
        (*kept == Kept::written ? written_ : unchanged_).fetch_add(1);
        return {};
    }

    [[nodiscard]] std::uint64_t written() const { return written_; }
    [[nodiscard]] std::uint64_t unchanged() const { return unchanged_; }

private:
    const DataSetFolder& folder_;
    const WrapJob& job_;
    const Part10Folder output_;
    std::atomic<std::uint64_t> written_{0}, unchanged_{0};
};

}  // namespace

WrapOutcome wrap_images(const DataSetFolder& folder,
                        std::span<const dicom::ImageRecord* const> records,
                        const WrapJob& job,
                        const std::function<void()>& finished) {
    Wrapping wrapping(folder, job);
    std::vector<std::string> files(records.size());
    auto failures = for_each_in_parallel(
        records.size(),
        job.threads,
        [&](std::size_t index) -> std::vector<std::string> {
            const dicom::ImageRecord& record = *records[index];
            const auto wrapped = wrapping.wrap(record);
            if (!wrapped) {
                return {fmt::format("{}: {}", record.row.image_index, wrapped.error().doing)};
            }
            files[index] = fmt::format("{}/{}{}",
                                       record.row.patient_id(),
                                       file_name(record, job.for_dicomdir),
                                       job.for_dicomdir ? "" : ".dcm");
            return {};
        },
        finished);
    std::erase(files, std::string());
    return {.written = wrapping.written(),
            .unchanged = wrapping.unchanged(),
            .failures = std::move(failures),
            .files = std::move(files)};
}

}  // namespace cxr::bridge
