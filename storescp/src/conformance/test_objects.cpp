#include "conformance/test_objects.hpp"

namespace cxr::storescp::conformance {

namespace {

constexpr unsigned side = 8;

std::string ramp() {
    std::string pixels;
    for (unsigned i = 0; i < side * side; ++i) {
        pixels += static_cast<char>(i * 4);
    }
    return pixels;
}

}  // namespace

Attributes test_object(const TestObjectIdentity& identity) {
    const std::string size = std::to_string(side);
    Attributes object = keys("",
                             {{DCM_SOPClassUID, std::string(sop::secondary_capture)},
                              {DCM_SOPInstanceUID, identity.sop_instance_uid},
                              {DCM_StudyDate, "20240229"},
                              {DCM_StudyTime, "101112"},
                              {DCM_AccessionNumber, "CXRCONFORM"},
                              {DCM_Modality, "OT"},
                              {DCM_ConversionType, "SYN"},
                              {DCM_ReferringPhysicianName, ""},
                              {DCM_StudyDescription, "Conformance test object"},
                              {DCM_PatientName, std::string(test_patient_name)},
                              {DCM_PatientID, std::string(test_patient_id)},
                              {DCM_PatientBirthDate, ""},
                              {DCM_PatientSex, "O"},
                              {DCM_StudyInstanceUID, identity.study_instance_uid},
                              {DCM_SeriesInstanceUID, identity.series_instance_uid},
                              {DCM_StudyID, "CONFORM"},
                              {DCM_SeriesNumber, "1"},
                              {DCM_InstanceNumber, "1"},
                              {DCM_PatientOrientation, ""},
                              {DCM_SamplesPerPixel, "1"},
                              {DCM_PhotometricInterpretation, "MONOCHROME2"},
                              {DCM_Rows, size},
                              {DCM_Columns, size},
                              {DCM_BitsAllocated, "8"},
                              {DCM_BitsStored, "8"},
                              {DCM_HighBit, "7"},
                              {DCM_PixelRepresentation, "0"}});
    dicom::put(object, DCM_PixelData, dicom::VR::OW, ramp());
    return object;
}

Attributes test_object(const Play& play, std::string_view name) {
    const std::string prefix(name);
    return test_object({.study_instance_uid = play.uid(prefix + "/study"),
                        .series_instance_uid = play.uid(prefix + "/series"),
                        .sop_instance_uid = play.uid(prefix + "/instance")});
}

HeldInstance held_instance(const Attributes& object) {
    const auto value = [&](const DcmTagKey& tag) {
        return std::string(dicom::value_of(object, tag));
    };
    return {.patient_id = value(DCM_PatientID),
            .study_instance_uid = value(DCM_StudyInstanceUID),
            .series_instance_uid = value(DCM_SeriesInstanceUID),
            .sop_instance_uid = value(DCM_SOPInstanceUID),
            .sop_class_uid = value(DCM_SOPClassUID)};
}

}  // namespace cxr::storescp::conformance
