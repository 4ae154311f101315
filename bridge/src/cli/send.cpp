#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/commitment/asking.hpp"
#include "bridge/daemon/composition.hpp"
#include "bridge/export/transmission.hpp"
#include "bridge/objects/folder_source.hpp"
#include "dicom/codec/codec.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <span>

namespace cxr::bridge::cli {

namespace {

/// Of one N-ACTION: providers have limits, too.
constexpr std::size_t references_a_transaction = 1'000;

AskingSettings asking_settings(const SendOptions& options) {
    const config::NodeSection& node = options.commit->config.node;
    const storescp::NodeSettings ours = node_settings(options.commit->config, nullptr);
    return {.peer = options.to.peer,
            .access = options.to.access,
            .calling_ae_title = options.to.calling_ae_title,
            .timeouts = ours.timeouts,
            .listen_address = node.listen,
            .listen_port = options.commit->port.value_or(node.port),
            .tls_listen = ours.tls_listen,
            .wait = options.commit->wait};
}

/// One transaction's result, object by object. How many are committed to.
std::size_t print_answer(const CommitmentAnswer& answer,
                         std::size_t asked,
                         const AskingSettings& settings,
                         std::ostream& out,
                         std::ostream& err) {
    if (!answer.report) {
        fmt::print(err,
                   "no report of transaction {} within {} s ({} objects); it stays pending: "
                   "cxrbridge commitments lists it\n",
                   answer.transaction_uid,
                   settings.wait.count(),
                   asked);
        if (!answer.listened) {
            fmt::print(err,
                       "port {} is in use: a report that {} sends there is seen only if it reaches "
                       "a running `cxrbridge serve` with the same --state\n",
                       settings.listen_port,
                       settings.peer.ae_title);
        }
        return 0;
    }
    for (const storescp::SOPReference& reference : answer.report->committed) {
        fmt::print(out, "{} committed\n", reference.sop_instance_uid);
    }
    for (const storescp::FailedReference& failure : answer.report->failed) {
        fmt::print(err,
                   "{} not committed: {:04X}H\n",
                   failure.reference.sop_instance_uid,
                   failure.failure_reason);
    }
    return answer.report->committed.size();
}

/// Done when everything that was stored is committed to.
int commit(const SendOptions& options,
           const std::vector<storescp::SOPReference>& stored,
           std::ostream& out,
           std::ostream& err) {
    std::error_code ignored;  // that the folder is missing the ledger says better
    std::filesystem::create_directories(options.commit->config.state.path, ignored);
    const auto ledger = CommitmentLedger::open(ledger_settings(options.commit->config));
    if (!ledger) {
        fmt::print(err, "{}\n", ledger.error().doing);
        return done_with_findings;
    }
    AskingSettings settings = asking_settings(options);
    if (settings.tls_listen) {
        const auto listening = access_policy(options.commit->config);
        if (!listening) {
            fmt::print(err, "{}\n", listening.error().doing);
            return done_with_findings;
        }
        settings.listen_tls = (*listening)->tls;
    }
    std::size_t committed = 0;
    for (std::size_t begin = 0; begin < stored.size(); begin += references_a_transaction) {
        const auto part = std::span(stored).subspan(
            begin, std::min(references_a_transaction, stored.size() - begin));
        const auto answer = ask_for_commitment(**ledger, {part.begin(), part.end()}, settings);
        if (!answer) {
            fmt::print(err, "storage commitment: {}\n", answer.error().doing);
            break;
        }
        committed += print_answer(*answer, part.size(), settings, out, err);
    }
    fmt::print(out,
               "{} of {} stored objects committed by {}\n",
               committed,
               stored.size(),
               options.to.peer.ae_title);
    return committed == stored.size() ? done : done_with_findings;
}

}  // namespace

int run_send(const SendOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    const auto folder = read(options.data_set, err);
    if (!folder) {
        return wrong_usage;
    }
    FolderSource source(*folder, options.data_set.mapping);
    const auto selected = select(*folder, options.data_set.selection);
    if (!selected) {
        fmt::print(err, "{}\n", selected.error().doing);
        return wrong_usage;
    }
    const auto& records = *selected;
    std::vector<dicom::DerivedKind> kinds{dicom::DerivedKind::image};
    if (options.reports) {
        kinds.insert(kinds.end(),
                     {dicom::DerivedKind::label_report, dicom::DerivedKind::box_report});
        for (std::size_t number = 0; number < dicom::sources_max; ++number) {
            kinds.push_back(dicom::source_report(number));
        }
    }
    const auto instances = source.references(records, kinds);
    if (instances.empty()) {
        fmt::print(err, "nothing to send: the selection matches no image that is there\n");
        return done_with_findings;
    }
    Progress progress("sending", "objects", instances.size());
    const TransmissionReport report = transmit(source,
                                               instances,
                                               {.peer = options.to.peer,
                                                .access = options.to.access,
                                                .calling_ae_title = options.to.calling_ae_title,
                                                .rate = options.rate},
                                               [&progress] { progress.advance(); });
    for (const std::string& failure : report.failures) {
        fmt::print(err, "{}\n", failure);
    }
    fmt::print(out,
               "{} of {} objects stored at {} ({} with a warning), {} failed\n",
               report.stored + report.stored_with_warning,
               instances.size(),
               options.to.peer.ae_title,
               report.stored_with_warning,
               report.failures.size());
    int outcome = report.complete() ? done : done_with_findings;
    if (options.commit && !report.references.empty()) {
        outcome = std::max(outcome, commit(options, report.references, out, err));
    }
    return outcome;
}

}  // namespace cxr::bridge::cli
