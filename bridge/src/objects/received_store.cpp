#include "bridge/objects/received_store.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/core/uid.hpp"
#include "objects/digest.hpp"
#include "objects/examined_object.hpp"
#include "objects/mapped_file.hpp"
#include "objects/store_keeper.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::bridge {

using storescp::Reception;
using storescp::ReceptionRequest;
using storescp::StoreOutcome;

namespace {

/// Bytes on their way from the wire to the disk: hashed and counted as they pass.
class StoredReception final : public Reception {
public:
    StoredReception(StoreKeeper& store,
                    ReceptionRequest request,
                    const dicom::TransferSyntax& transfer_syntax,
                    IncomingFile file)
        : store_(store),
          request_(std::move(request)),
          transfer_syntax_(transfer_syntax),
          file_(std::move(file)) {}
    ~StoredReception() override { store_.release(reserved_); }
    StoredReception(const StoredReception&) = delete;
    StoredReception& operator=(const StoredReception&) = delete;

    /// The Part 10 header: the file is useful by itself (PS3.10 §7).
    Result<void> write_header() {
        const std::vector<std::byte> header =
            dicom::file_meta_information({.sop_class_uid = request_.sop_class_uid,
                                          .sop_instance_uid = request_.sop_instance_uid,
                                          .transfer_syntax_uid = std::string(transfer_syntax_.uid),
                                          .segments = {}},
                                         request_.calling_ae_title);
        header_bytes_ = header.size();
        return reserve_and_write(header);
    }

    Result<void> write(std::span<const std::byte> bytes) override {
        digest_.add(bytes);
        return reserve_and_write(bytes);
    }

    Result<StoreOutcome> commit() override {
        auto object = examine_file();
        if (!object) {
            return object.error();
        }
        subject_ = {.patient_id = object->patient.patient_id,
                    .study_instance_uid = object->study.study_instance_uid,
                    .instances = {{request_.sop_class_uid, 1}}};
        place_ = {.study_instance_uid = object->study.study_instance_uid,
                  .series_instance_uid = object->series.series_instance_uid};
        auto outcome = store_.keep({.file = file_,
                                    .object = *std::move(object),
                                    .name_hash = digest_.hex(transfer_syntax_.uid)});
        if (outcome &&
            (*outcome == StoreOutcome::stored || *outcome == StoreOutcome::duplicate_replaced)) {
            reserved_ = 0;  // the store's own from here on
        }
        return outcome;
    }

    [[nodiscard]] storescp::AuditSubject subject() const override { return subject_; }
    [[nodiscard]] storescp::StudyAndSeries place() const override { return place_; }

private:
    Result<void> reserve_and_write(std::span<const std::byte> bytes) {
        if (auto reserved = store_.reserve(bytes.size()); !reserved) {
            return reserved.error();
        }
        reserved_ += bytes.size();
        return file_.write(bytes);
    }

    Result<ReceivedObject> examine_file() {
        const auto mapped = map_file(file_.path());
        if (!mapped) {
            return mapped.error();
        }
        auto object = examine(mapped->bytes.subspan(header_bytes_), transfer_syntax_);
        if (!object) {
            return object;
        }
        if (auto checked = check_against(request_, *object); !checked) {
            return checked.error();
        }
        object->sha256 = digest_.hex();
        object->calling_ae_title = request_.calling_ae_title;
        return object;
    }

    StoreKeeper& store_;
    const ReceptionRequest request_;
    const dicom::TransferSyntax& transfer_syntax_;
    IncomingFile file_;
    Digest digest_;
    std::size_t header_bytes_ = 0;
    std::uint64_t reserved_ = 0;
    storescp::AuditSubject subject_;
    storescp::StudyAndSeries place_;
};

}  // namespace

class ReceivedStore::Impl {
public:
    Impl(Catalogue& catalogue, ReceivedStoreSettings settings)
        : keeper(catalogue, std::move(settings)) {}

    StoreKeeper keeper;
};

ReceivedStore::ReceivedStore(Catalogue& catalogue, ReceivedStoreSettings settings)
    : impl_(std::make_unique<Impl>(catalogue, std::move(settings))) {}
ReceivedStore::~ReceivedStore() = default;

Result<std::unique_ptr<Reception>> ReceivedStore::begin(const ReceptionRequest& request) {
    if (!dicom::is_valid_uid(request.sop_instance_uid)) {
        return Fault{.kind = FaultKind::refused,
                     .doing = "Affected SOP Instance UID is no UID",
                     .element = DCM_AffectedSOPInstanceUID};
    }
    const auto* syntax = dicom::find_transfer_syntax(request.transfer_syntax_uid);
    if (syntax == nullptr) {
        return Fault{.kind = FaultKind::unsupported, .doing = "unknown transfer syntax"};
    }
    auto file = impl_->keeper.create_incoming();
    if (!file) {
        return file.error();
    }
    auto reception =
        std::make_unique<StoredReception>(impl_->keeper, request, *syntax, *std::move(file));
    if (auto written = reception->write_header(); !written) {
        return written.error();
    }
    return std::unique_ptr<Reception>(std::move(reception));
}

const Reconciliation& ReceivedStore::reconciliation() const {
    return impl_->keeper.reconciliation();
}

}  // namespace cxr::bridge
