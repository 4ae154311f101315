// The forms that machines and archives read: JUnit XML, JSON, HTML.

#include "conform/totals.hpp"
#include "json_writer.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

namespace cxr::bridge {

using namespace storescp::conformance;

namespace {

double seconds(std::chrono::milliseconds time) {
    return double(time.count()) / 1000;
}

void write_junit_case(std::ostream& out, const Finding& finding) {
    fmt::print(out,
               "    <testcase classname=\"{}\" name=\"{} {}\" time=\"{:.3f}\">\n",
               escaped(group_name(finding.what->group())),
               finding.what->id,
               escaped(finding.what->expectation),
               seconds(finding.took));
    if (finding.verdict == Verdict::fail) {
        fmt::print(out,
                   "      <failure message=\"{}: expected {}, saw {}\"/>\n",
                   escaped(finding.what->section),
                   escaped(finding.expected),
                   escaped(finding.seen));
    } else if (finding.verdict == Verdict::skip) {
        fmt::print(out, "      <skipped message=\"{}\"/>\n", escaped(finding.seen));
    } else if (!finding.seen.empty()) {
        fmt::print(out, "      <system-out>{}</system-out>\n", escaped(finding.seen));
    }
    out << "    </testcase>\n";
}

void write_json_totals(JsonWriter& json, const ConformanceReport& report) {
    json.key("totals").open_object();
    for (const GroupTotals& group : totals(report.findings)) {
        json.key(std::string_view(&group.group, 1)).open_object();
        for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::info, Verdict::skip}) {
            json.key(verdict_name(verdict)).value(group.of(verdict));
        }
        json.close_object();
    }
    json.close_object();
}

constexpr std::string_view html_head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>DICOM conformance of {0}</title><style>
body{{font:15px/1.4 system-ui,sans-serif;margin:2em auto;max-width:70em;color:#222}}
table{{border-collapse:collapse;width:100%}} td,th{{text-align:left;vertical-align:top;padding:.3em .6em;
border-bottom:1px solid #ddd}} .PASS{{color:#17692f}} .FAIL{{color:#b3161b;font-weight:bold}}
.INFO{{color:#1f4e99}} .SKIP{{color:#777}} small{{color:#555}}
</style></head><body>
<h1>DICOM conformance of {0}</h1>
<p>{1} {2}. {3} cases in {4:.1f} s.</p>
)";

void write_html_finding(std::ostream& out, const Finding& finding) {
    const bool failed = finding.verdict == Verdict::fail;
    fmt::print(out,
               "<tr><td id=\"{0}\">{0}</td><td class=\"{1}\">{1}</td><td>{2}</td><td>{3}{4}</td>"
               "<td>{5}</td></tr>\n",
               finding.what->id,
               verdict_name(finding.verdict),
               escaped(finding.what->section),
               escaped(finding.what->expectation),
               failed ? "<br><small>expected: " + escaped(finding.expected) + "</small>" : "",
               escaped(finding.seen));
}

}  // namespace

void write_junit(std::ostream& out, const ConformanceReport& report) {
    fmt::print(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
               "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" "
               "time=\"{:.3f}\">\n",
               escaped(report.peer),
               report.findings.size(),
               report.count(Verdict::fail),
               report.count(Verdict::skip),
               seconds(report.took));
    for (const Finding& finding : report.findings) {
        write_junit_case(out, finding);
    }
    out << "  </testsuite>\n</testsuites>\n";
}

void write_json(std::ostream& out, const ConformanceReport& report) {
    JsonWriter json(out);
    json.open_object();
    json.key("peer").value(report.peer);
    json.key("implementation_class_uid").value(report.summary.implementation_class_uid);
    json.key("implementation_version_name").value(report.summary.implementation_version_name);
    json.key("security").value(report.summary.security);
    json.key("services").open_array();
    for (const std::string& service : report.summary.services) {
        json.value(service);
    }
    json.close_array();
    json.key("milliseconds").value(static_cast<std::size_t>(report.took.count()));
    write_json_totals(json, report);
    json.key("findings").open_array();
    for (const Finding& finding : report.findings) {
        json.open_object();
        json.key("id").value(finding.what->id);
        json.key("section").value(finding.what->section);
        json.key("requirement")
            .value(finding.what->requirement == Requirement::standard ? "N" : "P");
        json.key("expectation").value(finding.what->expectation);
        json.key("verdict").value(verdict_name(finding.verdict));
        json.key("expected").value(finding.expected);
        json.key("seen").value(finding.seen);
        json.key("milliseconds").value(static_cast<std::size_t>(finding.took.count()));
        json.close_object();
    }
    json.close_array();
    json.close_object();
    out << '\n';
}

void write_html(std::ostream& out, const ConformanceReport& report) {
    fmt::print(out,
               html_head,
               escaped(report.peer),
               escaped(report.summary.implementation_version_name),
               escaped(report.summary.implementation_class_uid),
               report.findings.size(),
               seconds(report.took));
    out << "<table><tr><th>Group</th><th>PASS</th><th>FAIL</th><th>INFO</th><th>SKIP</th></tr>\n";
    for (const GroupTotals& group : totals(report.findings)) {
        fmt::print(out,
                   "<tr><td>{} {}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                   group.group,
                   escaped(group_name(group.group)),
                   group.of(Verdict::pass),
                   group.of(Verdict::fail),
                   group.of(Verdict::info),
                   group.of(Verdict::skip));
    }
    out << "</table>\n<h2>Cases</h2>\n<table><tr><th>Case</th><th></th><th>Section</th>"
           "<th>Expectation</th><th>Seen</th></tr>\n";
    for (const Finding& finding : report.findings) {
        write_html_finding(out, finding);
    }
    out << "</table>\n</body></html>\n";
}

}  // namespace cxr::bridge
