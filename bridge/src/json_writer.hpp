#pragma once
/// The room's own name for dicom's writer of JSON text.

#include "dicom/core/json_writer.hpp"

namespace cxr::bridge {
using dicom::JsonWriter;
}
