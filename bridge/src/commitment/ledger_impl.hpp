#pragma once
/// What a commitment ledger consists of, for its two sides: what is asked of us (ledger.cpp) and
/// what we ask of others (ledger_asking.cpp).

#include "bridge/commitment/ledger.hpp"
#include "catalogue/guarded_connection.hpp"
#include "catalogue/statements.hpp"
#include "commitment/ledger_rows.hpp"

#include <utility>

namespace cxr::bridge {

class CommitmentLedger::Impl {
public:
    Impl(LedgerSettings given, CommitmentJudge decides, sqlite::Connection opened)
        : settings(std::move(given)), judge(std::move(decides)), database(std::move(opened)) {}

    [[nodiscard]] Result<void> forget_old(sqlite::Connection& writer) const {
        return ledger_rows::forget_settled_before(
            writer, sqlite::milliseconds(std::chrono::system_clock::now() - settings.kept_for));
    }

    /// Of a transaction; without its UID when there is none of that id.
    [[nodiscard]] static Result<storescp::CommitmentReport> report_of(sqlite::Connection& reader,
                                                                      std::int64_t id);

    const LedgerSettings settings;
    const CommitmentJudge judge;
    sqlite::GuardedConnection database;
};

}  // namespace cxr::bridge
