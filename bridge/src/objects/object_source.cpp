#include "bridge/objects/object_source.hpp"

#include "bridge/objects/made_object.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/core/implementation.hpp"
#include "objects/disk_cache.hpp"
#include "objects/mapped_file.hpp"
#include "objects/object_cache.hpp"

#include <fmt/format.h>

#include <optional>

namespace cxr::bridge {

namespace {

/// Whatever makes an object's bytes another's stands in its key: a changed row or PNG is never
/// answered from the cache.
std::string cache_key(const storescp::InstanceReference& instance,
                      const std::string& transfer_syntax_uid,
                      std::uint64_t version) {
    return fmt::format("{} {} {:x}", instance.sop_instance_uid, transfer_syntax_uid, version);
}

Fault other_object(const storescp::InstanceReference& instance) {
    return {.kind = FaultKind::not_found,
            .doing = "the object is not there any more: " + instance.sop_instance_uid};
}

}  // namespace

class ObjectSource::Impl {
public:
    Impl(Catalogue& catalogue, ObjectSourceSettings settings)
        : catalogue_(catalogue), settings_(std::move(settings)), cache_(settings_.cache_bytes_max) {
        if (settings_.disk_cache_bytes_max > 0) {
            disk_cache_.emplace(settings_.disk_cache, settings_.disk_cache_bytes_max);
        }
    }

    Catalogue& catalogue() { return catalogue_; }
    [[nodiscard]] ObjectCacheCounters cache_counters() const { return cache_.counters(); }
    [[nodiscard]] ObjectCacheCounters disk_cache_counters() const {
        return disk_cache_ ? disk_cache_->counters() : ObjectCacheCounters{};
    }

    Result<dicom::EncodedObject> load(const storescp::InstanceReference& instance,
                                      const std::string& transfer_syntax_uid) {
        const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(transfer_syntax_uid);
        auto origin = catalogue_.origin_of(instance.handle);
        if (!origin) {
            return origin.error();
        }
        auto object = std::visit(
            [&](const auto& from) {
                return load_from(from, instance, transfer_syntax_uid, syntax);
            },
            *origin);
        // Handles are used again when objects go: what was asked for is the UID.
        if (object && object->sop_instance_uid != instance.sop_instance_uid) {
            return other_object(instance);
        }
        return object;
    }

private:
    Result<dicom::EncodedObject> load_from(const MadeObject& made,
                                           const storescp::InstanceReference& instance,
                                           const std::string& transfer_syntax_uid,
                                           const dicom::TransferSyntax* syntax) {
        if (syntax == nullptr) {
            return Fault{.kind = FaultKind::unsupported,
                         .doing = "no such transfer syntax: " + transfer_syntax_uid};
        }
        if (made.kind == dicom::DerivedKind::image && made.image_file) {
            if (auto same = check_image_file(settings_.data_set, *made.image_file); !same) {
                return same.error();
            }
        }
        const dicom::MappingOptions& mapping = made.mapping ? *made.mapping : settings_.mapping;
        const std::string key = cache_key(instance, transfer_syntax_uid, made.version);
        auto object = cache_.get(key, [&] {
            return kept_or_encoded(key + " " + mapping.stored(), *syntax, [&] {
                return make_object(settings_.data_set, made, *syntax, mapping);
            });
        });
        if (!object && made.image_file && made.kind == dicom::DerivedKind::image) {
            quarantine_if_damaged(instance.handle, *made.image_file);
        }
        return object;
    }

    /// What takes a codec's time outlives the memory. The program's version is in the file's key:
    /// it may encode otherwise than the last.
    template <typename Encode>
    Result<dicom::EncodedObject> kept_or_encoded(const std::string& key,
                                                 const dicom::TransferSyntax& syntax,
                                                 const Encode& encode) {
        if (!disk_cache_ || !(syntax.encapsulated || syntax.deflated)) {
            return encode();
        }
        const std::string lasting_key =
            fmt::format("{} {}", key, dicom::implementation_version_name);
        if (auto kept = disk_cache_->find(lasting_key)) {
            return *std::move(kept);
        }
        auto object = encode();
        if (object) {
            disk_cache_->keep(lasting_key, *object);
        }
        return object;
    }

    /// Looks at the PNG alone: a transfer syntax that cannot be written is not its fault.
    void quarantine_if_damaged(std::int64_t handle, const ImageFile& file) {
        const auto frame = read_frame(settings_.data_set, file);
        if (!frame && frame.error().kind != FaultKind::not_found &&
            frame.error().kind != FaultKind::storage) {
            catalogue_.quarantine_image(handle, frame.error().doing);
        }
    }

    Result<dicom::EncodedObject> load_from(const KeptObject& kept,
                                           const storescp::InstanceReference& instance,
                                           const std::string& transfer_syntax_uid,
                                           const dicom::TransferSyntax* syntax) {
        if (transfer_syntax_uid == kept.transfer_syntax_uid) {
            return map_kept(kept);
        }
        if (syntax == nullptr) {
            return Fault{.kind = FaultKind::unsupported,
                         .doing = "no such transfer syntax: " + transfer_syntax_uid};
        }
        const auto version = std::hash<std::string>{}(kept.sha256);
        const std::string key = cache_key(instance, transfer_syntax_uid, version);
        const auto transcoded = [&]() -> Result<dicom::EncodedObject> {
            auto mapped = map_kept(kept);
            return mapped ? dicom::transcode(*mapped, *syntax) : mapped;
        };
        return cache_.get(key, [&] { return kept_or_encoded(key, *syntax, transcoded); });
    }

    /// The stored file's data set, straight from the page cache.
    Result<dicom::EncodedObject> map_kept(const KeptObject& kept) {
        auto file = map_file(settings_.store / kept.file);
        if (!file) {
            return file.error();
        }
        auto part10 = dicom::read_part10(file->bytes);
        if (!part10) {
            return part10.error();
        }
        if (part10->data_set.size() != kept.bytes) {
            return Fault{.kind = FaultKind::storage,
                         .doing = fmt::format("{}: {} bytes where {} were stored",
                                              kept.file,
                                              part10->data_set.size(),
                                              kept.bytes)};
        }
        dicom::EncodedObject object;
        object.sop_class_uid = kept.sop_class_uid;
        object.sop_instance_uid = kept.sop_instance_uid;
        object.transfer_syntax_uid = kept.transfer_syntax_uid;
        object.segments.push_back({.owner = file->owner, .bytes = part10->data_set});
        return object;
    }

    Catalogue& catalogue_;
    const ObjectSourceSettings settings_;
    ObjectCache cache_;
    std::optional<DiskCache> disk_cache_;
};

ObjectSource::ObjectSource(Catalogue& catalogue, ObjectSourceSettings settings)
    : impl_(std::make_unique<Impl>(catalogue, std::move(settings))) {}
ObjectSource::~ObjectSource() = default;

ObjectCacheCounters ObjectSource::cache_counters() const {
    return impl_->cache_counters();
}

ObjectCacheCounters ObjectSource::disk_cache_counters() const {
    return impl_->disk_cache_counters();
}

Result<std::vector<storescp::InstanceReference>> ObjectSource::instances(
    const dicom::RetrieveIdentifier& identifier) {
    return impl_->catalogue().instances(identifier);
}

std::vector<storescp::AuditSubject> ObjectSource::subjects(
    std::span<const storescp::InstanceReference> instances) {
    return impl_->catalogue().subjects(instances);
}

std::vector<std::string> ObjectSource::transfer_syntaxes(
    const storescp::InstanceReference& instance) {
    const auto origin = impl_->catalogue().origin_of(instance.handle);
    if (!origin) {
        return {};
    }
    if (const auto* made = std::get_if<MadeObject>(&*origin)) {
        return made_transfer_syntaxes(made->kind);
    }
    const std::string& kept = std::get<KeptObject>(*origin).transfer_syntax_uid;
    std::vector<std::string> uids{kept};
    if (const dicom::TransferSyntax* from = dicom::find_transfer_syntax(kept)) {
        for (const dicom::TransferSyntax* to : dicom::transcodable_to(*from)) {
            if (to->uid != kept) {
                uids.emplace_back(to->uid);
            }
        }
    }
    return uids;
}

Result<dicom::EncodedObject> ObjectSource::load(const storescp::InstanceReference& instance,
                                                const std::string& transfer_syntax_uid) {
    return impl_->load(instance, transfer_syntax_uid);
}

}  // namespace cxr::bridge
