#pragma once
/// Gives the bytes of any catalogued object in any transfer syntax asked for: made from PNG and row
/// when wanted, cached while useful (byte-bounded; what took a codec's time in files, too, if so
/// configured), or mapped from the store of received ones.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/mapping/options.hpp"
#include "storescp/ports.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace cxr::bridge {

struct ObjectSourceSettings {
    std::filesystem::path data_set;  ///< the PNGs' root
    std::filesystem::path store;     ///< the received objects' root
    dicom::MappingOptions mapping;
    std::uint64_t cache_bytes_max = 256ULL << 20;
    std::filesystem::path disk_cache{};      ///< its folder
    std::uint64_t disk_cache_bytes_max = 0;  ///< 0: there is none
};

/// Of a cache of encoded objects, in memory or in files, since the start; `bytes` and `objects` are
/// now.
struct ObjectCacheCounters {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t shared = 0;  ///< asked for while another was already making them
    std::uint64_t evicted = 0;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::uint64_t bytes_max = 0;
};

class ObjectSource final : public storescp::RetrievePort {
public:
    /// Throws std::filesystem::filesystem_error when the disk cache's folder cannot be made.
    ObjectSource(Catalogue& catalogue, ObjectSourceSettings settings);
    ~ObjectSource() override;

    [[nodiscard]] Result<std::vector<storescp::InstanceReference>> instances(
        const dicom::RetrieveIdentifier& identifier) override;
    [[nodiscard]] std::vector<storescp::AuditSubject> subjects(
        std::span<const storescp::InstanceReference> instances) override;
    [[nodiscard]] std::vector<std::string> transfer_syntaxes(
        const storescp::InstanceReference& instance) override;
    [[nodiscard]] Result<dicom::EncodedObject> load(
        const storescp::InstanceReference& instance,
        const std::string& transfer_syntax_uid) override;

    /// From any thread.
    [[nodiscard]] ObjectCacheCounters cache_counters() const;
    [[nodiscard]] ObjectCacheCounters disk_cache_counters() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
