#pragma once
/// What the node asks of whoever keeps the objects. bridge/ implements them; DICOMweb calls the
/// same. All calls are blocking and come from worker pool threads, several at a time.

#include "dicom/core/attributes.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/query/identifier.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cxr::storescp {

/// Matches in the order found. Holds no lock between calls; one caller at a time.
class MatchCursor {
public:
    virtual ~MatchCursor() = default;
    /// Up to `count` next matches, each with the requested keys, the unique keys of its level and
    /// above, Query/Retrieve Level, Retrieve AE Title and, where it applies, Instance Availability
    /// (PS3.4 C.4.1.1.3.2). Empty: no more.
    [[nodiscard]] virtual dicom::Result<std::vector<dicom::Attributes>> next(std::size_t count) = 0;
};

class QueryPort {
public:
    virtual ~QueryPort() = default;
    [[nodiscard]] virtual dicom::Result<std::unique_ptr<MatchCursor>> find(
        const dicom::QueryIdentifier& identifier) = 0;
};

/// One object that can be sent.
struct InstanceReference {
    std::string sop_class_uid;
    std::string sop_instance_uid;
    std::string transfer_syntax_uid;  ///< as kept; made ones: Explicit VR Little Endian
    std::int64_t handle = 0;          ///< the catalogue's own
};

class RetrievePort {
public:
    virtual ~RetrievePort() = default;
    /// In a stable order. Faults: exhausted, storage.
    [[nodiscard]] virtual dicom::Result<std::vector<InstanceReference>> instances(
        const dicom::RetrieveIdentifier& identifier) = 0;
    /// Every syntax in which load() can give this object, the kept one first.
    [[nodiscard]] virtual std::vector<std::string> transfer_syntaxes(
        const InstanceReference& instance) = 0;
    /// Faults: not_found (deleted since; PNG absent), malformed (damaged PNG), unsupported,
    /// storage.
    [[nodiscard]] virtual dicom::Result<dicom::EncodedObject> load(
        const InstanceReference& instance, const std::string& transfer_syntax_uid) = 0;
};

struct ReceptionRequest {
    std::string sop_class_uid;
    std::string sop_instance_uid;
    std::string transfer_syntax_uid;
    std::string calling_ae_title;
    std::string called_ae_title;
};

enum class StoreOutcome : std::uint8_t {
    stored,               ///< durable and indexed
    duplicate_identical,  ///< the same object was there: 0000H
    duplicate_kept,       ///< another content under the same UID was there and stays
    duplicate_replaced,
    duplicate_warned,  ///< as duplicate_kept, and the sender is told: B000H
};

/// One object being received. Destroyed without commit(): nothing remains.
class Reception {
public:
    virtual ~Reception() = default;
    /// Data set bytes as they arrived, in order. Faults: exhausted (disk full, quota: A700H),
    /// storage.
    [[nodiscard]] virtual dicom::Result<void> write(std::span<const std::byte> bytes) = 0;
    /// Scans, checks UIDs against the request, makes file and catalogue row durable, then returns.
    /// Faults: malformed (C000H), refused (UIDs do not match, with the element: A900H), exhausted,
    /// storage.
    [[nodiscard]] virtual dicom::Result<StoreOutcome> commit() = 0;
};

class ReceivePort {
public:
    virtual ~ReceivePort() = default;
    [[nodiscard]] virtual dicom::Result<std::unique_ptr<Reception>> begin(
        const ReceptionRequest& request) = 0;
};

}  // namespace cxr::storescp
