#pragma once
/// Grayscale Softcopy Presentation States of a test's making.

#include "dicom/core/attributes.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/presentation/presentation_state.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <string>
#include <utility>
#include <vector>

namespace cxr::test {

using dicom::Attributes;

inline Attributes attributes(const std::vector<std::pair<DcmTagKey, std::string>>& values) {
    Attributes made;
    for (const auto& [tag, value] : values) {
        dicom::put(made, tag, value);
    }
    return made;
}

/// A closed line around columns 10 to 30 and rows 10 to 20, and text in a box.
inline Attributes box_annotation() {
    const Attributes line = attributes({{DCM_GraphicAnnotationUnits, "PIXEL"},
                                        {DCM_GraphicDimensions, "2"},
                                        {DCM_NumberOfGraphicPoints, "5"},
                                        {DCM_GraphicData, "10\\10\\30\\10\\30\\20\\10\\20\\10\\10"},
                                        {DCM_GraphicType, "POLYLINE"},
                                        {DCM_GraphicFilled, "N"}});
    const Attributes text = attributes({{DCM_BoundingBoxAnnotationUnits, "PIXEL"},
                                        {DCM_UnformattedTextValue, "Mass"},
                                        {DCM_BoundingBoxTopLeftHandCorner, "10\\30"},
                                        {DCM_BoundingBoxBottomRightHandCorner, "60\\50"}});
    Attributes annotation = attributes({{DCM_GraphicLayer, "FINDINGS"}});
    dicom::put_sequence(annotation, DCM_GraphicObjectSequence, {line});
    dicom::put_sequence(annotation, DCM_TextObjectSequence, {text});
    return annotation;
}

/// Of image 1.2.3.4.5 in series 1.2.3.4, with `more`.
inline Attributes state_of_image(const Attributes& more = {}) {
    Attributes state =
        attributes({{DCM_SOPClassUID, std::string(dicom::presentation_state_sop_class_uid)},
                    {DCM_SOPInstanceUID, "1.2.3.9.1"},
                    {DCM_StudyInstanceUID, "1.2.3"},
                    {DCM_SeriesInstanceUID, "1.2.3.9"},
                    {DCM_PresentationLUTShape, "IDENTITY"}});
    const Attributes image = attributes({{DCM_ReferencedSOPInstanceUID, "1.2.3.4.5"}});
    Attributes series = attributes({{DCM_SeriesInstanceUID, "1.2.3.4"}});
    dicom::put_sequence(series, DCM_ReferencedImageSequence, {image});
    dicom::put_sequence(state, DCM_ReferencedSeriesSequence, {series});
    for (const dicom::Attribute& each : more) {
        if (each.vr == dicom::VR::SQ) {
            dicom::put_sequence(state, each.tag, each.items);
        } else {
            dicom::put(state, each.tag, each.value);
        }
    }
    return state;
}

inline dicom::EncodedObject object_of(const Attributes& state) {
    return {.sop_class_uid = std::string(dicom::value_of(state, DCM_SOPClassUID)),
            .sop_instance_uid = std::string(dicom::value_of(state, DCM_SOPInstanceUID)),
            .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid),
            .segments = {dicom::Segment::of(
                dicom::encode_attributes(state, dicom::explicit_vr_little_endian))}};
}

}  // namespace cxr::test
