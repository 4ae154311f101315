#pragma once
/// One piece of work for each of many records, on several threads: what fails is noted and does not
/// stop the others.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace cxr::bridge {

/// Does the work of number `index`; called from several threads at once. Its faults become lines.
using IndexedWork = std::function<std::vector<std::string>(std::size_t index)>;

/// Calls `work` for 0 to count - 1 and returns when all are done: their failures, in the order of
/// the numbers. An exception ends the job and is thrown on.
/// @param threads 0: as many as cores
/// @param finished called after each, from any thread
[[nodiscard]] std::vector<std::string> for_each_in_parallel(std::size_t count,
                                                            std::size_t threads,
                                                            const IndexedWork& work,
                                                            const std::function<void()>& finished);

}  // namespace cxr::bridge
