#pragma once
/// What the catalogue keeps of a received object: the attributes of its four entities, as it says
/// them.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/core/data_set_scan.hpp"

#include <span>

namespace cxr::bridge {

/// The top-level attributes that entities are made of, decoded to UTF-8.
[[nodiscard]] dicom::Attributes entity_attributes(std::span<const std::byte> data_set,
                                                  const dicom::DataSetScan& scan,
                                                  const dicom::TransferSyntax& transfer_syntax);

/// Patient, study, series and instance of `object`. Attributes of one value keep the first of
/// several; dates are written as the standard wants them now.
void fill_entities(const dicom::Attributes& attributes, ReceivedObject& object);

}  // namespace cxr::bridge
