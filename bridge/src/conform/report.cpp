#include "bridge/conform/report.hpp"

#include "conform/totals.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

namespace cxr::bridge {

using namespace storescp::conformance;

std::size_t ConformanceReport::count(Verdict verdict) const {
    return static_cast<std::size_t>(std::ranges::count(findings, verdict, &Finding::verdict));
}

std::vector<GroupTotals> totals(std::span<const Finding> findings) {
    std::vector<GroupTotals> all;
    for (const Finding& finding : findings) {
        if (all.empty() || all.back().group != finding.what->group()) {
            all.push_back({.group = finding.what->group()});
        }
        ++all.back().by_verdict[static_cast<std::size_t>(finding.verdict)];
    }
    return all;
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
    }
    return result;
}

void write_report(std::ostream& out, const ConformanceReport& report, ReportFormat format) {
    switch (format) {
        case ReportFormat::text:
            return write_text(out, report);
        case ReportFormat::junit:
            return write_junit(out, report);
        case ReportFormat::json:
            return write_json(out, report);
        case ReportFormat::html:
            return write_html(out, report);
    }
}

void write_case_list(std::ostream& out, std::span<const Case* const> cases) {
    std::size_t played = 0, tested = 0, not_here = 0;
    for (const Case* one : cases) {
        std::string shown = "played";
        if (one->how == How::by_a_test) {
            shown = fmt::format("test {}", one->note);
            ++tested;
        } else if (one->how == How::not_here) {
            shown = fmt::format("not here: {}", one->note);
            ++not_here;
        } else {
            ++played;
        }
        fmt::print(out,
                   "{:<4}{}  {:<20}{}\n         {}\n",
                   one->id,
                   one->requirement == Requirement::standard ? 'N' : 'P',
                   one->section,
                   one->expectation,
                   shown);
    }
    fmt::print(out,
               "{} cases: {} played against a peer, {} shown by tests of ours, {} not here\n",
               cases.size(),
               played,
               tested,
               not_here);
}

}  // namespace cxr::bridge
