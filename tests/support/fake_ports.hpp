#pragma once
/// The ports of the node, in memory, with every fault they can have.

#include "dicom/core/transfer_syntax.hpp"
#include "storescp/events.hpp"
#include "storescp/ports.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>

namespace cxr::test {

/// Gives `matches` in order; before the one at `fails_at` a fault, or something thrown.
struct FakeQuery : storescp::QueryPort {
    std::vector<dicom::Attributes> matches;
    std::optional<dicom::Fault> find_fault;
    std::optional<std::size_t> fails_at, throws_at;
    std::function<void()> before_find;
    /// What was asked: of the last call.
    std::optional<dicom::QueryIdentifier> asked;
    std::atomic<std::size_t> given = 0;
    std::atomic<std::size_t> batches = 0;  ///< that were asked for
    bool knows_its_end = false;

    struct Cursor : storescp::MatchCursor {
        explicit Cursor(FakeQuery& query) : query_(query) {}
        dicom::Result<std::vector<dicom::Attributes>> next(std::size_t count) override {
            ++query_.batches;
            std::vector<dicom::Attributes> batch;
            while (batch.size() < count && query_.given < query_.matches.size()) {
                if (query_.fails_at == query_.given || query_.throws_at == query_.given) {
                    if (!batch.empty()) {
                        return batch;
                    }
                    return fail();
                }
                batch.push_back(query_.matches[query_.given++]);
            }
            if (batch.empty() &&
                (query_.fails_at == query_.given || query_.throws_at == query_.given)) {
                return fail();
            }
            return batch;
        }
        [[nodiscard]] bool is_done() const override {
            return query_.knows_its_end && query_.given == query_.matches.size();
        }

    private:
        dicom::Fault fail() const {
            if (query_.throws_at == query_.given) {
                throw std::runtime_error("a bug");
            }
            return {.kind = dicom::FaultKind::storage, .doing = "read /secret/catalogue.db"};
        }
        FakeQuery& query_;
    };

    dicom::Result<std::unique_ptr<storescp::MatchCursor>> find(
        const dicom::QueryIdentifier& identifier) override {
        asked = identifier;
        if (before_find) {
            before_find();
        }
        if (find_fault) {
            return *find_fault;
        }
        return std::unique_ptr<storescp::MatchCursor>(std::make_unique<Cursor>(*this));
    }
};

/// `kept` are its objects; each can be had as it is kept and in `others`.
struct FakeRetrieve : storescp::RetrievePort {
    std::vector<storescp::InstanceReference> kept;
    std::vector<std::string> others{std::string(dicom::explicit_vr_little_endian.uid),
                                    std::string(dicom::implicit_vr_little_endian.uid)};
    std::optional<dicom::Fault> instances_fault;
    std::map<std::string, dicom::Fault> load_faults;  ///< by SOP Instance UID
    std::string throws_on;                            ///< a SOP Instance UID
    std::string study_instance_uid;  ///< of all, for audits; empty: audits are told nothing
    std::function<void()> before_load;
    std::optional<dicom::RetrieveIdentifier> asked;
    std::mutex asking_;  ///< guards asked
    std::atomic<std::size_t> loads = 0;

    dicom::Result<std::vector<storescp::InstanceReference>> instances(
        const dicom::RetrieveIdentifier& identifier) override {
        const std::lock_guard lock(asking_);  // several moves may ask at once
        asked = identifier;
        if (instances_fault) {
            return *instances_fault;
        }
        return kept;
    }
    std::vector<storescp::AuditSubject> subjects(
        std::span<const storescp::InstanceReference> of) override {
        if (study_instance_uid.empty()) {
            return {};
        }
        storescp::AuditSubject subject{
            .patient_id = "P1", .study_instance_uid = study_instance_uid, .instances = {}};
        for (const storescp::InstanceReference& instance : of) {
            ++subject.instances[instance.sop_class_uid];
        }
        return {std::move(subject)};
    }
    std::vector<std::string> transfer_syntaxes(
        const storescp::InstanceReference& instance) override {
        std::vector<std::string> syntaxes{instance.transfer_syntax_uid};
        for (const std::string& other : others) {
            if (other != instance.transfer_syntax_uid) {
                syntaxes.push_back(other);
            }
        }
        return syntaxes;
    }
    dicom::Result<dicom::EncodedObject> load(const storescp::InstanceReference& instance,
                                             const std::string& transfer_syntax_uid) override {
        if (before_load) {
            before_load();
        }
        ++loads;
        if (instance.sop_instance_uid == throws_on) {
            throw std::runtime_error("a bug");
        }
        if (const auto fault = load_faults.find(instance.sop_instance_uid);
            fault != load_faults.end()) {
            return fault->second;
        }
        const dicom::TransferSyntax& syntax = *dicom::find_transfer_syntax(transfer_syntax_uid);
        dicom::Attributes attributes;
        put(attributes, DcmTagKey(0x0008, 0x0016), instance.sop_class_uid);
        put(attributes, DcmTagKey(0x0008, 0x0018), instance.sop_instance_uid);
        put(attributes, DcmTagKey(0x0010, 0x0020), "P1");
        put(attributes, DcmTagKey(0x0020, 0x000D), "1.2.3");
        put(attributes, DcmTagKey(0x0020, 0x000E), "1.2.3.4");
        dicom::EncodedObject object{.sop_class_uid = instance.sop_class_uid,
                                    .sop_instance_uid = instance.sop_instance_uid,
                                    .transfer_syntax_uid = transfer_syntax_uid,
                                    .segments = {}};
        object.segments.push_back(dicom::Segment::of(dicom::encode_attributes(attributes, syntax)));
        return object;
    }
};

struct ReceivedObject {
    storescp::ReceptionRequest request;
    std::vector<std::byte> bytes;
};

struct FakeReceive : storescp::ReceivePort {
    std::optional<dicom::Fault> begin_fault, write_fault, commit_fault;
    storescp::StoreOutcome outcome = storescp::StoreOutcome::stored;
    bool throws = false;
    // Written on the pool.
    std::mutex mutex;
    std::vector<ReceivedObject> committed;
    std::atomic<std::size_t> writes = 0, dropped = 0;

    std::size_t committed_count() {
        const std::lock_guard lock(mutex);
        return committed.size();
    }

    struct Reception : storescp::Reception {
        Reception(FakeReceive& port, storescp::ReceptionRequest request)
            : port_(port), object_{std::move(request), {}} {}
        ~Reception() override {
            if (!committed_) {
                ++port_.dropped;
            }
        }
        dicom::Result<void> write(std::span<const std::byte> bytes) override {
            ++port_.writes;
            if (port_.write_fault) {
                return *port_.write_fault;
            }
            object_.bytes.insert(object_.bytes.end(), bytes.begin(), bytes.end());
            return {};
        }
        dicom::Result<storescp::StoreOutcome> commit() override {
            if (port_.throws) {
                throw std::runtime_error("a bug");
            }
            if (port_.commit_fault) {
                return *port_.commit_fault;
            }
            const std::lock_guard lock(port_.mutex);
            committed_ = true;
            port_.committed.push_back(std::move(object_));
            return port_.outcome;
        }

    private:
        FakeReceive& port_;
        ReceivedObject object_;
        bool committed_ = false;
    };

    dicom::Result<std::unique_ptr<storescp::Reception>> begin(
        const storescp::ReceptionRequest& request) override {
        if (begin_fault) {
            return *begin_fault;
        }
        return std::unique_ptr<storescp::Reception>(std::make_unique<Reception>(*this, request));
    }
};

/// Keeps every event of one kind.
template <typename Kind>
struct KeptEvents : storescp::EventSink {
    std::mutex mutex;
    std::vector<Kind> kept;
    std::vector<storescp::SubOperationFailed> failed_sub_operations;
    std::vector<storescp::DeliveryAudited> audited;
    std::condition_variable more, more_audited;
    /// So many of them, once they are there: a peer may read its answer before they are told.
    std::vector<Kind> wait_for(std::size_t count) {
        std::unique_lock lock(mutex);
        if (!more.wait_for(lock, std::chrono::seconds(30), [&] { return kept.size() >= count; })) {
            throw std::runtime_error("an event that was waited for did not happen");
        }
        return kept;
    }
    void on(const storescp::Event& event) override {
        const std::lock_guard lock(mutex);
        if (const auto* const wanted = std::get_if<Kind>(&event)) {
            kept.push_back(*wanted);
            more.notify_all();
        }
        if (const auto* const failed = std::get_if<storescp::SubOperationFailed>(&event)) {
            failed_sub_operations.push_back(*failed);
        }
        if (const auto* const audit = std::get_if<storescp::DeliveryAudited>(&event)) {
            audited.push_back(*audit);
            more_audited.notify_all();
        }
    }
};

}  // namespace cxr::test
