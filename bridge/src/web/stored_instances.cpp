#include "stored_instances.hpp"

#include "dicom/core/transfer_syntax.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

namespace cxr::bridge::web {

bool is_uid(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<std::vector<storescp::InstanceReference>> instances_of(const Request& request,
                                                              storescp::RetrievePort& port) {
    dicom::RetrieveIdentifier identifier;
    struct Level {
        const char* capture;
        dicom::QueryLevel level;
        std::vector<std::string>* uids;
    };
    const Level levels[] = {{"study", dicom::QueryLevel::study, &identifier.study_instance_uids},
                            {"series", dicom::QueryLevel::series, &identifier.series_instance_uids},
                            {"instance", dicom::QueryLevel::image, &identifier.sop_instance_uids}};
    for (const Level& level : levels) {
        const std::string* const uid = find(request.captures, level.capture);
        if (uid == nullptr) {
            continue;
        }
        if (!is_uid(*uid)) {
            return Fault{.kind = FaultKind::malformed,
                         .doing = std::string("the path's ") + level.capture + " is no UID"};
        }
        identifier.level = level.level;
        level.uids->push_back(*uid);
    }
    auto instances = port.instances(identifier);
    if (instances && instances->empty()) {
        return Fault{.kind = FaultKind::not_found, .doing = "there is no such object"};
    }
    return instances;
}

Result<dicom::EncodedObject> load_readable(const storescp::InstanceReference& instance,
                                           storescp::RetrievePort& port) {
    const dicom::TransferSyntax* const kept =
        dicom::find_transfer_syntax(instance.transfer_syntax_uid);
    const bool readable = kept != nullptr && !kept->deflated && !kept->big_endian;
    return port.load(instance,
                     readable ? instance.transfer_syntax_uid
                              : std::string(dicom::explicit_vr_little_endian.uid));
}

std::string instance_url(const std::string& origin, const dicom::Attributes& attributes) {
    std::string url = origin + "/dicom-web/studies/";
    url.append(dicom::value_of(attributes, DCM_StudyInstanceUID));
    url.append("/series/").append(dicom::value_of(attributes, DCM_SeriesInstanceUID));
    url.append("/instances/").append(dicom::value_of(attributes, DCM_SOPInstanceUID));
    return url;
}

void tell_sent(const Request& request,
               const std::vector<storescp::InstanceReference>& instances,
               const WebPorts& ports) {
    if (ports.audit != nullptr) {
        ports.audit->sent(request, ports.retrieve.subjects(instances));
    }
}

bool concerns_one_object(const Fault& fault) {
    return fault.kind == FaultKind::not_found || fault.kind == FaultKind::malformed ||
           fault.kind == FaultKind::unsupported;
}

}  // namespace cxr::bridge::web
