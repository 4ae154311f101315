#pragma once
/// Structured reports as other programs lay them out, legal or not, for tests of what reads them.

#include "dicom/codec/codec.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcvrfl.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace cxr::test {

/// "121071 DCM Finding"
struct ForeignCode {
    std::string value, scheme, meaning;
};

struct ForeignItem {
    std::string relationship, type;
    ForeignCode name = {};
    std::string text = {};  ///< TEXT, PNAME, UIDREF; NUM's value; IMAGE's SOP Instance UID
    ForeignCode code = {};  ///< CODE's value
    std::string graphic_type = {};
    std::vector<float> graphic_data = {};
    std::string template_identifier = {};
    std::vector<ForeignItem> children = {};
};

namespace foreign {

inline void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    if (item.putAndInsertString(tag, value.c_str()).bad()) {
        throw std::logic_error("cannot write " + value);
    }
}

inline DcmItem& item_of(DcmItem& parent, const DcmTagKey& sequence) {
    DcmItem* item = nullptr;
    if (parent.findOrCreateSequenceItem(sequence, item, -2).bad()) {
        throw std::logic_error("cannot add an item");
    }
    return *item;
}

inline void put_code(DcmItem& parent, const DcmTagKey& sequence, const ForeignCode& code) {
    if (code.value.empty()) {
        return;
    }
    DcmItem& item = item_of(parent, sequence);
    put(item, DCM_CodeValue, code.value);
    put(item, DCM_CodingSchemeDesignator, code.scheme);
    put(item, DCM_CodeMeaning, code.meaning);
}

inline void write(DcmItem& target, const ForeignItem& item) {
    if (!item.relationship.empty()) {
        put(target, DCM_RelationshipType, item.relationship);
    }
    put(target, DCM_ValueType, item.type);
    put_code(target, DCM_ConceptNameCodeSequence, item.name);
    if (!item.template_identifier.empty()) {
        DcmItem& used = item_of(target, DCM_ContentTemplateSequence);
        put(used, DCM_MappingResource, "DCMR");
        put(used, DCM_TemplateIdentifier, item.template_identifier);
    }
    if (item.type == "TEXT") {
        put(target, DCM_TextValue, item.text);
    } else if (item.type == "PNAME") {
        put(target, DCM_PersonName, item.text);
    } else if (item.type == "UIDREF") {
        put(target, DCM_UID, item.text);
    } else if (item.type == "CODE") {
        put_code(target, DCM_ConceptCodeSequence, item.code);
    } else if (item.type == "NUM") {
        DcmItem& measured = item_of(target, DCM_MeasuredValueSequence);
        put_code(measured, DCM_MeasurementUnitsCodeSequence, {"1", "UCUM[1.4]", "px"});
        put(measured, DCM_NumericValue, item.text);
    } else if (item.type == "IMAGE") {
        DcmItem& reference = item_of(target, DCM_ReferencedSOPSequence);
        put(reference, DCM_ReferencedSOPClassUID, "1.2.840.10008.5.1.4.1.1.7");
        put(reference, DCM_ReferencedSOPInstanceUID, item.text);
    } else if (item.type == "SCOORD" || item.type == "SCOORD3D") {
        put(target, DCM_GraphicType, item.graphic_type);
        target.putAndInsertFloat32Array(
            DCM_GraphicData, item.graphic_data.data(), item.graphic_data.size());
    }
    for (const ForeignItem& child : item.children) {
        write(item_of(target, DCM_ContentSequence), child);
    }
}

}  // namespace foreign

inline ForeignItem scoord(std::string relationship,
                          ForeignCode name,
                          std::vector<float> points,
                          std::string image,
                          std::string graphic_type = "POLYLINE") {
    ForeignItem item{std::move(relationship), "SCOORD", std::move(name)};
    item.graphic_type = std::move(graphic_type);
    item.graphic_data = std::move(points);
    item.children = {{"SELECTED FROM", "IMAGE", {}, std::move(image)}};
    return item;
}

inline ForeignItem comment(std::string text) {
    return {"CONTAINS", "TEXT", {"121106", "DCM", "Comment"}, std::move(text)};
}

inline ForeignItem finding(ForeignCode code) {
    return {"CONTAINS", "CODE", {"121071", "DCM", "Finding"}, {}, std::move(code)};
}

inline ForeignItem group(std::vector<ForeignItem> children, std::string template_identifier = {}) {
    ForeignItem item{"CONTAINS", "CONTAINER", {"125007", "DCM", "Measurement Group"}};
    item.template_identifier = std::move(template_identifier);
    item.children = std::move(children);
    return item;
}

/// As OHIF saves a rectangle: region and image below the first measurement, both unnamed.
inline ForeignItem ohif_group(const std::vector<float>& points,
                              const std::string& image,
                              const std::string& label) {
    ForeignItem perimeter{"CONTAINS", "NUM", {"131191004", "SCT", "Perimeter"}, "332"};
    perimeter.children = {scoord("INFERRED FROM", {}, points, image)};
    return group({{"HAS OBS CONTEXT",
                   "TEXT",
                   {"112039", "DCM", "Tracking Identifier"},
                   "Cornerstone3DTools@^0.1.0:RectangleROI"},
                  {"HAS OBS CONTEXT",
                   "UIDREF",
                   {"112040", "DCM", "Tracking Unique Identifier"},
                   "2.25.4955561620"},
                  perimeter,
                  {"CONTAINS", "NUM", {"42798000", "SCT", "Area"}, "6873"},
                  comment(label)});
}

/// As highdicom writes a planar region with a coded finding and no comment.
inline ForeignItem planar_group(const std::vector<float>& points,
                                const std::string& image,
                                ForeignCode code,
                                const std::string& graphic_type = "POLYLINE") {
    return group(
        {{"HAS OBS CONTEXT", "TEXT", {"112039", "DCM", "Tracking Identifier"}, "Lesion 1"},
         {"HAS OBS CONTEXT",
          "UIDREF",
          {"112040", "DCM", "Tracking Unique Identifier"},
          "2.25.77001"},
         {"CONTAINS",
          "CODE",
          {"276214006", "SCT", "Finding category"},
          {},
          {"49755003", "SCT", "Morphologically Abnormal Structure"}},
         finding(std::move(code)),
         scoord("CONTAINS", {"111030", "DCM", "Image Region"}, points, image, graphic_type)},
        "1410");
}

struct ForeignDocument {
    std::string sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.34";
    std::string sop_instance_uid = "2.25.88001";
    std::string patient_id = "99990001";
    std::string completion_flag = "COMPLETE";
    std::vector<ForeignItem> context = {};  ///< children of the root before the measurements
    std::vector<ForeignItem> groups = {};
    ForeignCode title = {"126000", "DCM", "Imaging Measurement Report"};
    std::string template_identifier = "1500";
};

[[nodiscard]] inline std::unique_ptr<DcmDataset> data_set_of(const ForeignDocument& document) {
    using foreign::put;
    auto data_set = std::make_unique<DcmDataset>();
    put(*data_set, DCM_SpecificCharacterSet, "ISO_IR 192");
    put(*data_set, DCM_SOPClassUID, document.sop_class_uid);
    put(*data_set, DCM_SOPInstanceUID, document.sop_instance_uid);
    put(*data_set, DCM_Modality, "SR");
    put(*data_set, DCM_PatientID, document.patient_id);
    put(*data_set, DCM_PatientName, "Doe^Jane");
    put(*data_set, DCM_StudyInstanceUID, "2.25.88002");
    put(*data_set, DCM_SeriesInstanceUID, "2.25.88003");
    put(*data_set, DCM_InstanceNumber, "1");
    put(*data_set, DCM_ContentDate, "20261123");
    put(*data_set, DCM_ContentTime, "031323");
    put(*data_set, DCM_CompletionFlag, document.completion_flag);
    put(*data_set, DCM_VerificationFlag, "UNVERIFIED");
    ForeignItem measurements{"CONTAINS", "CONTAINER", {"126010", "DCM", "Imaging Measurements"}};
    measurements.children = document.groups;
    ForeignItem root{{}, "CONTAINER", document.title};
    root.template_identifier = document.template_identifier;
    root.children = document.context;
    root.children.push_back(std::move(measurements));
    foreign::write(*data_set, root);
    return data_set;
}

[[nodiscard]] inline std::vector<std::byte> bytes_of(const dicom::EncodedObject& object) {
    std::vector<std::byte> bytes;
    for (const dicom::Segment& segment : object.segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return bytes;
}

[[nodiscard]] inline std::vector<std::byte> bytes_of(const ForeignDocument& document) {
    auto encoded = dicom::encode_data_set(*data_set_of(document), dicom::explicit_vr_little_endian);
    if (!encoded) {
        throw std::logic_error(encoded.error().doing);
    }
    return bytes_of(*encoded);
}

}  // namespace cxr::test
