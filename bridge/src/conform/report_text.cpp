#include "conform/totals.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

namespace cxr::bridge {

using namespace storescp::conformance;

namespace {

void write_finding(std::ostream& out, const Finding& finding) {
    fmt::print(out,
               "{:<4} {:<4} {:<18} {}\n",
               finding.what->id,
               verdict_name(finding.verdict),
               finding.what->section,
               finding.what->expectation);
    if (finding.verdict == Verdict::fail) {
        fmt::print(out, "          expected: {}\n", finding.expected);
    }
    if (!finding.seen.empty() && finding.verdict != Verdict::pass) {
        fmt::print(out,
                   "          {}: {}\n",
                   finding.verdict == Verdict::skip ? "skipped" : "seen",
                   finding.seen);
    }
}

void write_row(std::ostream& out, std::string_view name, const GroupTotals& group) {
    fmt::print(out,
               "{:<24}{:>6}{:>6}{:>6}{:>6}\n",
               name,
               group.of(Verdict::pass),
               group.of(Verdict::fail),
               group.of(Verdict::info),
               group.of(Verdict::skip));
}

}  // namespace

void write_text(std::ostream& out, const ConformanceReport& report) {
    for (const Finding& finding : report.findings) {
        write_finding(out, finding);
    }
    std::string services;
    for (const std::string& service : report.summary.services) {
        services += (services.empty() ? "" : ", ") + service;
    }
    fmt::print(out,
               "\n{}: {} {}{}\noffers {}\n\n{:<24}{:>6}{:>6}{:>6}{:>6}\n",
               report.peer,
               report.summary.implementation_version_name,
               report.summary.implementation_class_uid,
               report.summary.security.empty() ? "" : ", by " + report.summary.security,
               services,
               "",
               "PASS",
               "FAIL",
               "INFO",
               "SKIP");
    GroupTotals all{.group = ' '};
    for (const GroupTotals& group : totals(report.findings)) {
        write_row(out, fmt::format("{} {}", group.group, group_name(group.group)), group);
        for (std::size_t i = 0; i < all.by_verdict.size(); ++i) {
            all.by_verdict[i] += group.by_verdict[i];
        }
    }
    write_row(out, "all", all);
    fmt::print(out,
               "\n{} cases in {:.1f} s. FAIL: the standard says otherwise. INFO: what the peer "
               "chose where the standard leaves a choice.\n",
               report.findings.size(),
               double(report.took.count()) / 1000);
}

}  // namespace cxr::bridge
