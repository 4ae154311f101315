#include "report/observers.hpp"

#include "dicom/core/uid.hpp"
#include "report/concepts.hpp"
#include "report/report_identity.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::dicom {
namespace {

using concepts::has_obs_context;

void add_text(std::vector<ContentItem>& context, const Code& name, const std::string& value) {
    if (!value.empty()) {
        context.push_back({has_obs_context, name, Text{value}});
    }
}

void add_device(std::vector<ContentItem>& context, const Observer& device) {
    context.push_back({has_obs_context, concepts::observer_type, concepts::device});
    context.push_back(
        {has_obs_context, concepts::device_observer_uid, UIDReference{device_uid_of(device)}});
    add_text(context, concepts::device_observer_name, device.name);
    add_text(context, concepts::device_observer_manufacturer, device.manufacturer);
    add_text(context, concepts::device_observer_model, device.model_name);
}

void add_person(std::vector<ContentItem>& context, const Observer& person) {
    context.push_back({has_obs_context, concepts::observer_type, concepts::person});
    context.push_back({has_obs_context, concepts::person_observer_name, PersonName{person.name}});
    add_text(context, concepts::person_observer_organization, person.organization);
    context.push_back({has_obs_context,
                       Code{"121011", "DCM", "Person Observer's Role in this Procedure"},
                       Code{"C28747", "NCIt", "Reader"}});
}

}  // namespace

Observer text_miner(Release release) {
    return {.type = ObserverType::device,
            .name = "NIH ChestX-ray14 report text miner",
            .organization = {},
            .manufacturer = std::string(nih_clinical_center),
            .model_name = "Data_Entry_2017",
            .software_version = release == Release::v2020 ? "v2020" : "v2017",
            .device_uid = text_miner_device_uid()};
}

Observer nih_reader() {
    Observer reader;
    reader.name = "Radiologist^NIH CC";
    reader.organization = nih_clinical_center;
    return reader;
}

std::string device_uid_of(const Observer& device) {
    if (!device.device_uid.empty()) {
        return device.device_uid;
    }
    return UIDSource().derive("device|" + device.name + '|' + device.manufacturer + '|' +
                              device.model_name + '|' + device.software_version);
}

void add_observer(std::vector<ContentItem>& context, const Observer& observer) {
    if (observer.type == ObserverType::device) {
        add_device(context, observer);
    } else {
        add_person(context, observer);
    }
}

void add_algorithm(ContentItem& item, const Observer& device) {
    item.children.push_back(
        {concepts::has_concept_mod, concepts::algorithm_name, Text{device.model_name}});
    item.children.push_back(
        {concepts::has_concept_mod, concepts::algorithm_version, Text{device.software_version}});
}

void write_contributing_equipment(DcmItem& document, const Observer& device) {
    DcmItem& equipment = add_item(document, DCM_ContributingEquipmentSequence);
    put_text(equipment, DCM_Manufacturer, EVR_LO, device.manufacturer);
    put_optional_text(equipment, DCM_ManufacturerModelName, EVR_LO, device.model_name);
    put_text(equipment, DCM_DeviceUID, EVR_UI, device_uid_of(device));
    put_optional_text(equipment, DCM_SoftwareVersions, EVR_LO, device.software_version);
    put_code(
        equipment, DCM_PurposeOfReferenceCodeSequence, {"109102", "DCM", "Processing Equipment"});
}

}  // namespace cxr::dicom
