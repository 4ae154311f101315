// What we ask others to commit to, and what they answer.
#include "commitment/ledger_impl.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace cxr::bridge {

namespace rows = ledger_rows;
using State = LedgerEntry::State;
using Direction = LedgerEntry::Direction;

Result<bool> CommitmentLedger::conclude(const storescp::CommitmentReport& report,
                                        const std::string& provider_ae_title) {
    std::map<std::string, int> reasons;
    for (const storescp::SOPReference& reference : report.committed) {
        reasons[reference.sop_instance_uid] = rows::committed;
    }
    for (const storescp::FailedReference& failure : report.failed) {
        // A Failure Reason of 0000H would read as committed.
        reasons[failure.reference.sop_instance_uid] = std::max<int>(failure.failure_reason, 1);
    }
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<bool> {
        const auto id =
            rows::find_asked(writer, report.transaction_uid, provider_ae_title, std::nullopt);
        if (!id || *id == 0) {
            return id ? Result<bool>(false) : Result<bool>(id.error());
        }
        // A report that comes twice decides nothing anew.
        const auto undecided =
            rows::references(writer, *id, true, std::numeric_limits<std::int32_t>::max());
        if (!undecided) {
            return undecided.error();
        }
        for (const rows::ReferenceRow& row : *undecided) {
            const auto reason = reasons.find(row.reference.sop_instance_uid);
            const int decided = reason == reasons.end()
                                    ? int{storescp::failure_reason::processing_failure}
                                    : reason->second;
            if (auto set = rows::set_reason(writer, *id, row.position, decided); !set) {
                return set.error();
            }
        }
        if (auto set = rows::set_state(writer, *id, State::settled, ""); !set) {
            return set.error();
        }
        return true;
    });
}

Result<void> CommitmentLedger::ask(const storescp::CommitmentRequest& request,
                                   const std::string& provider_ae_title,
                                   const std::string& own_ae_title) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
        auto added = rows::add(writer,
                               {.direction = Direction::asked_by_us,
                                .state = State::pending,
                                .request = request,
                                .peer = provider_ae_title,
                                .own_title = own_ae_title});
        return added ? Result<void>() : Result<void>(added.error());
    });
}

Result<void> CommitmentLedger::withdraw(const std::string& transaction_uid,
                                        const std::string& why) {
    return impl_->database.write([&](sqlite::Connection& writer) -> Result<void> {
        const auto id = rows::find_asked(writer, transaction_uid, "", State::pending);
        if (!id || *id == 0) {
            return id ? Result<void>() : Result<void>(id.error());
        }
        return rows::set_state(writer, *id, State::refused, why);
    });
}

Result<std::optional<storescp::CommitmentReport>> CommitmentLedger::answer(
    const std::string& transaction_uid) {
    using Answer = std::optional<storescp::CommitmentReport>;
    return impl_->database.read([&](sqlite::Connection& reader) -> Result<Answer> {
        const auto id = rows::find_asked(reader, transaction_uid, "", State::settled);
        if (!id || *id == 0) {
            return id ? Result<Answer>(Answer()) : Result<Answer>(id.error());
        }
        auto report = Impl::report_of(reader, *id);
        return report ? Result<Answer>(*std::move(report)) : Result<Answer>(report.error());
    });
}

}  // namespace cxr::bridge
