#include "bridge/commitment/ledger.hpp"

#include "catalogue/statements.hpp"
#include "commitment/ledger_impl.hpp"
#include "commitment/ledger_schema.hpp"

#include <algorithm>
#include <limits>

namespace cxr::bridge {

namespace rows = ledger_rows;
using State = LedgerEntry::State;
using Direction = LedgerEntry::Direction;
using std::chrono::system_clock;

namespace {

constexpr const char* pragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -1024";
/// A piece of decide()'s work: so many references, or so long.
constexpr std::size_t references_a_piece = 64;
constexpr std::chrono::milliseconds time_a_piece{200};

}  // namespace

CommitmentLedger::CommitmentLedger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CommitmentLedger::~CommitmentLedger() = default;

Result<std::unique_ptr<CommitmentLedger>> CommitmentLedger::open(const LedgerSettings& settings,
                                                                 CommitmentJudge judge) {
    auto connection = sqlite::Connection::open(settings.file, sqlite::Access::read_write_create);
    if (!connection) {
        return connection.error();
    }
    if (auto set = connection->execute(pragmas); !set) {
        return set.error();
    }
    if (auto prepared = ledger_schema::prepare(*connection, settings.file); !prepared) {
        return prepared.error();
    }
    auto impl = std::make_unique<Impl>(settings, std::move(judge), std::move(*connection));
    const auto forgotten =
        impl->database.write([&](sqlite::Connection& writer) { return impl->forget_old(writer); });
    if (!forgotten) {
        return forgotten.error();
    }
    return std::unique_ptr<CommitmentLedger>(new CommitmentLedger(std::move(impl)));
}

Result<std::int64_t> CommitmentLedger::accept(const storescp::CommitmentRequest& request,
                                              const std::string& requester_ae_title,
                                              const std::string& own_ae_title) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<std::int64_t> {
        if (auto forgotten = impl_->forget_old(writer); !forgotten) {
            return forgotten.error();
        }
        const auto owed = rows::owed_count(writer);
        if (!owed) {
            return owed.error();
        }
        if (static_cast<std::size_t>(*owed) >= impl_->settings.owed_max) {
            return Fault{.kind = FaultKind::exhausted,
                         .doing = "too many storage commitment reports are owed"};
        }
        const auto used = rows::is_used(writer, request.transaction_uid);
        if (!used) {
            return used.error();
        }
        return rows::add(writer,
                         {.direction = Direction::asked_of_us,
                          .state = State::pending,
                          .request = request,
                          .peer = requester_ae_title,
                          .own_title = own_ae_title,
                          .reason = *used ? int{storescp::failure_reason::duplicate_transaction_uid}
                                          : rows::undecided});
    });
}

Result<void> CommitmentLedger::spoil(const std::string& transaction_uid,
                                     const std::string& requester_ae_title) {
    const storescp::CommitmentRequest nothing{.transaction_uid = transaction_uid, .references = {}};
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
        // One row is enough: a stranger may repeat itself.
        const auto used = rows::is_used(writer, transaction_uid);
        if (!used) {
            return used.error();
        }
        if (*used) {
            return {};
        }
        auto added = rows::add(writer,
                               {.direction = Direction::asked_of_us,
                                .state = State::refused,
                                .request = nothing,
                                .peer = requester_ae_title,
                                .own_title = ""});
        return added ? Result<void>() : Result<void>(added.error());
    });
}

Result<bool> CommitmentLedger::decide(std::int64_t id) {
    // Judged without the lock: it reads whole objects.
    const auto piece = impl_->database.read([&](sqlite::Connection& reader) {
        return rows::references(reader, id, true, references_a_piece);
    });
    if (!piece) {
        return piece.error();
    }
    std::vector<std::pair<std::int64_t, int>> decided;
    const auto until = std::chrono::steady_clock::now() + time_a_piece;
    for (const rows::ReferenceRow& row : *piece) {
        decided.emplace_back(row.position, impl_->judge(row.reference));
        if (std::chrono::steady_clock::now() >= until) {
            break;
        }
    }
    if (!decided.empty()) {
        const auto written = impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
            for (const auto& [position, reason] : decided) {
                if (auto set = rows::set_reason(writer, id, position, reason); !set) {
                    return set;
                }
            }
            return {};
        });
        if (!written) {
            return written.error();
        }
    }
    return decided.size() == piece->size() && piece->size() < references_a_piece;
}

Result<storescp::CommitmentReport> CommitmentLedger::Impl::report_of(sqlite::Connection& reader,
                                                                     std::int64_t id) {
    auto transaction_uid = rows::transaction_uid_of(reader, id);
    if (!transaction_uid) {
        return transaction_uid.error();
    }
    const auto references =
        rows::references(reader, id, false, std::numeric_limits<std::int32_t>::max());
    if (!references) {
        return references.error();
    }
    storescp::CommitmentReport report{
        .transaction_uid = *std::move(transaction_uid), .committed = {}, .failed = {}};
    for (const rows::ReferenceRow& row : *references) {
        if (row.reason == rows::committed) {
            report.committed.push_back(row.reference);
        } else {
            report.failed.push_back(
                {.reference = row.reference,
                 .failure_reason = row.reason < 0 ? storescp::failure_reason::processing_failure
                                                  : static_cast<std::uint16_t>(row.reason)});
        }
    }
    return report;
}

Result<storescp::CommitmentReport> CommitmentLedger::report(std::int64_t id) {
    return impl_->database.read(
        [&](sqlite::Connection& reader) -> Result<storescp::CommitmentReport> {
            auto report = Impl::report_of(reader, id);
            if (report && report->transaction_uid.empty()) {
                return Fault{.kind = FaultKind::not_found, .doing = "no such transaction"};
            }
            return report;
        });
}

Result<std::vector<storescp::OwedCommitment>> CommitmentLedger::owed(
    system_clock::time_point now, std::span<const std::string> present, std::size_t count) {
    using Owed = std::vector<storescp::OwedCommitment>;
    return impl_->database.read([&](sqlite::Connection& reader) -> Result<Owed> {
        // Those that are here come first: they may go again.
        Owed found;
        for (const std::string& requester : present) {
            auto one = rows::owed_to(reader, requester);
            if (!one) {
                return one.error();
            }
            if (*one && found.size() < count) {
                found.push_back(**std::move(one));
            }
        }
        auto due = rows::owed(reader, sqlite::milliseconds(now), count);
        if (!due) {
            return due;
        }
        for (storescp::OwedCommitment& each : *due) {
            const bool is_present =
                std::find(present.begin(), present.end(), each.requester_ae_title) != present.end();
            if (!is_present && found.size() < count) {
                found.push_back(std::move(each));
            }
        }
        return found;
    });
}

Result<std::optional<system_clock::time_point>> CommitmentLedger::next_attempt() {
    using Time = std::optional<system_clock::time_point>;
    return impl_->database.read([](sqlite::Connection& reader) -> Result<Time> {
        const auto next = rows::next_attempt(reader);
        if (!next) {
            return next.error();
        }
        return *next ? Time(system_clock::time_point(std::chrono::milliseconds(**next))) : Time();
    });
}

Result<void> CommitmentLedger::settle(std::int64_t id,
                                      const storescp::CommitmentDelivery& delivery) {
    return impl_->database.write(
        [&](sqlite::Connection& writer) { return rows::settle(writer, id, delivery); });
}

Result<bool> CommitmentLedger::retry(const std::string& transaction_uid) {
    return impl_->database.write(
        [&](sqlite::Connection& writer) { return rows::make_due(writer, transaction_uid); });
}

Result<std::vector<LedgerEntry>> CommitmentLedger::entries() const {
    return impl_->database.read([](sqlite::Connection& reader) { return rows::entries(reader); });
}

}  // namespace cxr::bridge
