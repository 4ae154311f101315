#pragma once
/// Invented person names for `names = "human"`, drawn from frozen lists by the patient's ID.
/// Changing the length of a list renames everybody.

#include "dicom/chestxray/data_set.hpp"

#include <string>
#include <string_view>

namespace cxr::dicom {

/// "Family^Given" (PS3.5 §6.2.1.2). Equal names among thousands of patients are wanted.
[[nodiscard]] std::string synthetic_name(std::string_view patient_id, Sex sex);

}  // namespace cxr::dicom
