#pragma once
/// Split lists other than the official two, read when somebody asks for one.

#include "bridge/data_set/folder.hpp"

#include <string>
#include <unordered_set>

namespace cxr::bridge {

/// Image indexes of a list, by its path without "_list.txt" or, where only one is called so, by the
/// last part of it.
/// Faults: not_found (none or several of that name: says which there are), malformed, storage.
[[nodiscard]] Result<std::unordered_set<std::string>> images_of_list(
    const std::filesystem::path& root, const std::string& name);

}  // namespace cxr::bridge
