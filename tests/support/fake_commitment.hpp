#pragma once
/// Storage commitment in memory: what is committed is said by a table, what is owed is kept in a
/// map, with the faults that a disk could have.

#include "storescp/ports.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>

namespace cxr::test {

struct FakeCommitment : storescp::CommitmentPort {
    using Clock = std::chrono::system_clock;
    struct Transaction {
        storescp::OwedCommitment owed;
        storescp::CommitmentReport report;
        Clock::time_point due{};
        bool decided = false;
        std::vector<storescp::CommitmentDelivery> deliveries = {};
        [[nodiscard]] bool is_owed() const {
            return deliveries.empty() ||
                   deliveries.back().outcome == storescp::CommitmentDelivery::Outcome::postponed;
        }
    };

    /// Failure Reasons by SOP Instance UID; all others are committed.
    std::map<std::string, std::uint16_t> reasons;
    std::optional<dicom::Fault> accept_fault, decide_fault;
    std::atomic<int> settle_faults = 0;  ///< so many settlements fail
    unsigned decide_steps = 1;

    std::mutex mutex;
    std::map<std::int64_t, Transaction> transactions;
    std::set<std::string> used;
    unsigned decisions = 0;

    dicom::Result<std::int64_t> accept(const storescp::CommitmentRequest& request,
                                       const std::string& requester,
                                       const std::string& own) override {
        const std::lock_guard lock(mutex);
        if (accept_fault) {
            return *accept_fault;
        }
        Transaction transaction;
        const auto id = static_cast<std::int64_t>(transactions.size()) + 1;
        transaction.owed = {.id = id,
                            .transaction_uid = request.transaction_uid,
                            .requester_ae_title = requester,
                            .own_ae_title = own};
        transaction.report.transaction_uid = request.transaction_uid;
        const bool again = !used.insert(request.transaction_uid).second;
        for (const auto& reference : request.references) {
            const auto reason = reasons.find(reference.sop_instance_uid);
            if (again) {
                transaction.report.failed.push_back({reference, 0x0131});
            } else if (reason != reasons.end()) {
                transaction.report.failed.push_back({reference, reason->second});
            } else {
                transaction.report.committed.push_back(reference);
            }
        }
        transactions.emplace(id, std::move(transaction));
        return id;
    }
    dicom::Result<void> spoil(const std::string& uid, const std::string&) override {
        const std::lock_guard lock(mutex);
        used.insert(uid);
        return {};
    }
    dicom::Result<bool> decide(std::int64_t id) override {
        const std::lock_guard lock(mutex);
        if (decide_fault) {
            return *decide_fault;
        }
        Transaction& transaction = transactions.at(id);
        transaction.decided = transaction.decided || ++decisions % decide_steps == 0;
        return transaction.decided;
    }
    dicom::Result<storescp::CommitmentReport> report(std::int64_t id) override {
        const std::lock_guard lock(mutex);
        return transactions.at(id).report;
    }
    dicom::Result<std::vector<storescp::OwedCommitment>> owed(Clock::time_point now,
                                                              std::span<const std::string> present,
                                                              std::size_t count) override {
        const std::lock_guard lock(mutex);
        std::vector<storescp::OwedCommitment> found;
        for (const auto& [id, transaction] : transactions) {
            const bool here =
                std::find(present.begin(), present.end(), transaction.owed.requester_ae_title) !=
                present.end();
            if (found.size() < count && transaction.is_owed() && (here || transaction.due <= now)) {
                found.push_back(transaction.owed);
            }
        }
        return found;
    }
    dicom::Result<std::optional<Clock::time_point>> next_attempt() override {
        const std::lock_guard lock(mutex);
        std::optional<Clock::time_point> next;
        for (const auto& [id, transaction] : transactions) {
            if (transaction.is_owed() && (!next || transaction.due < *next)) {
                next = transaction.due;
            }
        }
        return next;
    }
    dicom::Result<void> settle(std::int64_t id,
                               const storescp::CommitmentDelivery& delivery) override {
        const std::lock_guard lock(mutex);
        if (settle_faults > 0) {
            --settle_faults;
            return dicom::Fault{.kind = dicom::FaultKind::storage, .doing = "disk"};
        }
        Transaction& transaction = transactions.at(id);
        transaction.deliveries.push_back(delivery);
        transaction.due = delivery.next_attempt;
        ++transaction.owed.attempts;
        settled.notify_all();
        return {};
    }
    std::condition_variable settled;
    /// Those of one transaction, when there are as many.
    std::vector<storescp::CommitmentDelivery> wait_for_deliveries(std::int64_t id,
                                                                  std::size_t count = 1) {
        std::unique_lock lock(mutex);
        const auto enough = [&] {
            const auto found = transactions.find(id);
            return found != transactions.end() && found->second.deliveries.size() >= count;
        };
        if (!settled.wait_for(lock, std::chrono::seconds(10), enough)) {
            throw std::runtime_error("the transaction was not told of in time");
        }
        return transactions.at(id).deliveries;
    }
};

struct FakeCommitmentResults : storescp::CommitmentResultPort {
    std::set<std::string> asked;  ///< transaction UIDs
    std::optional<dicom::Fault> fault;
    std::mutex mutex;
    std::vector<storescp::CommitmentReport> concluded;

    dicom::Result<bool> conclude(const storescp::CommitmentReport& report,
                                 const std::string&) override {
        const std::lock_guard lock(mutex);
        if (fault) {
            return *fault;
        }
        if (!asked.contains(report.transaction_uid)) {
            return false;
        }
        concluded.push_back(report);
        heard.notify_all();
        return true;
    }
    storescp::CommitmentReport wait_for_report() {
        std::unique_lock lock(mutex);
        if (!heard.wait_for(
                lock, std::chrono::seconds(30), [this] { return !concluded.empty(); })) {
            throw std::runtime_error("no report came");
        }
        return concluded.front();
    }
    std::condition_variable heard;
};

}  // namespace cxr::test
