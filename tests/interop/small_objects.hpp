#pragma once
/// Small Secondary Captures of one study (2.25.1) and series (2.25.2) of the patient DURABLE, one
/// Part 10 file each.

#include "dicom/codec/codec.hpp"
#include "dicom/core/attributes.hpp"
#include "dicom/core/uid.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace cxr::test {

/// 000.dcm, 001.dcm, …; their SOP Instance UIDs in that order.
inline std::vector<std::string> write_small_objects(const std::filesystem::path& folder,
                                                    std::size_t count) {
    std::filesystem::create_directories(folder);
    std::vector<std::string> uids;
    for (std::size_t i = 0; i < count; ++i) {
        uids.push_back(dicom::UIDSource().derive(fmt::format("durability/{}", i)));
        dicom::Attributes attributes;
        using dicom::put;
        put(attributes, DCM_SOPClassUID, "1.2.840.10008.5.1.4.1.1.7");
        put(attributes, DCM_SOPInstanceUID, uids.back());
        put(attributes, DCM_PatientID, "DURABLE");
        put(attributes, DCM_PatientName, "Durable^Patient");
        put(attributes, DCM_StudyInstanceUID, "2.25.1");
        put(attributes, DCM_SeriesInstanceUID, "2.25.2");
        put(attributes, DCM_InstanceNumber, std::to_string(i));
        put(attributes, DCM_ImageComments, std::string(8'000, 'x'));
        dicom::EncodedObject object{
            .sop_class_uid = "1.2.840.10008.5.1.4.1.1.7",
            .sop_instance_uid = uids.back(),
            .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid),
            .segments = {dicom::Segment::of(
                dicom::encode_attributes(attributes, dicom::explicit_vr_little_endian))}};
        std::ofstream file(folder / fmt::format("{:03}.dcm", i), std::ios::binary);
        const auto write = [&file](std::span<const std::byte> bytes) {
            file.write(reinterpret_cast<const char*>(bytes.data()),
                       static_cast<std::streamsize>(bytes.size()));
        };
        write(dicom::file_meta_information(object));
        write(object.segments.front().bytes);
    }
    return uids;
}

}  // namespace cxr::test
