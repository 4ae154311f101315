#pragma once
/// What an `export --to` that was not completed has delivered, so that the next one goes on there.
/// Kept beside the delivery queue, in the same database; forgotten once an export is complete. One
/// thread at a time; other processes may have the file open.

#include "dicom/core/result.hpp"
#include "storescp/ports.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

class ExportedObjects {
public:
    /// @param destination "AE@host:port". Faults: storage, as DeliveryQueue::open().
    [[nodiscard]] static dicom::Result<ExportedObjects> open(const std::filesystem::path& file,
                                                             std::string destination);
    ExportedObjects(ExportedObjects&& other) noexcept;
    ExportedObjects& operator=(ExportedObjects&& other) noexcept;
    ~ExportedObjects();

    /// Those that the destination is not known to have. Faults: storage.
    [[nodiscard]] dicom::Result<std::vector<storescp::InstanceReference>> without_delivered(
        std::vector<storescp::InstanceReference> instances);
    /// Noted when it returns. Faults: storage.
    [[nodiscard]] dicom::Result<void> add(const std::string& sop_instance_uid);
    /// The next export sends all of it again. Faults: storage.
    [[nodiscard]] dicom::Result<void> forget();

private:
    class Impl;
    explicit ExportedObjects(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
