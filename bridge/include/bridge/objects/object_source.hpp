#pragma once
/// Gives the bytes of any catalogued object in any transfer syntax asked for: made from PNG and row
/// when wanted, cached while useful (byte-bounded), or mapped from the store of received ones.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/mapping/options.hpp"
#include "storescp/ports.hpp"

#include <filesystem>
#include <memory>

namespace cxr::bridge {

struct ObjectSourceSettings {
    std::filesystem::path data_set;  ///< the PNGs' root
    std::filesystem::path store;     ///< the received objects' root
    dicom::MappingOptions mapping;
    std::uint64_t cache_bytes_max = 256ULL << 20;
};

/// Of the object cache; hits and misses since start.
struct CacheStatistics {
    std::uint64_t bytes = 0, bytes_max = 0, objects = 0, hits = 0, misses = 0;
};

class ObjectSource final : public storescp::RetrievePort {
public:
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
    [[nodiscard]] CacheStatistics cache_statistics() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
