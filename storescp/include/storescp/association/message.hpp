#pragma once
/// One DIMSE message as it arrives.

#include "dicom/core/encoded_object.hpp"
#include "storescp/dimse/command_set.hpp"

#include <cstdint>
#include <vector>

namespace cxr::storescp {

/// One to be sent, with its data set.
struct OutgoingMessage {
    CommandSet command;
    std::vector<dicom::Segment> data_set = {};
};

/// The command; its data set, if any, follows by Association::receive_data_fragment().
struct Message {
    std::uint8_t presentation_context_id;
    CommandSet command;
    /// Its Message ID is that of a request which is not answered yet (0210H, PS3.7 Annex C).
    bool duplicate_message_id = false;
};

}  // namespace cxr::storescp
