#pragma once
/// Passcodes of configured users, for whoever asks them: associations and the web.

#include "storescp/association/settings.hpp"

#include <string_view>

namespace cxr::storescp {

/// False for a user who has none. Blocking, and slow on purpose where it is hashed; takes a time
/// that tells nothing about where a wrong one differs.
[[nodiscard]] bool passcode_is_right(const User& user, std::string_view passcode);

}  // namespace cxr::storescp
