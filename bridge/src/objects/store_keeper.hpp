#pragma once
/// What is stored, and how it becomes durable: the invariants stand in store_keeper.cpp.

#include "bridge/objects/received_store.hpp"
#include "objects/store_files.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

namespace cxr::bridge {

/// A whole object in incoming/, ready to be kept.
struct Arrival {
    IncomingFile& file;
    ReceivedObject object;
    std::string name_hash;
};

class StoreKeeper {
public:
    /// Reconciles files and rows. Throws when folder or catalogue cannot be used.
    StoreKeeper(Catalogue& catalogue, ReceivedStoreSettings settings);

    [[nodiscard]] Result<IncomingFile> create_incoming() { return files_.create_incoming(); }
    [[nodiscard]] const Reconciliation& reconciliation() const { return reconciliation_; }

    /// Faults: exhausted (quota).
    [[nodiscard]] Result<void> reserve(std::uint64_t bytes);
    void release(std::uint64_t bytes) { bytes_used_ -= bytes; }

    /// Objects of one UID after each other, all others at once: what they wait for, the disk, they
    /// wait for together.
    [[nodiscard]] Result<storescp::StoreOutcome> keep(Arrival arrival);

private:
    class Claim;

    [[nodiscard]] Result<storescp::StoreOutcome> add(Arrival& arrival, const KeptObject* replaced);
    void reconcile();
    void keep_sealed();
    void catalogue_again(const std::string& name);
    [[nodiscard]] Result<ReceivedObject> read_stored(const std::string& name) const;

    Catalogue& catalogue_;
    const ReceivedStoreSettings settings_;
    StoreFiles files_;
    Reconciliation reconciliation_;
    std::atomic<std::uint64_t> bytes_used_{0};
    std::mutex claiming_;                         // guards `claimed_`
    std::set<std::string, std::less<>> claimed_;  // SOP Instance UIDs between question and row
    std::condition_variable claim_ended_;
};

}  // namespace cxr::bridge
