#pragma once
/// What is process-wide: set once, before the first thread.

#include <string>

namespace cxr::bridge {

/// DCMTK's logger off (it would print values of patients' elements), SIGPIPE ignored (a peer that
/// goes is an error code, not the end), as many file handles as the system allows.
void prepare_process();

/// "cxrbridge 0.1.0 (DCMTK 3.6.7, Boost 1.81, SQLite 3.40.1)"
[[nodiscard]] std::string version();

}  // namespace cxr::bridge
