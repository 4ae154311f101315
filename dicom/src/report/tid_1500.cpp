#include "report/tid_1500.hpp"

#include "dicom/mapping/geometry.hpp"
#include "dicom/report/report.hpp"
#include "report/concepts.hpp"
#include "report/observers.hpp"
#include "report/region_group.hpp"
#include "report/report_identity.hpp"

#include <array>

namespace cxr::dicom {
namespace {

using concepts::contains;
using concepts::has_acq_context;
using concepts::has_concept_mod;
using concepts::inferred_from;

ContentItem code_item(std::string_view relationship, const Code& name, const Code& value) {
    return {relationship, name, value};
}

ContentItem text_item(std::string_view relationship, const Code& name, std::string value) {
    return {relationship, name, Text{std::move(value)}};
}

/// TID 1500 rows 1 and 2.
ContentItem measurement_report(const CodedConcept& title) {
    ContentItem root{{}, Code::of(title), Container{"1500"}};
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

ContentItem finding_item(Finding finding, const ReportOptions& options) {
    const FindingCode found = finding_code(finding, options);
    ContentItem item = code_item(contains, concepts::finding, Code::of(found.code));
    if (found.equivalent != nullptr) {
        item.value = CodeWithEquivalent{Code::of(found.code), Code::of(*found.equivalent)};
    }
    return item;
}

/// @param ordinal of the box among the image's boxes of that label, from 1.
ContentItem box_group(const BoundingBox& box,
                      std::size_t ordinal,
                      const ImageRecord& record,
                      const ImageReference& image,
                      const MappingOptions& options) {
    return region_group_item({.tracking_identifier = box.image_index + '/' + box.label_as_written +
                                                     '/' + std::to_string(ordinal),
                              .tracking_uid = tracking_uid(box, ordinal),
                              .finding = finding_item(box.finding, options.reports),
                              .site = finding_code(box.finding, options.reports).site,
                              .box = box,
                              .comment = box.label_as_written},
                             image,
                             options.reports.measurements,
                             detector_spacing(record.row, options.geometry));
}

std::string provenance(const ImageRecord& record) {
    return "Finding Labels='" + record.row.finding_labels + "' (" +
           (record.release == Release::v2020 ? "Data_Entry_2017_v2020.csv"
                                             : "Data_Entry_2017.csv") +
           "): text-mined from the radiology report by NLP, not verified on the image";
}

/// TID 1500 needs measurements or evaluations: of what was withdrawn, only that it was.
void add_withdrawal(ContentItem& root, std::string_view what) {
    ContentItem evaluations{contains, concepts::qualitative_evaluations, Container{}};
    evaluations.children.push_back(
        text_item(contains, concepts::comment, std::string(what) + " withdrawn"));
    root.children.push_back(std::move(evaluations));
}

/// What a source says of the image as a whole, or of a region of it.
class SourceItems {
public:
    SourceItems(const ImageRecord& record,
                const SourceStatements& said,
                const ImageReference& image,
                const MappingOptions& options)
        : record_(record), said_(said), image_(image), mapping_(options) {}

    void add_to(ContentItem& root) {
        ContentItem measurements{contains, concepts::imaging_measurements, Container{}};
        ContentItem evaluations{contains, concepts::qualitative_evaluations, Container{}};
        for (const SourceStatement& statement : said_.statements) {
            if (statement.x_y_width_height) {
                measurements.children.push_back(group(statement));
            } else {
                evaluations.children.push_back(evaluation(statement));
            }
        }
        if (!measurements.children.empty()) {
            root.children.push_back(image_library(record_.row.view, image_));
            root.children.push_back(std::move(measurements));
        }
        if (!evaluations.children.empty()) {
            root.children.push_back(std::move(evaluations));
        }
    }

private:
    [[nodiscard]] ContentItem finding(const SourceStatement& statement) const {
        ContentItem item = finding_item(statement.finding, options_);
        if (statement.certainty_percent) {
            item.children.push_back(
                {concepts::has_properties,
                 concepts::certainty_of_finding,
                 Numeric{*statement.certainty_percent, Code{"%", "UCUM", "Percent"}}});
        }
        return item;
    }

    [[nodiscard]] ContentItem evaluation(const SourceStatement& statement) const {
        ContentItem item = finding(statement);
        if (said_.source->observer.type == ObserverType::device) {
            add_algorithm(item, said_.source->observer);
        }
        item.children.push_back({inferred_from, concepts::source_of_measurement, image_});
        return item;
    }

    ContentItem group(const SourceStatement& statement) {
        const std::size_t ordinal = ++ordinals_[static_cast<std::size_t>(statement.finding)];
        BoundingBox box;
        box.image_index = record_.row.image_index;
        box.finding = statement.finding;
        const auto& [x, y, width, height] = *statement.x_y_width_height;
        box.x = x;
        box.y = y;
        box.width = width;
        box.height = height;
        box = scaled_box(box, pixel_scale(record_.row, published_size, mapping_.geometry));
        ContentItem item = region_group_item(
            {.tracking_identifier =
                 box.image_index + '/' + statement.label_as_written + '/' + std::to_string(ordinal),
             .tracking_uid = source_tracking_uid(said_.source->name, box, ordinal),
             .finding = finding(statement),
             .site = finding_code(statement.finding, options_).site,
             .box = box,
             .comment = statement.label_as_written},
            image_,
            options_.measurements,
            detector_spacing(record_.row, mapping_.geometry));
        if (said_.source->observer.type == ObserverType::device) {
            add_algorithm(item, said_.source->observer);
        }
        return item;
    }

    const ImageRecord& record_;
    const SourceStatements& said_;
    const ImageReference& image_;
    const MappingOptions& mapping_;
    const ReportOptions& options_ = mapping_.reports;
    std::array<std::size_t, finding_count> ordinals_{};
};

}  // namespace

ContentItem label_report_content(const ImageRecord& record,
                                 const ImageReference& image,
                                 const ReportOptions& options) {
    ContentItem root = measurement_report(report_title(DerivedKind::label_report, options));
    add_observer(root.children, text_miner(record.release));
    root.children.push_back(procedure_reported());
    ContentItem evaluations{contains, concepts::qualitative_evaluations, Container{}};
    evaluations.children.reserve(record.row.findings.size() + 1);
    for (const Finding label : record.row.findings) {
        ContentItem item = finding_item(label, options);
        if (options.profile == ReportProfile::air) {
            add_algorithm(item, text_miner(record.release));
        }
        item.children.push_back({inferred_from, concepts::source_of_measurement, image});
        evaluations.children.push_back(std::move(item));
    }
    evaluations.children.push_back(text_item(contains, concepts::comment, provenance(record)));
    root.children.push_back(std::move(evaluations));
    return root;
}

ContentItem box_report_content(const ImageRecord& record,
                               const ImageReference& image,
                               const MappingOptions& options) {
    ContentItem root = measurement_report(report_title(DerivedKind::box_report, options.reports));
    add_observer(root.children, nih_reader());
    root.children.push_back(procedure_reported());
    if (record.boxes.empty()) {
        add_withdrawal(root, "all boxes");
        return root;
    }
    root.children.push_back(image_library(record.row.view, image));
    ContentItem measurements{contains, concepts::imaging_measurements, Container{}};
    measurements.children.reserve(record.boxes.size());
    std::array<std::size_t, finding_count> boxes_of_label{};
    for (const BoundingBox& box : boxes_of_object(record, options.geometry)) {
        const std::size_t ordinal = ++boxes_of_label[static_cast<std::size_t>(box.finding)];
        measurements.children.push_back(box_group(box, ordinal, record, image, options));
    }
    root.children.push_back(std::move(measurements));
    return root;
}

ContentItem source_report_content(const ImageRecord& record,
                                  DerivedKind kind,
                                  const ImageReference& image,
                                  const MappingOptions& options) {
    const SourceStatements& said = record.sources.at(source_of(kind));
    ContentItem root = measurement_report(report_title(kind, options.reports));
    add_observer(root.children, said.source->observer);
    root.children.push_back(procedure_reported());
    if (said.statements.empty()) {
        add_withdrawal(root, "all annotations");
    } else {
        SourceItems(record, said, image, options).add_to(root);
    }
    return root;
}

}  // namespace cxr::dicom
