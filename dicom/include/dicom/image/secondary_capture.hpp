#pragma once
/// Secondary Capture Image Storage (PS3.3 A.8.1) from a record and a frame.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/image/frame.hpp"
#include "dicom/mapping/image_record.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <memory>

namespace cxr::dicom {

/// All attributes but Pixel Data. Rows and columns come from the frame, which is as the PNG has it,
/// and from the geometry that the options ask for.
[[nodiscard]] std::unique_ptr<DcmDataset> build_secondary_capture_header(
    const ImageRecord& record, const Frame& frame, const MappingOptions& options);

/// The whole object. Uncompressed little endian: header segment, then the frame's own pixels, not
/// copied where they stay as they are. Compressed ones: by dicom/codec. Byte-identical for equal
/// input. Faults: unsupported (transfer syntax not encodable).
[[nodiscard]] Result<EncodedObject> encode_secondary_capture(const ImageRecord& record,
                                                             std::shared_ptr<const Frame> frame,
                                                             const TransferSyntax& transfer_syntax,
                                                             const MappingOptions& options);

}  // namespace cxr::dicom
