#include "objects/examined_object.hpp"

#include "dicom/core/data_set_scan.hpp"
#include "dicom/core/uid.hpp"
#include "objects/received_entities.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::bridge {

namespace {

constexpr std::size_t inflated_bytes_max = 512ULL << 20;

Fault refusal(std::string why, const DcmTagKey& element) {
    return {.kind = FaultKind::refused, .doing = std::move(why), .element = element};
}

Result<ReceivedObject> examine_plain(std::span<const std::byte> bytes,
                                     const dicom::TransferSyntax& transfer_syntax) {
    const auto scan = dicom::scan_data_set(bytes, transfer_syntax);
    if (!scan) {
        return scan.error();
    }
    if (scan->elements.empty()) {
        return Fault{.kind = FaultKind::malformed, .doing = "the data set is empty"};
    }
    ReceivedObject object;
    fill_entities(entity_attributes(bytes, *scan, transfer_syntax), object);
    const std::pair<DcmTagKey, const std::string*> uids[] = {
        {DCM_SOPClassUID, &object.instance.sop_class_uid},
        {DCM_SOPInstanceUID, &object.instance.sop_instance_uid},
        {DCM_StudyInstanceUID, &object.study.study_instance_uid},
        {DCM_SeriesInstanceUID, &object.series.series_instance_uid}};
    for (const auto& [tag, uid] : uids) {
        if (!dicom::is_valid_uid(*uid)) {
            return refusal(uid->empty() ? "a UID is missing" : "not a valid UID", tag);
        }
    }
    return object;
}

}  // namespace

Result<ReceivedObject> examine(std::span<const std::byte> data_set,
                               const dicom::TransferSyntax& transfer_syntax) {
    std::vector<std::byte> inflated;
    std::span<const std::byte> plain = data_set;
    if (transfer_syntax.deflated) {
        auto bytes = dicom::inflate_data_set(data_set, inflated_bytes_max);
        if (!bytes) {
            return bytes.error();
        }
        inflated = *std::move(bytes);
        plain = inflated;
    }
    auto object = examine_plain(plain, transfer_syntax);
    if (object) {
        object->transfer_syntax_uid = transfer_syntax.uid;
        object->bytes = data_set.size();
    }
    return object;
}

Result<void> check_against(const storescp::ReceptionRequest& request,
                           const ReceivedObject& object) {
    if (object.instance.sop_class_uid != request.sop_class_uid) {
        return refusal("SOP Class UID is not the request's", DCM_SOPClassUID);
    }
    if (object.instance.sop_instance_uid != request.sop_instance_uid) {
        return refusal("SOP Instance UID is not the request's", DCM_SOPInstanceUID);
    }
    if (!request.study_instance_uid.empty() &&
        object.study.study_instance_uid != request.study_instance_uid) {
        return refusal("Study Instance UID is not the request's", DCM_StudyInstanceUID);
    }
    return {};
}

}  // namespace cxr::bridge
