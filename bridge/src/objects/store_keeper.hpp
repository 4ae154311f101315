#pragma once
/// What is stored, and how it becomes durable: the invariants stand in store_keeper.cpp.

#include "bridge/objects/received_store.hpp"
#include "objects/store_files.hpp"

#include <atomic>
#include <mutex>

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

    /// One object at a time: from the question whether its UID is there to its row. The one place
    /// where several objects could share an fsync.
    [[nodiscard]] Result<storescp::StoreOutcome> keep(Arrival arrival);

private:
    [[nodiscard]] Result<storescp::StoreOutcome> add(Arrival& arrival, const KeptObject* replaced);
    void reconcile();
    void catalogue_again(const std::string& name);
    [[nodiscard]] Result<ReceivedObject> read_stored(const std::string& name) const;

    Catalogue& catalogue_;
    const ReceivedStoreSettings settings_;
    StoreFiles files_;
    Reconciliation reconciliation_;
    std::atomic<std::uint64_t> bytes_used_{0};
    std::mutex keeping_;  // guards the order of steps 2 to 5 among receptions
};

}  // namespace cxr::bridge
