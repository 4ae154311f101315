#pragma once
/// Key Object Selection (PS3.3 A.35.4, PS3.16 TID 2010) of a boxed image: who searches for modality
/// KO finds the images that somebody drew boxes on. It says that and no more.

#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/mapping/image_record.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <memory>
#include <string>
#include <string_view>

namespace cxr::dicom {

inline constexpr std::string_view key_objects_sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.59";

/// (113000, DCM, "Of Interest"), of CID 7010.
[[nodiscard]] CodedConcept key_objects_title();

/// A function of the boxes' labels and the profile; needs no object to be built.
[[nodiscard]] std::string key_objects_sop_instance_uid(const ImageRecord& record,
                                                       const MappingOptions& options);

/// Faults: not_found (an image without boxes).
[[nodiscard]] Result<std::unique_ptr<DcmDataset>> build_key_objects(const ImageRecord& record,
                                                                    const MappingOptions& options);

[[nodiscard]] Result<EncodedObject> encode_key_objects(const ImageRecord& record,
                                                       const TransferSyntax& transfer_syntax,
                                                       const MappingOptions& options);

}  // namespace cxr::dicom
