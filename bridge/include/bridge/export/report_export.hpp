#pragma once
/// Exports the structured reports of chosen images: every image's labels and, where there are
/// boxes, its boxes. Where they go is the sink's affair.

#include "bridge/export/part10_folder.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/mapping/image_record.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

class ReportSink {
public:
    virtual ~ReportSink() = default;
    /// Called from several threads at once.
    [[nodiscard]] virtual Result<Kept> keep(const dicom::ImageRecord& record,
                                            dicom::DerivedKind kind,
                                            const dicom::EncodedObject& report) = 0;
};

/// Files `<patient>/<image>_labels.dcm` and `<patient>/<image>_boxes.dcm`.
class ReportFolder final : public ReportSink {
public:
    explicit ReportFolder(std::filesystem::path root) : folder_(std::move(root)) {}
    [[nodiscard]] Result<Kept> keep(const dicom::ImageRecord& record,
                                    dicom::DerivedKind kind,
                                    const dicom::EncodedObject& report) override;

private:
    Part10Folder folder_;
};

struct ReportExport {
    dicom::MappingOptions mapping;
    dicom::TransferSyntax transfer_syntax = dicom::explicit_vr_little_endian;
    std::size_t threads = 0;  ///< 0: as many as cores
};

struct ReportExportOutcome {
    std::uint64_t written = 0;
    std::uint64_t unchanged = 0;        ///< were there already
    std::vector<std::string> failures;  ///< one line each, in the order of the records
    [[nodiscard]] bool complete() const { return failures.empty(); }
};

/// Returns when every report was tried; one failure does not stop the others.
/// @param finished called after every image, from any thread.
[[nodiscard]] ReportExportOutcome export_reports(std::span<const dicom::ImageRecord* const> records,
                                                 const ReportExport& job,
                                                 ReportSink& sink,
                                                 const std::function<void()>& finished);

}  // namespace cxr::bridge
