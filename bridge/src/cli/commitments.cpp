#include "bridge/cli/commands.hpp"
#include "bridge/commitment/ledger.hpp"
#include "bridge/daemon/composition.hpp"
#include "json_writer.hpp"
#include "shown.hpp"

#include <fmt/ostream.h>

namespace cxr::bridge::cli {

namespace {

const char* name_of(LedgerEntry::Direction direction) {
    return direction == LedgerEntry::Direction::asked_of_us ? "asked of us" : "asked by us";
}

const char* name_of(const LedgerEntry& entry) {
    switch (entry.state) {
        case LedgerEntry::State::pending:
            return "pending";
        case LedgerEntry::State::settled:
            return entry.direction == LedgerEntry::Direction::asked_of_us ? "delivered"
                                                                          : "answered";
        case LedgerEntry::State::abandoned:
            return "dead";
        case LedgerEntry::State::refused:
            return "refused";
    }
    return "";
}

/// A transaction whose report is owed is tried again at a time; one of ours is just awaited.
bool has_next_attempt(const LedgerEntry& entry) {
    return entry.state == LedgerEntry::State::pending &&
           entry.direction == LedgerEntry::Direction::asked_of_us;
}

void print_line(const LedgerEntry& entry, std::ostream& out) {
    fmt::print(out,
               "{:<9} {} {} {:<16} {}: {} references, {} committed, {} failed",
               name_of(entry),
               utc(entry.asked_at),
               name_of(entry.direction),
               entry.peer_ae_title,
               entry.transaction_uid,
               entry.references,
               entry.committed,
               entry.failed);
    if (entry.attempts > 0) {
        fmt::print(out, "; {} attempts", entry.attempts);
    }
    if (has_next_attempt(entry)) {
        fmt::print(out, "; next {}", utc(entry.next_attempt));
    }
    fmt::print(out, "{}{}\n", entry.why.empty() ? "" : "; ", entry.why);
}

void print_json(const std::vector<LedgerEntry>& entries, std::ostream& out) {
    JsonWriter json(out);
    json.open_array();
    for (const LedgerEntry& entry : entries) {
        json.open_object();
        json.key("state").value(name_of(entry));
        json.key("direction").value(name_of(entry.direction));
        json.key("peer").value(entry.peer_ae_title);
        json.key("transaction_uid").value(entry.transaction_uid);
        json.key("asked_at").value(utc(entry.asked_at));
        json.key("next_attempt");
        if (has_next_attempt(entry)) {
            json.value(utc(entry.next_attempt));
        } else {
            json.null();
        }
        json.key("attempts").value(std::size_t{entry.attempts});
        json.key("references").value(std::size_t{entry.references});
        json.key("committed").value(std::size_t{entry.committed});
        json.key("failed").value(std::size_t{entry.failed});
        json.key("why").value(entry.why);
        json.close_object();
    }
    json.close_array();
    out << '\n';
}

}  // namespace

int run_commitments(const CommitmentsOptions& options, std::ostream& out, std::ostream& err) {
    const LedgerSettings settings = ledger_settings(options.config);
    if (!std::filesystem::exists(settings.file)) {
        fmt::print(err,
                   "no storage commitment transactions in {}: no node has run there; name its "
                   "state folder with --state\n",
                   settings.file.parent_path().string());
        return wrong_usage;
    }
    const auto ledger = CommitmentLedger::open(settings);
    if (!ledger) {
        fmt::print(err, "{}\n", ledger.error().doing);
        return wrong_usage;
    }
    for (const std::string& transaction_uid : options.retry) {
        const auto owed = (*ledger)->retry(transaction_uid);
        if (!owed || !*owed) {
            fmt::print(err,
                       "{}: {}\n",
                       transaction_uid,
                       owed ? "not a dead transaction" : owed.error().doing);
            return wrong_usage;
        }
    }
    const auto entries = (*ledger)->entries();
    if (!entries) {
        fmt::print(err, "{}\n", entries.error().doing);
        return wrong_usage;
    }
    bool some_dead = false;
    for (const LedgerEntry& entry : *entries) {
        some_dead = some_dead || entry.state == LedgerEntry::State::abandoned;
        if (!options.json) {
            print_line(entry, out);
        }
    }
    if (options.json) {
        print_json(*entries, out);
    } else if (entries->empty()) {
        fmt::print(out, "no storage commitment transactions\n");
    }
    return some_dead ? done_with_findings : done;
}

}  // namespace cxr::bridge::cli
