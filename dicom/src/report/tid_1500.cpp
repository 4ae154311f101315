#include "report/tid_1500.hpp"

#include "dicom/report/report.hpp"
#include "mapping/box_outline.hpp"
#include "report/report_identity.hpp"

#include <array>

namespace cxr::dicom {
namespace {

constexpr std::string_view contains = "CONTAINS";
constexpr std::string_view has_concept_mod = "HAS CONCEPT MOD";
constexpr std::string_view has_obs_context = "HAS OBS CONTEXT";
constexpr std::string_view has_acq_context = "HAS ACQ CONTEXT";
constexpr std::string_view inferred_from = "INFERRED FROM";
constexpr std::string_view selected_from = "SELECTED FROM";

constexpr Code comment{"121106", "DCM", "Comment"};
constexpr Code finding{"121071", "DCM", "Finding"};
constexpr Code observer_type{"121005", "DCM", "Observer Type"};

ContentItem code_item(std::string_view relationship, const Code& name, const Code& value) {
    return {relationship, name, value};
}

ContentItem text_item(std::string_view relationship, const Code& name, std::string value) {
    return {relationship, name, Text{std::move(value)}};
}

/// TID 1500 rows 1 and 2.
ContentItem measurement_report() {
    ContentItem root{
        {}, {report_title_code, "DCM", "Imaging Measurement Report"}, Container{"1500"}};
    root.children.reserve(9);
    root.children.push_back(code_item(has_concept_mod,
                                      {"121049", "DCM", "Language of Content Item and Descendants"},
                                      {"en-US", "RFC5646", "English (United States)"}));
    return root;
}

/// TID 1500 row 5.
ContentItem procedure_reported() {
    return code_item(has_concept_mod,
                     {"121058", "DCM", "Procedure reported"},
                     {"399208008", "SCT", "Plain chest X-ray"});
}

/// TID 1004. The labels were mined by a program; which version ran is told by the release.
void add_text_miner(std::vector<ContentItem>& context) {
    context.push_back(code_item(has_obs_context, observer_type, {"121007", "DCM", "Device"}));
    context.push_back({has_obs_context,
                       {"121012", "DCM", "Device Observer UID"},
                       UIDReference{text_miner_device_uid()}});
    context.push_back(text_item(has_obs_context,
                                {"121013", "DCM", "Device Observer Name"},
                                "NIH ChestX-ray14 report text miner"));
    context.push_back(text_item(has_obs_context,
                                {"121014", "DCM", "Device Observer Manufacturer"},
                                std::string(nih_clinical_center)));
    context.push_back(text_item(has_obs_context,
                                {"121015", "DCM", "Device Observer Model Name"},
                                std::string(text_miner_model)));
}

/// TID 1003. Who drew the boxes is not published: a role and an institution, no invented person.
void add_reader(std::vector<ContentItem>& context) {
    context.push_back(code_item(has_obs_context, observer_type, {"121006", "DCM", "Person"}));
    context.push_back({has_obs_context,
                       {"121008", "DCM", "Person Observer Name"},
                       PersonName{"Radiologist^NIH CC"}});
    context.push_back(text_item(has_obs_context,
                                {"121009", "DCM", "Person Observer's Organization Name"},
                                std::string(nih_clinical_center)));
    context.push_back(code_item(has_obs_context,
                                {"121011", "DCM", "Person Observer's Role in this Procedure"},
                                {"C28747", "NCIt", "Reader"}));
}

/// TID 1600 and 1602. An unknown view is left out.
ContentItem image_library(ViewPosition view, const ImageReference& image) {
    ContentItem group{contains, {"126200", "DCM", "Image Library Group"}, Container{}};
    group.children.push_back(code_item(
        has_acq_context, {"123014", "DCM", "Target Region"}, {"816094009", "SCT", "Chest"}));
    constexpr Code image_view{"111031", "DCM", "Image View"};
    if (view == ViewPosition::pa) {
        group.children.push_back(
            code_item(has_acq_context, image_view, {"272479007", "SCT", "postero-anterior"}));
    } else if (view == ViewPosition::ap) {
        group.children.push_back(
            code_item(has_acq_context, image_view, {"399348003", "SCT", "antero-posterior"}));
    }
    group.children.push_back({contains, {}, image});
    ContentItem library{contains, {"111028", "DCM", "Image Library"}, Container{"1600"}};
    library.children.push_back(std::move(group));
    return library;
}

SpatialCoordinates rectangle(const BoundingBox& box) {
    const auto outline = outline_of(box);
    return {"POLYLINE", {outline.begin(), outline.end()}};
}

/// TID 1410. Every child has a concept name and every group both tracking ids: viewers rely on it.
/// @param ordinal of the box among the image's boxes of that label, from 1.
ContentItem measurement_group(const BoundingBox& box,
                              std::size_t ordinal,
                              const ImageReference& image) {
    ContentItem group{contains, {"125007", "DCM", "Measurement Group"}, Container{"1410"}};
    group.children.reserve(6);
    group.children.push_back(
        text_item(has_obs_context,
                  {"112039", "DCM", "Tracking Identifier"},
                  box.image_index + '/' + box.label_as_written + '/' + std::to_string(ordinal)));
    group.children.push_back({has_obs_context,
                              {"112040", "DCM", "Tracking Unique Identifier"},
                              UIDReference{tracking_uid(box, ordinal)}});
    group.children.push_back(code_item(contains, finding, Code::of(finding_code(box.finding))));
    if (const CodedConcept* site = finding_site_code(box.finding)) {
        group.children.push_back(
            code_item(has_concept_mod, {"363698007", "SCT", "Finding Site"}, Code::of(*site)));
    }
    ContentItem region{contains, {"111030", "DCM", "Image Region"}, rectangle(box)};
    region.children.push_back({selected_from, {"260753009", "SCT", "Source"}, image});
    group.children.push_back(std::move(region));
    group.children.push_back(text_item(contains, comment, box.label_as_written));
    return group;
}

std::string provenance(const ImageRecord& record) {
    return "Finding Labels='" + record.row.finding_labels + "' (" +
           (record.release == Release::v2020 ? "Data_Entry_2017_v2020.csv"
                                             : "Data_Entry_2017.csv") +
           "): text-mined from the radiology report by NLP, not verified on the image";
}

}  // namespace

ContentItem label_report_content(const ImageRecord& record, const ImageReference& image) {
    ContentItem root = measurement_report();
    add_text_miner(root.children);
    root.children.push_back(procedure_reported());
    ContentItem evaluations{contains, {"C0034375", "UMLS", "Qualitative Evaluations"}, Container{}};
    evaluations.children.reserve(record.row.findings.size() + 1);
    for (const Finding label : record.row.findings) {
        ContentItem item = code_item(contains, finding, Code::of(finding_code(label)));
        item.children.push_back({inferred_from, {"121112", "DCM", "Source of Measurement"}, image});
        evaluations.children.push_back(std::move(item));
    }
    evaluations.children.push_back(text_item(contains, comment, provenance(record)));
    root.children.push_back(std::move(evaluations));
    return root;
}

ContentItem box_report_content(const ImageRecord& record, const ImageReference& image) {
    ContentItem root = measurement_report();
    add_reader(root.children);
    root.children.push_back(procedure_reported());
    root.children.push_back(image_library(record.row.view, image));
    ContentItem measurements{contains, {"126010", "DCM", "Imaging Measurements"}, Container{}};
    measurements.children.reserve(record.boxes.size());
    std::array<std::size_t, finding_count> boxes_of_label{};
    for (const BoundingBox& box : record.boxes) {
        const std::size_t ordinal = ++boxes_of_label[static_cast<std::size_t>(box.finding)];
        measurements.children.push_back(measurement_group(box, ordinal, image));
    }
    root.children.push_back(std::move(measurements));
    return root;
}

}  // namespace cxr::dicom
