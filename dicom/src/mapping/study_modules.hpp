#pragma once
/// What every object of one study says alike: image and reports must not differ in it (PS3.3
/// A.1.2).

#include "dicom/mapping/image_record.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

namespace cxr::dicom {

/// Patient (C.7.1.1), Clinical Trial Subject, Study and Series (C.7.1.3, C.7.2.3, C.7.3.2: option),
/// General Study (C.7.2.1), Patient Study (C.7.2.2), and of SOP Common (C.12.1) the character set
/// and whether times were modified.
void write_study_modules(DcmItem& object, const ImageRecord& record, const MappingOptions& options);

}  // namespace cxr::dicom
