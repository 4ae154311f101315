#include "report/report_identity.hpp"

#include "dicom/core/uid.hpp"
#include "dicom/report/code_table.hpp"
#include "dicom/report/report.hpp"
#include "mapping/canonical_content.hpp"

namespace cxr::dicom {
namespace {

void append_labels(std::string& content, const ImageRecord& record) {
    content += record.release == Release::v2020 ? "v2020" : "v2017";
    content += '\n';
    content += record.row.finding_labels;
    for (const Finding finding : record.row.findings) {
        content += '\n';
        append(content, finding_code(finding));
    }
}

void append_boxes(std::string& content, const ImageRecord& record) {
    content += std::to_string(static_cast<int>(record.row.view));
    for (const BoundingBox& box : record.boxes) {
        content += '\n';
        content += box.label_as_written;
        append(content, finding_code(box.finding));
        if (const CodedConcept* site = finding_site_code(box.finding)) {
            append(content, *site);
        }
        append(content, box.x);
        append(content, box.y);
        append(content, box.width);
        append(content, box.height);
    }
}

}  // namespace

const CodedConcept& finding_code(Finding finding) {
    return CodeTable::built_in()[finding].finding;
}

const CodedConcept* finding_site_code(Finding finding) {
    const auto& site = CodeTable::built_in()[finding].site;
    return site ? &*site : nullptr;
}

std::string report_sop_instance_uid(const ImageRecord& record,
                                    DerivedKind kind,
                                    const MappingOptions& options) {
    const std::string profile = options.profile();
    std::string content;
    content.reserve(512);
    content += report_template_version;
    content += '|';
    content += report_sop_class_uid;
    content += '|';
    content += report_title_code;
    content += '|';
    content += profile;
    content += '\n';
    if (kind == DerivedKind::label_report) {
        append_labels(content, record);
    } else {
        append_boxes(content, record);
    }
    std::string name = kind == DerivedKind::label_report ? "sr|labels|" : "sr|boxes|";
    name += record.row.image_index;
    name += '|';
    name += report_template_version;
    name += '|';
    name += sha256_hex(content);
    return UIDSource(profile).derive(name);
}

std::string tracking_uid(const BoundingBox& box, std::size_t ordinal) {
    std::string name = "track|" + box.image_index + '|';
    name += label_of(box.finding);
    name += '|' + std::to_string(ordinal);
    return UIDSource().derive(name);
}

const std::string& text_miner_device_uid() {
    static const std::string uid = UIDSource().derive("device|nlp-labeler");
    return uid;
}

}  // namespace cxr::dicom
