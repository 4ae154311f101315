#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "dicom/codec/codec.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <chrono>
#include <fstream>

namespace cxr::bridge::cli {

using namespace storescp::conformance;
using std::chrono::steady_clock;

namespace {

/// Of the cases that a pattern names, in table order; all where there is no pattern.
std::vector<const Case*> chosen_cases(const std::vector<std::string>& only) {
    std::vector<const Case*> chosen;
    for (const Case& one : all_cases()) {
        const auto named = [&](const std::string& pattern) { return is_named_by(one, pattern); };
        if (only.empty() || std::ranges::any_of(only, named)) {
            chosen.push_back(&one);
        }
    }
    return chosen;
}

std::string peer_name(const config::PeerSection& peer) {
    return fmt::format("{}@{}:{}", peer.aet, peer.host, peer.port);
}

/// The run's name: what is stored by two runs has different UIDs.
std::string run_name() {
    return fmt::format("{}", std::chrono::system_clock::now().time_since_epoch().count());
}

ExaminerSettings settings_of(const ConformOptions& options) {
    ExaminerSettings settings{.called_ae_title = options.peer->aet,
                              .host = options.peer->host,
                              .port = options.peer->port,
                              .calling_ae_title = options.calling_ae_title,
                              .tls = options.tls,
                              .move_destination = options.move_destination,
                              .may_store = options.store,
                              .run_name = run_name(),
                              .answer_within = options.timeout,
                              .wait_at_most = options.wait};
    return settings;
}

int write(const ConformOptions& options,
          const ConformanceReport& report,
          std::ostream& out,
          std::ostream& err) {
    if (!options.output) {
        write_report(out, report, options.format);
    } else {
        std::ofstream file(*options.output);
        write_report(file, report, options.format);
        if (!file.flush()) {
            fmt::print(err, "{}: cannot be written\n", options.output->string());
            return wrong_usage;
        }
        fmt::print(out,
                   "{}: {} pass, {} fail, {} info, {} skip; written to {}\n",
                   report.peer,
                   report.count(Verdict::pass),
                   report.count(Verdict::fail),
                   report.count(Verdict::info),
                   report.count(Verdict::skip),
                   options.output->string());
    }
    return report.count(Verdict::fail) == 0 ? done : done_with_findings;
}

}  // namespace

int run_conform(const ConformOptions& options, std::ostream& out, std::ostream& err) {
    const auto cases = chosen_cases(options.only);
    if (cases.empty()) {
        fmt::print(err, "--only names no case; cxrbridge conform --list prints them\n");
        return wrong_usage;
    }
    if (options.list) {
        write_case_list(out, cases);
        return done;
    }
    dicom::initialise_dcmtk();
    const auto begun = steady_clock::now();
    Examiner examiner(settings_of(options));
    auto met = examiner.meet();
    if (!met) {
        fmt::print(err, "{}\n", met.error().doing);
        return wrong_usage;
    }
    ConformanceReport report{
        .peer = peer_name(*options.peer), .summary = *std::move(met), .findings = {}, .took = {}};
    {
        Progress progress("playing", "cases", cases.size());
        report.findings =
            examiner.play_all(cases, [&progress](const Finding&) { progress.advance(); });
    }
    report.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun);
    return write(options, report, out, err);
}

}  // namespace cxr::bridge::cli
