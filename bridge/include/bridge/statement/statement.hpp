#pragma once
/// The DICOM Conformance Statement (PS3.2, the layout of 2020 and later) of a configured node, made
/// from the tables that the node runs on: what it negotiates (storescp's acceptable contexts), the
/// keys that it answers (dicom's supported keys), the statuses that it sends, the objects that it
/// makes (built here from made-up rows), the configuration's own table of keys. No clock and no
/// path is in it: the same configuration gives the same bytes.

#include "config/schema.hpp"

#include <string>

namespace cxr::bridge {

enum class StatementFormat : std::uint8_t { markdown, html };

[[nodiscard]] std::string conformance_statement(const config::Config& config,
                                                StatementFormat format);

}  // namespace cxr::bridge
