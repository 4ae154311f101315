#pragma once
/// Exports the documents of chosen images: reports, presentation states, key object selections, as
/// far as each image has them. Where they go is the sink's affair.

#include "bridge/export/part10_folder.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/mapping/image_record.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

class DocumentSink {
public:
    virtual ~DocumentSink() = default;
    /// Called from several threads at once.
    [[nodiscard]] virtual Result<Kept> keep(const dicom::ImageRecord& record,
                                            dicom::DerivedKind kind,
                                            const dicom::EncodedObject& document) = 0;
};

/// What tells a document's file from the others of its image: "labels", "presentation", …
[[nodiscard]] std::string document_suffix(const dicom::ImageRecord& record,
                                          dicom::DerivedKind kind);

/// Files `<patient>/<image>_labels.dcm`, `_boxes.dcm`, `_annotations_<source>.dcm`,
/// `_presentation.dcm`, `_key.dcm`.
class DocumentFolder final : public DocumentSink {
public:
    explicit DocumentFolder(std::filesystem::path root) : folder_(std::move(root)) {}
    [[nodiscard]] Result<Kept> keep(const dicom::ImageRecord& record,
                                    dicom::DerivedKind kind,
                                    const dicom::EncodedObject& document) override;

private:
    Part10Folder folder_;
};

struct DocumentExport {
    dicom::MappingOptions mapping;
    std::vector<dicom::DerivedKind> kinds;  ///< any but the image
    dicom::TransferSyntax transfer_syntax = dicom::explicit_vr_little_endian;
    std::size_t threads = 0;  ///< 0: as many as cores
};

struct DocumentExportOutcome {
    std::uint64_t written = 0;
    std::uint64_t unchanged = 0;        ///< were there already
    std::vector<std::string> failures;  ///< one line each, in the order of the records
    [[nodiscard]] bool complete() const { return failures.empty(); }
};

/// Returns when every document was tried; one failure does not stop the others.
/// @param finished called after every image, from any thread.
[[nodiscard]] DocumentExportOutcome export_documents(
    std::span<const dicom::ImageRecord* const> records,
    const DocumentExport& job,
    DocumentSink& sink,
    const std::function<void()>& finished);

}  // namespace cxr::bridge
