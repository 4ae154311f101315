#pragma once
/// Verdicts counted per group, for every form of the report.

#include "bridge/conform/report.hpp"

#include <array>

namespace cxr::bridge {

struct GroupTotals {
    char group;
    std::array<std::size_t, 4> by_verdict{};  ///< indexed by Verdict

    [[nodiscard]] std::size_t of(storescp::conformance::Verdict verdict) const {
        return by_verdict[static_cast<std::size_t>(verdict)];
    }
};

/// In the order in which groups come.
[[nodiscard]] std::vector<GroupTotals> totals(
    std::span<const storescp::conformance::Finding> findings);

void write_text(std::ostream& out, const ConformanceReport& report);
void write_junit(std::ostream& out, const ConformanceReport& report);
void write_json(std::ostream& out, const ConformanceReport& report);
void write_html(std::ostream& out, const ConformanceReport& report);

/// With &, <, > and quotes as entities; other control characters as '?'. For XML and HTML.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace cxr::bridge
