#pragma once
/// Where a command may write.

#include <filesystem>
#include <iosfwd>

namespace cxr::bridge::cli {

/// False, and why on `err`, when `output` is the data set's folder or lies in it: that is only ever
/// read, and a BBox_List_2017.csv of ours would take the place of its own.
[[nodiscard]] bool may_write(const std::filesystem::path& output,
                             const std::filesystem::path& data_set,
                             std::ostream& err);

}  // namespace cxr::bridge::cli
