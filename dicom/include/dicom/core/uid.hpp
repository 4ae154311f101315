#pragma once
/// Unique identifiers (PS3.5 §9 and Annex B). Derived UIDs are 2.25.<decimal of a version 5 UUID>
/// (PS3.5 B.2, RFC 4122 §4.3): the same name gives the same UID on every machine and release.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// 16 bytes, big-endian as RFC 4122 writes them.
using Uuid = std::array<std::uint8_t, 16>;

/// UUIDv5(NAMESPACE_URL, "https://nihcc.app.box.com/v/ChestXray-NIHCC"): the root of every derived
/// UID.
[[nodiscard]] const Uuid& collection_namespace();

[[nodiscard]] Uuid uuid_v5(const Uuid& name_space, std::string_view name);

/// First four bytes, big-endian, of uuid_v5(collection_namespace(), name): the seed of synthetic
/// dates.
[[nodiscard]] std::uint32_t seed_of(std::string_view name);

/// `2.25.` + decimal without leading zeros; at most 44 characters.
[[nodiscard]] std::string uid_of(const Uuid& uuid);

/// PS3.5 §9.1: at most 64 characters, digits and single dots, no leading zero in a component.
[[nodiscard]] bool is_valid_uid(std::string_view uid);

/// A SOP class by its UID or, of storage classes, by its keyword of PS3.6
/// ("SecondaryCaptureImageStorage"). Null: neither.
[[nodiscard]] std::optional<std::string> sop_class_uid(std::string_view uid_or_keyword);

/// Derives UIDs for one content profile. One SOP Instance UID, one content: options that change
/// attributes or pixels select another namespace (secondary-capture mapping, "profile/k=v;...").
class UIDSource {
public:
    /// @param profile sorted "k=v;" of the options that differ from the default; empty: the
    /// default.
    explicit UIDSource(std::string_view profile = {});

    /// The UID of e.g. "instance/00000001_000".
    [[nodiscard]] std::string derive(std::string_view name) const {
        return uid_of(uuid_v5(namespace_, name));
    }

private:
    Uuid namespace_;
};

}  // namespace cxr::dicom
