#pragma once
/// Small image objects whose pixels a test chooses.

#include "dicom/codec/codec.hpp"
#include "dicom/core/attributes.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <cstdint>
#include <string>
#include <vector>

namespace cxr::test {

struct SmallImage {
    std::uint32_t rows = 8, columns = 8;
    std::string pixels{};  ///< 8 bits a sample, frame after frame, row by row
    unsigned samples = 1;
    unsigned frames = 1;
    std::string photometric_interpretation = "MONOCHROME2";
    dicom::Attributes others{};  ///< added, in any order
};

/// In Explicit VR Little Endian; study 1.2.3, series 1.2.3.4, instance 1.2.3.4.5.
inline dicom::EncodedObject object_of(const SmallImage& image) {
    using dicom::put;
    dicom::Attributes attributes;
    const std::string sop_class = "1.2.840.10008.5.1.4.1.1.7";
    put(attributes, DCM_SOPClassUID, sop_class);
    put(attributes, DCM_SOPInstanceUID, "1.2.3.4.5");
    put(attributes, DCM_StudyInstanceUID, "1.2.3");
    put(attributes, DCM_SeriesInstanceUID, "1.2.3.4");
    put(attributes, DCM_SamplesPerPixel, std::to_string(image.samples));
    put(attributes, DCM_PhotometricInterpretation, image.photometric_interpretation);
    if (image.samples > 1) {
        put(attributes, DCM_PlanarConfiguration, "0");
    }
    if (image.frames > 1) {
        put(attributes, DCM_NumberOfFrames, std::to_string(image.frames));
    }
    put(attributes, DCM_Rows, std::to_string(image.rows));
    put(attributes, DCM_Columns, std::to_string(image.columns));
    put(attributes, DCM_BitsAllocated, "8");
    put(attributes, DCM_BitsStored, "8");
    put(attributes, DCM_HighBit, "7");
    put(attributes, DCM_PixelRepresentation, "0");
    for (const dicom::Attribute& other : image.others) {
        if (other.vr == dicom::VR::SQ) {
            dicom::put_sequence(attributes, other.tag, other.items);
        } else {
            put(attributes, other.tag, other.vr, other.value);
        }
    }
    put(attributes, DCM_PixelData, dicom::VR::OB, image.pixels);
    return {.sop_class_uid = sop_class,
            .sop_instance_uid = "1.2.3.4.5",
            .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid),
            .segments = {dicom::Segment::of(
                dicom::encode_attributes(attributes, dicom::explicit_vr_little_endian))}};
}

}  // namespace cxr::test
