#pragma once
/// What others send in, durably: temporary file in the same file system, fsync, rename, fsync of
/// the folder, catalogue row, and only then an answer. File names are ours, never a UID of a
/// stranger.

#include "bridge/catalogue/catalogue.hpp"
#include "storescp/ports.hpp"

#include <filesystem>
#include <memory>

namespace cxr::bridge {

enum class DuplicatePolicy : std::uint8_t { keep_first, replace, warn, refuse };

struct ReceivedStoreSettings {
    std::filesystem::path root;
    std::uint64_t quota_bytes = 0;  ///< 0: none
    DuplicatePolicy duplicates = DuplicatePolicy::keep_first;
};

class ReceivedStore final : public storescp::ReceivePort {
public:
    /// Removes temporaries and reconciles files and rows both ways. Throws when the folder cannot
    /// be used.
    ReceivedStore(Catalogue& catalogue, ReceivedStoreSettings settings);
    ~ReceivedStore() override;

    [[nodiscard]] Result<std::unique_ptr<storescp::Reception>> begin(
        const storescp::ReceptionRequest& request) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
