#pragma once
/// The storage commitment transactions of a node (PS3.4 Annex J), those that others ask of us and
/// those that we ask of others, in a database of its own in the state folder: SQLite (WAL, FULL).
/// Everything is on the disk when a call returns. Any thread; other processes may have the same
/// file open (`cxrbridge send --commit`, `cxrbridge commitments`).

#include "dicom/core/result.hpp"
#include "storescp/ports.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

/// 0: committed to; else the Failure Reason (0008,1197). Blocking.
using CommitmentJudge = std::function<std::uint16_t(const storescp::SOPReference&)>;

struct LedgerSettings {
    std::filesystem::path file;
    std::size_t owed_max = 1'000;          ///< transactions; more are refused (0213H)
    std::chrono::hours kept_for{90 * 24};  ///< transactions (and their UIDs) that are settled
};

/// One transaction, for a person.
struct LedgerEntry {
    enum class Direction : std::uint8_t { asked_of_us = 0, asked_by_us = 1 };
    enum class State : std::uint8_t {
        pending = 0,    ///< its report is owed, or awaited
        settled = 1,    ///< its report was heard
        abandoned = 2,  ///< it was not: nobody listened
        refused = 3,    ///< the N-ACTION failed
    };
    Direction direction;
    State state;
    std::string transaction_uid;
    std::string peer_ae_title;
    std::chrono::system_clock::time_point asked_at, next_attempt;
    unsigned attempts = 0;
    std::uint64_t references = 0, committed = 0, failed = 0;  ///< the rest is not decided yet
    std::string why;
};

class CommitmentLedger final : public storescp::CommitmentPort,
                               public storescp::CommitmentResultPort {
public:
    /// Opens or creates, migrates, forgets what is older than it is kept. Faults: storage (corrupt,
    /// newer version: says what to do). `judge` is needed where decide() is called.
    [[nodiscard]] static Result<std::unique_ptr<CommitmentLedger>> open(
        const LedgerSettings& settings, CommitmentJudge judge = {});
    ~CommitmentLedger() override;

    [[nodiscard]] Result<std::int64_t> accept(const storescp::CommitmentRequest& request,
                                              const std::string& requester_ae_title,
                                              const std::string& own_ae_title) override;
    [[nodiscard]] Result<void> spoil(const std::string& transaction_uid,
                                     const std::string& requester_ae_title) override;
    [[nodiscard]] Result<bool> decide(std::int64_t id) override;
    [[nodiscard]] Result<storescp::CommitmentReport> report(std::int64_t id) override;
    [[nodiscard]] Result<std::vector<storescp::OwedCommitment>> owed(
        std::chrono::system_clock::time_point now,
        std::span<const std::string> present,
        std::size_t count) override;
    [[nodiscard]] Result<std::optional<std::chrono::system_clock::time_point>> next_attempt()
        override;
    [[nodiscard]] Result<void> settle(std::int64_t id,
                                      const storescp::CommitmentDelivery& delivery) override;
    [[nodiscard]] Result<bool> conclude(const storescp::CommitmentReport& report,
                                        const std::string& provider_ae_title) override;

    // What we ask of others: to be noted before the N-ACTION is sent, for the report may be faster
    // than its response.
    [[nodiscard]] Result<void> ask(const storescp::CommitmentRequest& request,
                                   const std::string& provider_ae_title,
                                   const std::string& own_ae_title);
    /// The provider refused the N-ACTION, or never heard it.
    [[nodiscard]] Result<void> withdraw(const std::string& transaction_uid, const std::string& why);
    /// The report, when it came. References that it does not name failed (0110H).
    [[nodiscard]] Result<std::optional<storescp::CommitmentReport>> answer(
        const std::string& transaction_uid);

    /// A report that was abandoned is owed again. False: there is no such one.
    [[nodiscard]] Result<bool> retry(const std::string& transaction_uid);
    /// Oldest first.
    [[nodiscard]] Result<std::vector<LedgerEntry>> entries() const;

private:
    class Impl;
    explicit CommitmentLedger(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
