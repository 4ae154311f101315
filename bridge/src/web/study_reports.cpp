#include "web/study_reports.hpp"

#include "dicom/core/transfer_syntax.hpp"

namespace cxr::bridge::web {

namespace {

constexpr std::size_t reports_max = 200;

std::vector<std::byte> bytes_of(const dicom::EncodedObject& object) {
    std::vector<std::byte> bytes;
    bytes.reserve(object.size_bytes());
    for (const dicom::Segment& segment : object.segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return bytes;
}

StudyReport read(storescp::RetrievePort& objects,
                 const storescp::InstanceReference& instance,
                 const dicom::CodeTable& codes,
                 const dicom::ReportReadingOptions& reading) {
    StudyReport report{.sop_instance_uid = instance.sop_instance_uid};
    const auto object = objects.load(instance, instance.transfer_syntax_uid);
    const auto* syntax = dicom::find_transfer_syntax(instance.transfer_syntax_uid);
    if (!object || syntax == nullptr) {
        report.rejected.push_back(object ? "unknown transfer syntax" : object.error().doing);
        return report;
    }
    const dicom::ImageNames by_uid = [](const std::string& sop_instance_uid, const std::string&) {
        return std::optional(sop_instance_uid);
    };
    auto said = dicom::read_report(bytes_of(*object), *syntax, codes, by_uid, reading);
    if (!said) {
        report.rejected.push_back(said.error().doing);
        return report;
    }
    report.series_instance_uid = said->origin.series_instance_uid;
    report.annotations = std::move(said->annotations);
    for (dicom::RejectedStatement& rejected : said->rejected) {
        if (rejected.unmapped) {
            report.annotations.push_back(*std::move(rejected.unmapped));
        } else {
            report.rejected.push_back(rejected.where + ": " + rejected.reason);
        }
    }
    return report;
}

}  // namespace

Result<std::vector<StudyReport>> study_reports(storescp::RetrievePort& objects,
                                               const std::string& study_instance_uid,
                                               const dicom::MappingOptions& mapping,
                                               const dicom::ReportReadingOptions& reading) {
    dicom::RetrieveIdentifier identifier;
    identifier.study_instance_uids = {study_instance_uid};
    const auto instances = objects.instances(identifier);
    if (!instances) {
        return instances.error();
    }
    if (instances->empty()) {
        return Fault{.kind = FaultKind::not_found, .doing = "no such study"};
    }
    std::vector<StudyReport> reports;
    for (const storescp::InstanceReference& instance : *instances) {
        if (dicom::is_readable_report_class(instance.sop_class_uid) &&
            reports.size() < reports_max) {
            reports.push_back(read(objects, instance, mapping.reports.code_table(), reading));
        }
    }
    return reports;
}

}  // namespace cxr::bridge::web
