#pragma once
/// What the node asks of whoever keeps the objects. bridge/ implements them; DICOMweb calls the
/// same. All calls are blocking and come from worker pool threads, several at a time.

#include "dicom/core/attributes.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/query/identifier.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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
    /// Is it known that there are no more? Else the next batch may still be empty.
    [[nodiscard]] virtual bool is_done() const { return false; }
};

class QueryPort {
public:
    virtual ~QueryPort() = default;
    [[nodiscard]] virtual dicom::Result<std::unique_ptr<MatchCursor>> find(
        const dicom::QueryIdentifier& identifier) = 0;
};

/// Whose objects an operation is about: patient data, for the audit trail (PS3.15 A.5) alone.
struct AuditSubject {
    std::string patient_id;
    std::string study_instance_uid;
    std::map<std::string, std::uint64_t> instances{};  ///< how many, by SOP class
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
    /// Study by study, whose they are.
    [[nodiscard]] virtual std::vector<AuditSubject> subjects(
        std::span<const InstanceReference> /*instances*/) {
        return {};
    }
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
    std::string study_instance_uid{};  ///< that it must belong to; empty: to any
};

enum class StoreOutcome : std::uint8_t {
    stored,               ///< durable and indexed
    duplicate_identical,  ///< the same object was there: 0000H
    duplicate_kept,       ///< another content under the same UID was there and stays
    duplicate_replaced,
    duplicate_warned,  ///< as duplicate_kept, and the sender is told: B000H
};

/// Where an object has its place.
struct StudyAndSeries {
    std::string study_instance_uid, series_instance_uid;
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
    /// Once commit() has succeeded.
    [[nodiscard]] virtual AuditSubject subject() const { return {}; }
    [[nodiscard]] virtual StudyAndSeries place() const { return {}; }
};

class ReceivePort {
public:
    virtual ~ReceivePort() = default;
    [[nodiscard]] virtual dicom::Result<std::unique_ptr<Reception>> begin(
        const ReceptionRequest& request) = 0;
};

// Storage commitment (PS3.4 Annex J).

/// An item of the Referenced SOP Sequence (PS3.3 C.14).
struct SOPReference {
    std::string sop_class_uid;
    std::string sop_instance_uid;
    friend bool operator==(const SOPReference&, const SOPReference&) = default;
    friend auto operator<=>(const SOPReference&, const SOPReference&) = default;
};

/// Failure Reason (0008,1197): no others are allowed (PS3.3 C.14.1.1).
namespace failure_reason {
inline constexpr std::uint16_t processing_failure = 0x0110;
inline constexpr std::uint16_t no_such_object_instance = 0x0112;
inline constexpr std::uint16_t class_instance_conflict = 0x0119;
inline constexpr std::uint16_t sop_class_not_supported = 0x0122;
inline constexpr std::uint16_t duplicate_transaction_uid = 0x0131;
inline constexpr std::uint16_t resource_limitation = 0x0213;
}  // namespace failure_reason

struct FailedReference {
    SOPReference reference;
    std::uint16_t failure_reason = failure_reason::processing_failure;
    friend bool operator==(const FailedReference&, const FailedReference&) = default;
};

/// What an N-ACTION asks for.
struct CommitmentRequest {
    std::string transaction_uid;
    std::vector<SOPReference> references;  ///< each once
};

/// What an N-EVENT-REPORT says; committed and failed together are what was asked for.
struct CommitmentReport {
    std::string transaction_uid;
    std::vector<SOPReference> committed;
    std::vector<FailedReference> failed;
};

/// A transaction that its requester has not been told of yet.
struct OwedCommitment {
    std::int64_t id = 0;  ///< the port's own: a transaction UID can be used twice (0131H)
    std::string transaction_uid;
    std::string requester_ae_title;
    std::string own_ae_title;  ///< that the requester called
    unsigned attempts = 0;     ///< to tell it, so far
};

/// What became of an attempt to tell a requester.
struct CommitmentDelivery {
    enum class Outcome : std::uint8_t { delivered, postponed, abandoned };
    Outcome outcome = Outcome::delivered;
    std::chrono::system_clock::time_point next_attempt{};  ///< of a postponed one
    std::string why = {};
};

/// Transactions that others ask of us. Everything is durable when a call returns.
class CommitmentPort {
public:
    virtual ~CommitmentPort() = default;
    /// Keeps a request, owed at once; gives its id. When the transaction UID was used before, by
    /// whomever, all of its references fail for that. Faults: exhausted (as many as may be owed),
    /// storage.
    [[nodiscard]] virtual dicom::Result<std::int64_t> accept(const CommitmentRequest& request,
                                                             const std::string& requester_ae_title,
                                                             const std::string& own_ae_title) = 0;
    /// The transaction UID of an N-ACTION that failed: it cannot be used again. Faults: storage.
    [[nodiscard]] virtual dicom::Result<void> spoil(const std::string& transaction_uid,
                                                    const std::string& requester_ae_title) = 0;
    /// Looks at some of the references: a bounded piece of work. True: all are decided, and stay
    /// so. Faults: storage.
    [[nodiscard]] virtual dicom::Result<bool> decide(std::int64_t id) = 0;
    /// Of a decided one. Faults: not_found, storage.
    [[nodiscard]] virtual dicom::Result<CommitmentReport> report(std::int64_t id) = 0;
    /// The oldest one of each requester whose time has come, or who is `present`: an association of
    /// its stands, over which it can be told. At most `count`. Faults: storage.
    [[nodiscard]] virtual dicom::Result<std::vector<OwedCommitment>> owed(
        std::chrono::system_clock::time_point now,
        std::span<const std::string> present,
        std::size_t count) = 0;
    /// When the next one's time comes; nothing: none is owed. Faults: storage.
    [[nodiscard]] virtual dicom::Result<std::optional<std::chrono::system_clock::time_point>>
    next_attempt() = 0;
    /// Faults: storage.
    [[nodiscard]] virtual dicom::Result<void> settle(std::int64_t id,
                                                     const CommitmentDelivery& delivery) = 0;
};

/// Answers to transactions that we asked of others.
class CommitmentResultPort {
public:
    virtual ~CommitmentResultPort() = default;
    /// Durable when it returns. False: not a transaction that we asked `provider_ae_title` for.
    /// Faults: storage.
    [[nodiscard]] virtual dicom::Result<bool> conclude(const CommitmentReport& report,
                                                       const std::string& provider_ae_title) = 0;
};

// Delivery: objects that a node sends of itself.

/// An object that a destination is to get.
struct OwedObject {
    std::int64_t id = 0;  ///< the port's own
    InstanceReference instance;
    unsigned attempts = 0;  ///< that failed, so far
};

/// What became of one object.
struct ObjectDelivery {
    enum class Outcome : std::uint8_t { delivered, postponed, failed };
    Outcome outcome = Outcome::delivered;
    std::optional<std::uint16_t> status{};                 ///< of the response, where there was one
    std::string why{};                                     ///< also of a delivery with a warning
    std::chrono::system_clock::time_point next_attempt{};  ///< of a postponed one
};

/// A destination that was tried in vain.
struct DestinationPause {
    unsigned attempts = 0;  ///< in a row
    /// Nothing: it is given up until a person puts it back.
    std::optional<std::chrono::system_clock::time_point> next_attempt{};
    std::string why{};
};

/// What is owed to whom. Everything is kept when a call returns.
class DeliveryPort {
public:
    virtual ~DeliveryPort() = default;
    /// The next objects of a destination whose time has come, as being sent from now on: the least
    /// often tried first, at most `count`. None while the destination is paused. What is not there
    /// any more has failed. Faults: storage.
    [[nodiscard]] virtual dicom::Result<std::vector<OwedObject>> take_due(
        const std::string& ae_title,
        std::chrono::system_clock::time_point now,
        std::size_t count) = 0;
    /// What was taken and is not settled waits as before. Faults: storage.
    [[nodiscard]] virtual dicom::Result<void> put_back(const std::string& ae_title) = 0;
    /// Faults: storage.
    [[nodiscard]] virtual dicom::Result<void> settle(std::int64_t id,
                                                     const ObjectDelivery& delivery) = 0;
    /// Failed attempts in a row to reach a destination. Faults: storage.
    [[nodiscard]] virtual dicom::Result<unsigned> attempts(const std::string& ae_title) = 0;
    /// No attempts: it was reached. Faults: storage.
    [[nodiscard]] virtual dicom::Result<void> pause(const std::string& ae_title,
                                                    const DestinationPause& pause) = 0;
    /// The delivered objects that a destination is still to be asked to commit to, as a transaction
    /// that is noted as asked; nothing: there are none. Faults: storage.
    [[nodiscard]] virtual dicom::Result<std::optional<CommitmentRequest>> begin_commitment(
        const std::string& ae_title, std::size_t references_max) = 0;
    /// It was not asked: the provider refused for good, or (`again`) did not hear it. Faults:
    /// storage.
    [[nodiscard]] virtual dicom::Result<void> withdraw_commitment(
        const std::string& transaction_uid, const std::string& why, bool again) = 0;
};

}  // namespace cxr::storescp
