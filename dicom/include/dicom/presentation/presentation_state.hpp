#pragma once
/// Grayscale Softcopy Presentation State (PS3.3 A.33.1) of a boxed image: the same boxes as its box
/// report's, for viewers that draw presentation states and no reports. It changes nothing of the
/// picture but what is drawn over it.
///
/// Shapes: one Graphic Annotation in the layer FINDINGS; per box, in file order, a closed POLYLINE
/// of five points and the label as the table writes it. Units PIXEL: column\row in pixels of the
/// stored 1024 × 1024 image, (0,0) being the outer corner of the first pixel, as in the report's
/// SCOORD.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/mapping/image_record.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <memory>
#include <string>
#include <string_view>

namespace cxr::dicom {

inline constexpr std::string_view presentation_state_sop_class_uid = "1.2.840.10008.5.1.4.1.1.11.1";

/// A function of the boxes, their labels and the profile; needs no object to be built.
[[nodiscard]] std::string presentation_state_sop_instance_uid(const ImageRecord& record,
                                                              const MappingOptions& options);

/// Faults: not_found (an image without boxes).
[[nodiscard]] Result<std::unique_ptr<DcmDataset>> build_presentation_state(
    const ImageRecord& record, const MappingOptions& options);

[[nodiscard]] Result<EncodedObject> encode_presentation_state(const ImageRecord& record,
                                                              const TransferSyntax& transfer_syntax,
                                                              const MappingOptions& options);

}  // namespace cxr::dicom
