#pragma once
/// Small objects to send to a store, and a store with its catalogue at work in a folder.

#include "bridge/catalogue/generated_folder.hpp"
#include "bridge/objects/object_source.hpp"
#include "bridge/objects/received_store.hpp"
#include "dicom/core/attributes.hpp"
#include "dicom/core/data_set_scan.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxr::test {

struct ObjectToStore {
    std::string sop_class_uid = "1.2.840.10008.5.1.4.1.1.7";  // of the request
    std::string sop_instance_uid;                             // of the request
    std::string transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid);
    dicom::Attributes attributes;
    std::vector<std::byte> data_set;

    void leave_out(const DcmTagKey& tag) {
        std::erase_if(attributes, [&](const auto& attribute) { return attribute.tag == tag; });
        encode();
    }
    void encode() {
        data_set = dicom::encode_attributes(attributes, dicom::explicit_vr_little_endian);
    }
};

inline ObjectToStore object_to_store(const std::string& uid, const std::string& comment = "none") {
    ObjectToStore object;
    object.sop_instance_uid = uid;
    dicom::put(object.attributes, DCM_SOPClassUID, object.sop_class_uid);
    dicom::put(object.attributes, DCM_SOPInstanceUID, uid);
    dicom::put(object.attributes, DCM_StudyInstanceUID, "1.2");
    dicom::put(object.attributes, DCM_SeriesInstanceUID, "1.2.1");
    dicom::put(object.attributes, DCM_PatientID, "P1");
    dicom::put(object.attributes, DCM_PatientName, "Müller^Jürgen");
    dicom::put(object.attributes, DCM_Modality, "OT");
    dicom::put(object.attributes, DCM_ImageComments, comment);
    object.encode();
    return object;
}

inline storescp::ReceptionRequest request_of(const ObjectToStore& object) {
    return {.sop_class_uid = object.sop_class_uid,
            .sop_instance_uid = object.sop_instance_uid,
            .transfer_syntax_uid = object.transfer_syntax_uid,
            .calling_ae_title = "SENDER",
            .called_ae_title = "CXRBRIDGE"};
}

struct StoreRules {
    std::uint64_t quota_bytes = 0;
    bridge::DuplicatePolicy duplicates = bridge::DuplicatePolicy::keep_first;
};

class StoreAtWork {
public:
    explicit StoreAtWork(StoreRules rules = {}, std::optional<std::filesystem::path> folder = {})
        : rules_(rules), folder_(folder ? *folder : own_folder_.path()) {
        open();
    }

    [[nodiscard]] std::filesystem::path root() const { return folder_ / "received"; }

    void open_again() {
        store.reset();
        catalogue.reset();
        open();
    }
    void lose_catalogue() {
        store.reset();
        catalogue.reset();
        for (const char* ending : {"", "-wal", "-shm"}) {
            std::filesystem::remove(folder_ / (std::string("catalogue.sqlite") + ending));
        }
        open();
    }

    [[nodiscard]] dicom::Result<storescp::StoreOutcome> put(const ObjectToStore& object) {
        auto reception = store->begin(request_of(object));
        if (!reception) {
            return reception.error();
        }
        // In two pieces, as PDVs come.
        const std::span<const std::byte> bytes(object.data_set);
        const std::size_t half = bytes.size() / 2;
        for (const auto piece : {bytes.first(half), bytes.subspan(half)}) {
            if (auto written = (*reception)->write(piece); !written) {
                return written.error();
            }
        }
        return (*reception)->commit();
    }

    /// As a C-MOVE would send it, in the syntax in which it is kept.
    [[nodiscard]] std::vector<std::byte> bytes_of(const std::string& sop_instance_uid) {
        bridge::ObjectSource source(
            *catalogue,
            {.data_set = folder_, .store = root(), .mapping = {}, .cache_bytes_max = 1 << 20});
        dicom::RetrieveIdentifier identifier;
        identifier.sop_instance_uids = {sop_instance_uid};
        const auto instances = need(source.instances(identifier));
        BOOST_REQUIRE(instances.size() == 1U);
        const auto object = need(source.load(instances[0], instances[0].transfer_syntax_uid));
        std::vector<std::byte> bytes;
        for (const dicom::Segment& segment : object.segments) {
            bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
        }
        return bytes;
    }

    std::unique_ptr<bridge::Catalogue> catalogue;
    std::unique_ptr<bridge::ReceivedStore> store;

private:
    void open() {
        bridge::CatalogueSettings settings;
        settings.file = folder_ / "catalogue.sqlite";
        catalogue = need(bridge::Catalogue::open(settings));
        store = std::make_unique<bridge::ReceivedStore>(
            *catalogue,
            bridge::ReceivedStoreSettings{.root = root(),
                                          .quota_bytes = rules_.quota_bytes,
                                          .duplicates = rules_.duplicates});
    }

    TemporaryFolder own_folder_;
    const StoreRules rules_;
    const std::filesystem::path folder_;
};

}  // namespace cxr::test
