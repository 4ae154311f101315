#include "dicom/image/secondary_capture.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/core/check.hpp"
#include "dicom/mapping/geometry.hpp"
#include "image/resampling.hpp"
#include "mapping/item_writer.hpp"
#include "mapping/study_modules.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace cxr::dicom {
namespace {

/// Raised when the same row and PNG begin to give other attributes: it is not the build's number,
/// so that a new release alone changes no byte.
constexpr const char* mapping_version = "mapping 1";

ImageSize size_of(const Frame& frame) {
    return {.rows = frame.rows, .columns = frame.columns};
}

void write_aspect_ratio(DcmItem& object, const ChestXRayRow& row, const Frame& frame) {
    if (!is_original_size_plausible(row)) {
        return;
    }
    const std::uint64_t vertical = std::uint64_t{row.original_height} * frame.columns;
    const std::uint64_t horizontal = std::uint64_t{row.original_width} * frame.rows;
    const std::uint64_t divisor = std::gcd(vertical, horizontal);
    if (vertical != horizontal) {  // 1\1 is what its absence says (C.7.6.3)
        put_text(object,
                 DCM_PixelAspectRatio,
                 EVR_IS,
                 fmt::format("{}\\{}", vertical / divisor, horizontal / divisor));
    }
}

/// SC Image module (C.8.6.2). Equal values say that nothing was corrected for magnification
/// (10.7.1.1).
void write_spacing(DcmItem& object,
                   const ImageRecord& record,
                   const Frame& frame,
                   const PixelScale& scale,
                   Spacing choice) {
    auto size = choice == Spacing::none ? std::nullopt : pixel_size(record.row, size_of(frame));
    const bool stretched = scale != PixelScale{};
    if (!size) {
        if (!stretched) {
            write_aspect_ratio(object, record.row, frame);
        }
        return;
    }
    if (stretched) {  // to the smaller of both, and so to digits that are the same
        size->row_spacing_mm = std::min(size->row_spacing_mm, size->column_spacing_mm);
        size->column_spacing_mm = size->row_spacing_mm;
    }
    const std::string spacing =
        fmt::format("{:.6f}\\{:.6f}", size->row_spacing_mm, size->column_spacing_mm);
    put_text(object, DCM_NominalScannedPixelSpacing, EVR_DS, spacing);
    if (choice == Spacing::pixel) {
        put_text(object, DCM_PixelSpacing, EVR_DS, spacing);
    }
}

/// General Series (C.7.3.1), General Equipment (C.7.5.1), SC Equipment (C.8.6.1).
void write_series_and_equipment(DcmItem& object, const SeriesEntity& series) {
    put_text(object, DCM_SeriesInstanceUID, EVR_UI, series.series_instance_uid);
    put_text(object, DCM_Modality, EVR_CS, series.modality);
    put_text(object, DCM_SeriesNumber, EVR_IS, series.series_number);
    put_optional_text(object, DCM_SeriesDescription, EVR_LO, series.series_description);
    put_optional_text(object, DCM_ProtocolName, EVR_LO, series.protocol_name);
    put_optional_text(object, DCM_SeriesDate, EVR_DA, series.series_date);
    put_optional_text(object, DCM_SeriesTime, EVR_TM, series.series_time);
    put_optional_text(object, DCM_BodyPartExamined, EVR_CS, series.body_part_examined);
    put_text(object, DCM_Manufacturer, EVR_LO, series.manufacturer);
    put_optional_text(object, DCM_InstitutionName, EVR_LO, series.institution_name);
    put_text(object, DCM_ConversionType, EVR_CS, "WSD");
    put_text(object, DCM_SecondaryCaptureDeviceManufacturer, EVR_LO, "cxrbridge");
    put_text(object, DCM_SecondaryCaptureDeviceManufacturerModelName, EVR_LO, "cxrbridge");
    put_text(object, DCM_SecondaryCaptureDeviceSoftwareVersions, EVR_LO, mapping_version);
}

void write_view(DcmItem& object, ViewPosition view, IodProfile profile) {
    if (view == ViewPosition::unknown) {
        put_text(object, DCM_PatientOrientation, EVR_CS, {});
        return;
    }
    const bool pa = view == ViewPosition::pa;
    // Both are displayed as if one faced the patient.
    put_text(object, DCM_PatientOrientation, EVR_CS, "L\\F");
    if (profile == IodProfile::standard_extended) {
        put_text(object, DCM_ViewPosition, EVR_CS, pa ? "PA" : "AP");
    }
    put_code(object,
             DCM_ViewCodeSequence,
             pa ? Code{"272479007", "SCT", "postero-anterior"}
                : Code{"399348003", "SCT", "antero-posterior"});
}

/// What was done to the pixels, and by whom.
std::string derivation(const ChestXRayRow& row, const PixelScale& scale) {
    std::string text = "NIH 8-bit PNG";
    if (row.original_width > 0 && row.original_height > 0) {
        text += fmt::format(" resampled from {}x{}", row.original_width, row.original_height);
    }
    return text + (scale == PixelScale{}
                       ? "; wrapped, pixels unchanged"
                       : fmt::format("; wrapped, stretched to square pixels by bilinear "
                                     "interpolation, columns {:.6f}, rows {:.6f}",
                                     scale.x,
                                     scale.y));
}

/// General Image (C.7.6.1), SOP Common (C.12.1).
void write_image(DcmItem& object,
                 const ImageRecord& record,
                 const PixelScale& scale,
                 const MappingOptions& options) {
    const InstanceEntity instance = instance_entity(record, DerivedKind::image, options);
    const ChestXRayRow& row = record.row;
    put_text(object, DCM_SOPClassUID, EVR_UI, instance.sop_class_uid);
    put_text(object, DCM_SOPInstanceUID, EVR_UI, instance.sop_instance_uid);
    put_text(object, DCM_InstanceNumber, EVR_IS, instance.instance_number);
    put_optional_text(object, DCM_ContentDate, EVR_DA, instance.content_date);
    put_optional_text(object, DCM_ContentTime, EVR_TM, instance.content_time);
    put_text(object, DCM_ImageType, EVR_CS, "DERIVED\\SECONDARY");
    put_text(object, DCM_ImageLaterality, EVR_CS, "U");
    put_text(object, DCM_DerivationDescription, EVR_ST, derivation(row, scale));
    // Side markers and technicians' initials are burned in, nothing that tells who it is.
    put_text(object, DCM_BurnedInAnnotation, EVR_CS, "NO");
    put_text(object, DCM_RecognizableVisualFeatures, EVR_CS, "NO");
    put_text(object, DCM_LossyImageCompression, EVR_CS, "00");
    if (options.labels_in_image_comments) {
        put_text(object, DCM_ImageComments, EVR_LT, "Finding Labels: " + row.finding_labels);
    }
    put_code(object, DCM_AnatomicRegionSequence, Code{"816094009", "SCT", "Chest"});
    write_view(object, row.view, options.iod);
}

/// Image Pixel (C.7.6.3) without the pixels, and a window that maps 0..255 to itself (C.11.2.1.2):
/// viewers that choose their own would change the look.
void write_pixel_description(DcmItem& object, const ImageSize& size) {
    struct Number {
        DcmTagKey tag;
        std::uint16_t value;
    };
    const Number numbers[] = {{DCM_SamplesPerPixel, 1},
                              {DCM_Rows, static_cast<std::uint16_t>(size.rows)},
                              {DCM_Columns, static_cast<std::uint16_t>(size.columns)},
                              {DCM_BitsAllocated, 8},
                              {DCM_BitsStored, 8},
                              {DCM_HighBit, 7},
                              {DCM_PixelRepresentation, 0}};
    for (const Number& number : numbers) {
        put_unsigned(object, number.tag, number.value);
    }
    put_text(object, DCM_PhotometricInterpretation, EVR_CS, "MONOCHROME2");
    put_text(object, DCM_WindowCenter, EVR_DS, "128");
    put_text(object, DCM_WindowWidth, EVR_DS, "256");
}

/// (7FE0,0010) and its length; the pixels follow as a segment of their own.
void append_pixel_data_header(std::vector<std::byte>& header,
                              std::uint32_t length,
                              bool explicit_vr) {
    const auto append = [&header](std::initializer_list<unsigned> bytes) {
        for (const unsigned byte : bytes) {
            header.push_back(static_cast<std::byte>(byte));
        }
    };
    append({0xE0, 0x7F, 0x10, 0x00});
    if (explicit_vr) {
        append({'O', 'B', 0, 0});
    }
    append({length & 0xFFU, (length >> 8U) & 0xFFU, (length >> 16U) & 0xFFU, length >> 24U});
}

Result<EncodedObject> append_pixels(EncodedObject object,
                                    std::shared_ptr<const Frame> frame,
                                    const TransferSyntax& transfer_syntax) {
    std::vector<std::byte> header(object.segments.front().bytes.begin(),
                                  object.segments.front().bytes.end());
    append_pixel_data_header(
        header, static_cast<std::uint32_t>(frame->pixels.size()), transfer_syntax.explicit_vr);
    const std::span<const std::byte> pixels(frame->pixels);
    object.segments = {Segment::of(std::move(header)),
                       Segment{.owner = std::move(frame), .bytes = pixels}};
    return object;
}

}  // namespace

std::unique_ptr<DcmDataset> build_secondary_capture_header(const ImageRecord& record,
                                                           const Frame& frame,
                                                           const MappingOptions& options) {
    auto object = std::make_unique<DcmDataset>();
    write_study_modules(*object, record, options);
    write_series_and_equipment(*object, series_entity(record, DerivedKind::image, options));
    const PixelScale scale = pixel_scale(record.row, size_of(frame), options.geometry);
    write_image(*object, record, scale, options);
    write_spacing(*object, record, frame, scale, options.spacing);
    write_pixel_description(*object, scaled_size(size_of(frame), scale));
    return object;
}

Result<EncodedObject> encode_secondary_capture(const ImageRecord& record,
                                               std::shared_ptr<const Frame> frame,
                                               const TransferSyntax& transfer_syntax,
                                               const MappingOptions& options) {
    if (!transfer_syntax.encodable) {
        return Fault{.kind = FaultKind::unsupported,
                     .doing = "images are not encoded as " + std::string(transfer_syntax.keyword)};
    }
    auto header = build_secondary_capture_header(record, *frame, options);
    if (const PixelScale scale = pixel_scale(record.row, size_of(*frame), options.geometry);
        scale != PixelScale{}) {
        frame = std::make_shared<const Frame>(resampled(*frame, scale));
    }
    const bool as_it_is = !transfer_syntax.encapsulated && !transfer_syntax.deflated;
    if (as_it_is) {
        auto object = encode_data_set(*header, transfer_syntax);
        if (!object) {
            return object;
        }
        return append_pixels(*std::move(object), std::move(frame), transfer_syntax);
    }
    const OFCondition inserted =
        header->putAndInsertUint8Array(DCM_PixelData,
                                       reinterpret_cast<const Uint8*>(frame->pixels.data()),
                                       static_cast<unsigned long>(frame->pixels.size()));
    if (auto checked = check(inserted, "insert the pixel data"); !checked) {
        return std::move(checked).error();
    }
    return encode_data_set(*header, transfer_syntax);
}

}  // namespace cxr::dicom
