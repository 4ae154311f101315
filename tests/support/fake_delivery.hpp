#pragma once
/// A delivery port in memory for one destination, that remembers what became of everything.

#include "storescp/ports.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace cxr::test {

class FakeDelivery : public storescp::DeliveryPort {
public:
    using Outcome = storescp::ObjectDelivery::Outcome;
    using Time = std::chrono::system_clock::time_point;

    struct Row {
        storescp::OwedObject owed;
        bool taken = false, settled = false;
        Time next_attempt{};
        std::vector<storescp::ObjectDelivery> became{};
    };

    void owe(const storescp::InstanceReference& instance) {
        const std::lock_guard lock(mutex_);
        const auto id = static_cast<std::int64_t>(rows_.size());
        rows_.push_back({.owed = {.id = id, .instance = instance, .attempts = 0}});
    }

    dicom::Result<std::vector<storescp::OwedObject>> take_due(const std::string& /*ae_title*/,
                                                              Time now,
                                                              std::size_t count) override {
        const std::lock_guard lock(mutex_);
        std::vector<storescp::OwedObject> due;
        if (pauses_.empty() || pauses_.back().attempts == 0 ||
            (pauses_.back().next_attempt && *pauses_.back().next_attempt <= now)) {
            for (Row& row : rows_) {
                if (due.size() < count && !row.taken && !row.settled && row.next_attempt <= now) {
                    row.taken = true;
                    due.push_back(row.owed);
                }
            }
        }
        return due;
    }
    dicom::Result<void> put_back(const std::string& /*ae_title*/) override {
        const std::lock_guard lock(mutex_);
        for (Row& row : rows_) {
            row.taken = false;
        }
        return {};
    }
    dicom::Result<void> settle(std::int64_t id, const storescp::ObjectDelivery& delivery) override {
        const std::lock_guard lock(mutex_);
        Row& row = rows_.at(static_cast<std::size_t>(id));
        row.taken = false;
        row.settled = delivery.outcome != Outcome::postponed;
        row.next_attempt = delivery.next_attempt;
        ++row.owed.attempts;
        row.became.push_back(delivery);
        changed_.notify_all();
        return {};
    }
    dicom::Result<unsigned> attempts(const std::string& /*ae_title*/) override {
        const std::lock_guard lock(mutex_);
        return pauses_.empty() ? 0U : pauses_.back().attempts;
    }
    dicom::Result<void> pause(const std::string& /*ae_title*/,
                              const storescp::DestinationPause& pause) override {
        const std::lock_guard lock(mutex_);
        pauses_.push_back(pause);
        changed_.notify_all();
        return {};
    }
    dicom::Result<std::optional<storescp::CommitmentRequest>> begin_commitment(
        const std::string& /*ae_title*/, std::size_t /*references_max*/) override {
        const std::lock_guard lock(mutex_);
        return std::exchange(to_commit, std::nullopt);
    }
    dicom::Result<void> withdraw_commitment(const std::string& /*transaction_uid*/,
                                            const std::string& why,
                                            bool again) override {
        const std::lock_guard lock(mutex_);
        withdrawn_.emplace_back(why, again);
        changed_.notify_all();
        return {};
    }

    /// Waits until `holds(rows, pauses)`.
    template <typename Condition>
    void wait_until(Condition holds) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(
                lock, std::chrono::seconds(30), [&] { return holds(rows_, pauses_); })) {
            throw std::runtime_error("what was waited for did not happen");
        }
    }
    void wait_until_settled() {
        wait_until(
            [](const auto& rows, const auto&) { return std::ranges::all_of(rows, &Row::settled); });
    }
    std::vector<Row> rows() {
        const std::lock_guard lock(mutex_);
        return rows_;
    }
    std::vector<storescp::DestinationPause> pauses() {
        const std::lock_guard lock(mutex_);
        return pauses_;
    }
    std::vector<std::pair<std::string, bool>> wait_for_withdrawal() {
        wait_until([this](const auto&, const auto&) { return !withdrawn_.empty(); });
        const std::lock_guard lock(mutex_);
        return withdrawn_;
    }

    std::optional<storescp::CommitmentRequest> to_commit;  ///< set before the start

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Row> rows_;
    std::vector<storescp::DestinationPause> pauses_;
    std::vector<std::pair<std::string, bool>> withdrawn_;
};

}  // namespace cxr::test
