#include "dicom/key_objects/key_objects.hpp"

#include "dicom/codec/codec.hpp"
#include "mapping/canonical_content.hpp"
#include "mapping/item_writer.hpp"
#include "mapping/made_documents.hpp"
#include "mapping/study_modules.hpp"
#include "report/content_item.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

namespace cxr::dicom {
namespace {

/// Changes whenever the same selection is written differently: then every one gets a new UID.
constexpr std::string_view template_version = "tmpl1";

std::string description(const ImageRecord& record) {
    std::string text = "Boxes were drawn on this image: ";
    for (const BoundingBox& box : record.boxes) {
        text += &box == record.boxes.data() ? "" : ", ";
        text += box.label_as_written;
    }
    return text;
}

/// TID 2010 rows 1, 5, 7 and 10. No observer: nobody but the data set's tables chose the image.
ContentItem key_objects_content(const ImageRecord& record,
                                const CodedConcept& title,
                                const ReferencedImage& image) {
    ContentItem root{{}, Code::of(title), Container{"2010"}};
    root.children.push_back({"HAS CONCEPT MOD",
                             {"121049", "DCM", "Language of Content Item and Descendants"},
                             Code{"en-US", "RFC5646", "English (United States)"}});
    root.children.push_back(
        {"CONTAINS", {}, ImageReference{image.sop_class_uid, image.sop_instance_uid}});
    root.children.push_back(
        {"CONTAINS", {"113012", "DCM", "Key Object Description"}, Text{description(record)}});
    return root;
}

}  // namespace

CodedConcept key_objects_title() {
    return {.value = "113000", .scheme = "DCM", .meaning = "Of Interest"};
}

std::string key_objects_sop_instance_uid(const ImageRecord& record, const MappingOptions& options) {
    const std::string profile = options.profile();
    std::string content(template_version);
    content += '|';
    content += key_objects_sop_class_uid;
    append(content, key_objects_title());
    content += '|';
    content += profile;
    append_patient_and_study(content, record, options);
    content += '\n';
    content += description(record);
    append_revision(content, record, DerivedKind::key_objects);
    std::string name = "ko|" + record.row.image_index + '|';
    name += template_version;
    name += '|';
    name += sha256_hex(content);
    return UIDSource(profile).derive(name);
}

Result<std::unique_ptr<DcmDataset>> build_key_objects(const ImageRecord& record,
                                                      const MappingOptions& options) {
    if (record.boxes.empty()) {
        return Fault{FaultKind::not_found, record.row.image_index + " has no boxes"};
    }
    auto document = std::make_unique<DcmDataset>();
    const SeriesEntity series = series_entity(record, DerivedKind::key_objects, options);
    const InstanceEntity instance = instance_entity(record, DerivedKind::key_objects, options);
    const ReferencedImage image = referenced_image(record, options);
    write_study_modules(*document, record, options);
    write_series(*document, series);  // Key Object Document Series (PS3.3 C.17.6.1)
    put_empty_sequence(*document, DCM_ReferencedPerformedProcedureStepSequence);
    write_equipment(*document, series, template_version);
    write_sop_common(*document, instance);
    put_text(*document, DCM_InstanceNumber, EVR_IS, instance.instance_number);  // C.17.6.2
    put_text(*document, DCM_ContentDate, EVR_DA, instance.content_date);
    put_text(*document, DCM_ContentTime, EVR_TM, instance.content_time);
    write_evidence(*document, image);
    write_content(*document, key_objects_content(record, instance.concept_name_code, image));
    return document;
}

Result<EncodedObject> encode_key_objects(const ImageRecord& record,
                                         const TransferSyntax& transfer_syntax,
                                         const MappingOptions& options) {
    auto document = build_key_objects(record, options);
    if (!document) {
        return std::move(document).error();
    }
    return encode_document(**document, transfer_syntax);
}

}  // namespace cxr::dicom
