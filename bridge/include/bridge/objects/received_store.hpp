#pragma once
/// What others send in, durably: a file whose contents are on the disk, a name, a catalogue row,
/// and only then an answer; receptions that end together wait for the disk together. File names are
/// ours, never a UID of a stranger.

#include "bridge/catalogue/catalogue.hpp"
#include "storescp/ports.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace cxr::bridge {

/// An object whose SOP Instance UID is there with other content (PS3.4 B.2.3 leaves it to us). The
/// data set's own objects are never replaced.
enum class DuplicatePolicy : std::uint8_t { keep_first, replace, warn, refuse };

struct ReceivedStoreSettings {
    std::filesystem::path root;
    std::uint64_t quota_bytes = 0;  ///< 0: none
    DuplicatePolicy duplicates = DuplicatePolicy::keep_first;
};

/// What a start found where files and rows did not agree: after a crash, or when somebody touched
/// the folder. File names relative to the store.
struct Reconciliation {
    std::vector<std::string> catalogued;     ///< whole files without a row, now with one
    std::vector<std::string> files_removed;  ///< whose SOP Instance UID another file has
    std::vector<std::string> rows_removed;   ///< whose file is gone
    std::vector<std::string> unreadable;     ///< left alone; each with the reason
};

class ReceivedStore final : public storescp::ReceivePort {
public:
    /// Removes temporaries and reconciles files and rows both ways. Throws when the folder cannot
    /// be used.
    ReceivedStore(Catalogue& catalogue, ReceivedStoreSettings settings);
    ~ReceivedStore() override;

    /// Faults: refused (a SOP Instance UID that is none), unsupported (transfer syntax), exhausted,
    /// storage. The store must outlive the reception.
    [[nodiscard]] Result<std::unique_ptr<storescp::Reception>> begin(
        const storescp::ReceptionRequest& request) override;

    [[nodiscard]] const Reconciliation& reconciliation() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
