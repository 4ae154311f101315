#pragma once
/// What an examination of a DICOM node found, as text for a terminal, JUnit XML for a build server,
/// JSON for a program and HTML for a file of evidence. Pure: findings in, text out.

#include "storescp/conformance/examiner.hpp"

#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

enum class ReportFormat : std::uint8_t { text, junit, json, html };

struct ConformanceReport {
    std::string peer;  ///< "AE@host:port"
    storescp::conformance::PeerSummary summary;
    std::vector<storescp::conformance::Finding> findings;
    std::chrono::milliseconds took{0};

    [[nodiscard]] std::size_t count(storescp::conformance::Verdict verdict) const;
};

void write_report(std::ostream& out, const ConformanceReport& report, ReportFormat format);

/// All cases with their sections and how each is shown: `conform --list`.
void write_case_list(std::ostream& out, std::span<const storescp::conformance::Case* const> cases);

}  // namespace cxr::bridge
