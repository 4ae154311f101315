#include "bridge/objects/folder_source.hpp"

#include "bridge/objects/made_object.hpp"

namespace cxr::bridge {
namespace {

// A handle names a record and one of the kinds made from it.
constexpr auto kinds_per_record =
    static_cast<std::int64_t>(dicom::derived_kind_count + dicom::sources_max);

dicom::DerivedKind kind_of(const storescp::InstanceReference& instance) {
    return static_cast<dicom::DerivedKind>(instance.handle % kinds_per_record);
}

}  // namespace

std::vector<storescp::InstanceReference> FolderSource::references(
    std::span<const dicom::ImageRecord* const> records,
    std::span<const dicom::DerivedKind> kinds) const {
    std::vector<storescp::InstanceReference> references;
    for (const dicom::ImageRecord* record : records) {
        for (const dicom::DerivedKind kind : kinds) {
            if (!dicom::is_made_of(*record, kind)) {
                continue;
            }
            const dicom::InstanceEntity instance = dicom::instance_entity(*record, kind, mapping_);
            const std::int64_t record_number = record - folder_.records.data();
            references.push_back(
                {.sop_class_uid = instance.sop_class_uid,
                 .sop_instance_uid = instance.sop_instance_uid,
                 .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid),
                 .handle = record_number * kinds_per_record + static_cast<std::int64_t>(kind)});
        }
    }
    return references;
}

Result<std::vector<storescp::InstanceReference>> FolderSource::instances(
    const dicom::RetrieveIdentifier& /*identifier*/) {
    return Fault{.kind = FaultKind::unsupported, .doing = "a folder is sent from, not queried"};
}

std::vector<std::string> FolderSource::transfer_syntaxes(
    const storescp::InstanceReference& instance) {
    return made_transfer_syntaxes(kind_of(instance));
}

Result<dicom::EncodedObject> FolderSource::load(const storescp::InstanceReference& instance,
                                                const std::string& transfer_syntax_uid) {
    const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(transfer_syntax_uid);
    if (syntax == nullptr) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = "unknown transfer syntax " + transfer_syntax_uid};
    }
    const auto record_number = static_cast<std::size_t>(instance.handle / kinds_per_record);
    const dicom::ImageRecord& record = folder_.records.at(record_number);
    MadeObject object{.record = record, .kind = kind_of(instance), .image_file = std::nullopt};
    if (const auto file = folder_.images.find(record.row.image_index);
        file != folder_.images.end()) {
        object.image_file = file->second;
    }
    return make_object(folder_.root, object, *syntax, mapping_);
}

}  // namespace cxr::bridge
