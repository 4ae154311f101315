#pragma once
/// One DIMSE message as it arrives.

#include "storescp/dimse/command_set.hpp"

#include <cstdint>

namespace cxr::storescp {

/// The command; its data set, if any, follows by Association::receive_data_fragment().
struct Message {
    std::uint8_t presentation_context_id;
    CommandSet command;
    /// Its Message ID is that of a request which is not answered yet (0210H, PS3.7 Annex C).
    bool duplicate_message_id = false;
};

}  // namespace cxr::storescp
