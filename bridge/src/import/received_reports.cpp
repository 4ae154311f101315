#include "bridge/import/received_reports.hpp"

#include "dicom/codec/codec.hpp"
#include "objects/mapped_file.hpp"

#include <fmt/format.h>

namespace cxr::bridge {
namespace {

Result<dicom::EncodedObject> mapped(const KeptObject& object, const std::filesystem::path& store) {
    auto file = map_file(store / object.file);
    if (!file) {
        return file.error();
    }
    const auto part10 = dicom::read_part10(file->bytes);
    if (!part10) {
        return part10.error();
    }
    dicom::EncodedObject encoded;
    encoded.sop_class_uid = object.sop_class_uid;
    encoded.sop_instance_uid = object.sop_instance_uid;
    encoded.transfer_syntax_uid = object.transfer_syntax_uid;
    encoded.segments.push_back({.owner = file->owner, .bytes = part10->data_set});
    return encoded;
}

}  // namespace

Result<ReceivedReports> read_received_reports(const Catalogue& catalogue,
                                              const std::filesystem::path& store,
                                              const dicom::MappingOptions& mapping,
                                              const dicom::ImageNames& images,
                                              const dicom::ReportReadingOptions& reading) {
    const auto objects = catalogue.received_reports();
    if (!objects) {
        return objects.error();
    }
    ReceivedReports received;
    for (const KeptObject& object : *objects) {
        const auto reject = [&](const std::string& why) {
            received.rejections.push_back(fmt::format("{}: {}", object.sop_instance_uid, why));
        };
        const dicom::TransferSyntax* syntax =
            dicom::find_transfer_syntax(object.transfer_syntax_uid);
        auto encoded = mapped(object, store);
        if (!encoded || syntax == nullptr) {
            reject(encoded ? "unknown transfer syntax" : encoded.error().doing);
            continue;
        }
        auto report = dicom::read_report(encoded->segments.front().bytes,
                                         *syntax,
                                         mapping.reports.code_table(),
                                         images,
                                         reading);
        if (!report) {
            reject(report.error().doing);
            continue;
        }
        for (const dicom::RejectedStatement& rejected : report->rejected) {
            reject(rejected.where + ": " + rejected.reason);
        }
        if (!report->annotations.empty()) {
            received.reports.push_back(
                {.object = object, .encoded = *std::move(encoded), .report = *std::move(report)});
        }
    }
    return received;
}

}  // namespace cxr::bridge
