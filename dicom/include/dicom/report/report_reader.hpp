#pragma once
/// Reads structured reports of findings that this product, highdicom, OHIF or others wrote (PS3.16
/// TID 1500): measurement groups with the region beside the measurements (TID 1410) or below the
/// first of them (TID 300), and qualitative evaluations of an image as a whole. Pure; any thread.
/// What cannot be taken is told with a reason, and never takes anything else with it. Whatever a
/// stranger's bytes are, nothing is thrown.

#include "dicom/annotation/annotation.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/mapping/image_record.hpp"
#include "dicom/report/code_table.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

/// The image index of an image of ours; none for any other.
/// @param patient_id of the report that refers to it, as a hint.
using ImageNames = std::function<std::optional<std::string>(const std::string& sop_instance_uid,
                                                            const std::string& patient_id)>;
/// Of the images of a data set, by their SOP Instance UIDs. Keeps copies.
[[nodiscard]] ImageNames names_of_images(std::span<const ImageRecord> records,
                                         const MappingOptions& options);
/// Without the data set: an image of the patient with one of the numbers 000 to 999, if its derived
/// UID is the one that is referred to.
[[nodiscard]] ImageNames derived_image_names(const MappingOptions& options);

struct ReportReadingOptions {
    /// Takes the bounding box of circles, ellipses and other polygons; `source_shape` tells.
    bool non_rectangular_as_boxes = false;
    /// Refuses documents whose Completion Flag is PARTIAL.
    bool strict = false;
    /// Of the images that are spoken of, in pixels: no region reaches further (object_side_max()).
    double image_side_max = 1024;
};

/// A group or an evaluation that was not taken.
struct RejectedStatement {
    std::string where;  ///< "measurement group 2", "evaluation 1"
    std::string reason;
    /// When all is well but the label, which is none of ours: what was said, for JSON.
    std::optional<Annotation> unmapped = std::nullopt;
};

struct ReadReport {
    ReportOrigin origin;
    /// SOP Instance UIDs of all documents that it names as its predecessors.
    std::vector<std::string> replaces;
    Observer observer;
    std::vector<Annotation> annotations;  ///< in document order
    std::vector<RejectedStatement> rejected;
};

/// @param data_set without preamble and file meta information.
/// Faults: malformed (bytes that are no data set, or nested beyond reason), unsupported (another
/// SOP class, modality or template; nothing in it that could be a finding), refused (strict).
[[nodiscard]] Result<ReadReport> read_report(std::span<const std::byte> data_set,
                                             const TransferSyntax& transfer_syntax,
                                             const CodeTable& codes,
                                             const ImageNames& images,
                                             const ReportReadingOptions& options = {});

/// Is it one of the classes that read_report() reads? Enhanced, Comprehensive, Comprehensive 3D SR.
[[nodiscard]] bool is_readable_report_class(std::string_view sop_class_uid);

}  // namespace cxr::dicom
