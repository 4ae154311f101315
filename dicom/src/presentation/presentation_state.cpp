#include "dicom/presentation/presentation_state.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/mapping/geometry.hpp"
#include "dicom/report/report.hpp"
#include "mapping/box_outline.hpp"
#include "mapping/canonical_content.hpp"
#include "mapping/item_writer.hpp"
#include "mapping/made_documents.hpp"
#include "mapping/study_modules.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>

namespace cxr::dicom {
namespace {

/// Changes whenever the same boxes are written differently: then every object gets a new UID.
constexpr std::string_view template_version = "tmpl1";
constexpr std::string_view layer = "FINDINGS";
constexpr float text_width = 200;
constexpr float text_height = 24;

/// Presentation State Identification (PS3.3 C.11.10).
void write_identification(DcmItem& state, const InstanceEntity& instance, bool has_boxes) {
    put_text(state, DCM_InstanceNumber, EVR_IS, instance.instance_number);
    put_text(state, DCM_ContentLabel, EVR_CS, "CXR14_BBOX");
    put_text(state,
             DCM_ContentDescription,
             EVR_LO,
             has_boxes ? "Boxes of BBox_List_2017.csv" : "All boxes withdrawn");
    put_text(state, DCM_PresentationCreationDate, EVR_DA, report_content_date);
    put_text(state, DCM_PresentationCreationTime, EVR_TM, report_content_time);
    put_text(state, DCM_ContentCreatorName, EVR_PN, "Radiologist^NIH CC");
}

/// Presentation State Relationship (C.11.11).
void write_relationship(DcmItem& state, const ReferencedImage& image) {
    DcmItem& series = add_item(state, DCM_ReferencedSeriesSequence);
    put_text(series, DCM_SeriesInstanceUID, EVR_UI, image.series_instance_uid);
    write_reference(series, DCM_ReferencedImageSequence, image);
}

ImageSize displayed_size(const ImageRecord& record, Geometry geometry) {
    return scaled_size(published_size, pixel_scale(record.row, published_size, geometry));
}

/// Displayed Area (C.10.4): all of it, fitted to the window. The image's pixels as squares,
/// whatever the radiograph's shape was, as viewers of the report show them.
void write_displayed_area(DcmItem& state, const ReferencedImage& image, const ImageSize& size) {
    DcmItem& area = add_item(state, DCM_DisplayedAreaSelectionSequence);
    write_reference(area, DCM_ReferencedImageSequence, image);
    put_integers(area, DCM_DisplayedAreaTopLeftHandCorner, std::array{1, 1});
    put_integers(
        area,
        DCM_DisplayedAreaBottomRightHandCorner,
        std::array{static_cast<std::int32_t>(size.columns), static_cast<std::int32_t>(size.rows)});
    put_text(area, DCM_PresentationSizeMode, EVR_CS, "SCALE TO FIT");
    put_text(area, DCM_PresentationPixelAspectRatio, EVR_IS, "1\\1");
}

/// Graphic Layer (C.10.7): white where there are greys only, else yellow.
void write_layer(DcmItem& state) {
    constexpr std::array<std::uint16_t, 3> yellow{53485, 53800, 50000};  // CIELab, C.10.7.1.1
    DcmItem& item = add_item(state, DCM_GraphicLayerSequence);
    put_text(item, DCM_GraphicLayer, EVR_CS, layer);
    put_text(item, DCM_GraphicLayerOrder, EVR_IS, "1");
    put_unsigned(item, DCM_GraphicLayerRecommendedDisplayGrayscaleValue, 65535);
    put_unsigned(item, DCM_GraphicLayerRecommendedDisplayCIELabValue, yellow);
    put_text(item, DCM_GraphicLayerDescription, EVR_LO, "Boxes and their labels");
}

void write_outline(DcmItem& annotation, const BoundingBox& box) {
    const auto outline = outline_of(box);
    DcmItem& graphic = add_item(annotation, DCM_GraphicObjectSequence);
    put_text(graphic, DCM_GraphicAnnotationUnits, EVR_CS, "PIXEL");
    put_unsigned(graphic, DCM_GraphicDimensions, 2);
    put_unsigned(
        graphic, DCM_NumberOfGraphicPoints, static_cast<std::uint16_t>(outline.size() / 2));
    put_floats(graphic, DCM_GraphicData, outline);
    put_text(graphic, DCM_GraphicType, EVR_CS, "POLYLINE");
    put_text(graphic, DCM_GraphicFilled, EVR_CS, "N");
}

/// Above the box; below its upper edge where there is no room; always within the picture.
void write_label(DcmItem& annotation, const BoundingBox& box, const ImageSize& size) {
    const auto side = static_cast<float>(size.columns);
    const float left = std::min(static_cast<float>(box.x), side - text_width);
    const auto edge = static_cast<float>(box.y);
    const float top = edge < text_height ? edge : edge - text_height;
    DcmItem& text = add_item(annotation, DCM_TextObjectSequence);
    put_text(text, DCM_BoundingBoxAnnotationUnits, EVR_CS, "PIXEL");
    put_text(text, DCM_UnformattedTextValue, EVR_ST, box.label_as_written);
    put_floats(text, DCM_BoundingBoxTopLeftHandCorner, std::array{left, top});
    put_floats(text,
               DCM_BoundingBoxBottomRightHandCorner,
               std::array{left + text_width, top + text_height});
    put_text(text, DCM_BoundingBoxTextHorizontalJustification, EVR_CS, "LEFT");
}

/// Graphic Annotation (C.10.5).
void write_annotation(DcmItem& state,
                      const ImageRecord& record,
                      const ReferencedImage& image,
                      Geometry geometry) {
    DcmItem& annotation = add_item(state, DCM_GraphicAnnotationSequence);
    put_text(annotation, DCM_GraphicLayer, EVR_CS, layer);
    write_reference(annotation, DCM_ReferencedImageSequence, image);
    for (const BoundingBox& box : boxes_of_object(record, geometry)) {
        write_outline(annotation, box);
        write_label(annotation, box, displayed_size(record, geometry));
    }
}

}  // namespace

std::string presentation_state_sop_instance_uid(const ImageRecord& record,
                                                const MappingOptions& options) {
    const std::string profile = options.profile();
    std::string content(template_version);
    content += '|';
    content += presentation_state_sop_class_uid;
    content += '|';
    content += profile;
    append_patient_and_study(content, record, options);
    for (const BoundingBox& box : boxes_of_object(record, options.geometry)) {
        content += '\n';
        content += box.label_as_written;
        append(content, box.x);
        append(content, box.y);
        append(content, box.width);
        append(content, box.height);
    }
    append_revision(content, record, DerivedKind::presentation_state);
    std::string name = "gsps|" + record.row.image_index + '|';
    name += template_version;
    name += '|';
    name += sha256_hex(content);
    return UIDSource(profile).derive(name);
}

Result<std::unique_ptr<DcmDataset>> build_presentation_state(const ImageRecord& record,
                                                             const MappingOptions& options) {
    if (!is_made_of(record, DerivedKind::presentation_state)) {
        return Fault{FaultKind::not_found, record.row.image_index + " has no boxes"};
    }
    auto state = std::make_unique<DcmDataset>();
    const SeriesEntity series = series_entity(record, DerivedKind::presentation_state, options);
    const InstanceEntity instance =
        instance_entity(record, DerivedKind::presentation_state, options);
    const ReferencedImage image = referenced_image(record, options);
    write_study_modules(*state, record, options);
    write_series(*state, series);
    write_equipment(*state, series, template_version);
    write_sop_common(*state, instance);
    const bool has_boxes = !record.boxes.empty();
    write_identification(*state, instance, has_boxes);
    write_relationship(*state, image);
    write_displayed_area(*state, image, displayed_size(record, options.geometry));
    if (has_boxes) {
        write_layer(*state);
        write_annotation(*state, record, image, options.geometry);
    }
    put_text(*state, DCM_PresentationLUTShape, EVR_CS, "IDENTITY");  // Softcopy LUT (C.11.6)
    return state;
}

Result<EncodedObject> encode_presentation_state(const ImageRecord& record,
                                                const TransferSyntax& transfer_syntax,
                                                const MappingOptions& options) {
    auto state = build_presentation_state(record, options);
    if (!state) {
        return std::move(state).error();
    }
    return encode_document(**state, transfer_syntax);
}

}  // namespace cxr::dicom
