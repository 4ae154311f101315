#include "bridge/delivery/exported.hpp"

#include "catalogue/guarded_connection.hpp"
#include "catalogue/statements.hpp"
#include "catalogue/stored_uid.hpp"
#include "delivery/queue_file.hpp"

namespace cxr::bridge {

using dicom::Result;

class ExportedObjects::Impl {
public:
    Impl(sqlite::Connection opened, std::string to)
        : database(std::move(opened)), destination(std::move(to)) {}

    sqlite::GuardedConnection database;
    const std::string destination;
};

ExportedObjects::ExportedObjects(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExportedObjects::ExportedObjects(ExportedObjects&&) noexcept = default;
ExportedObjects& ExportedObjects::operator=(ExportedObjects&&) noexcept = default;
ExportedObjects::~ExportedObjects() = default;

Result<ExportedObjects> ExportedObjects::open(const std::filesystem::path& file,
                                              std::string destination) {
    auto connection = open_queue_file(file);
    if (!connection) {
        return connection.error();
    }
    return ExportedObjects(std::make_unique<Impl>(*std::move(connection), std::move(destination)));
}

Result<std::vector<storescp::InstanceReference>> ExportedObjects::without_delivered(
    std::vector<storescp::InstanceReference> instances) {
    using Instances = std::vector<storescp::InstanceReference>;
    return impl_->database.read([&](sqlite::Connection& reader) -> Result<Instances> {
        Result<void> looked = {};
        std::erase_if(instances, [&](const storescp::InstanceReference& instance) {
            const auto known = sqlite::integer(
                reader,
                0,
                "SELECT EXISTS(SELECT 1 FROM exported WHERE destination = ?1 AND uid = ?2)",
                std::string_view(impl_->destination),
                StoredUID(instance.sop_instance_uid));
            if (!known) {
                looked = known.error();
            }
            return known && *known != 0;
        });
        return looked ? Result<Instances>(std::move(instances)) : Result<Instances>(looked.error());
    });
}

Result<void> ExportedObjects::add(const std::string& sop_instance_uid) {
    return impl_->database.write([&](sqlite::Connection& writer) {
        return sqlite::run(writer,
                           "INSERT OR IGNORE INTO exported VALUES(?1, ?2)",
                           std::string_view(impl_->destination),
                           StoredUID(sop_instance_uid));
    });
}

Result<void> ExportedObjects::forget() {
    return impl_->database.write([&](sqlite::Connection& writer) {
        return sqlite::run(writer,
                           "DELETE FROM exported WHERE destination = ?1",
                           std::string_view(impl_->destination));
    });
}

}  // namespace cxr::bridge
