#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/export/whole_file.hpp"
#include "bridge/import/report_import.hpp"
#include "dicom/annotation/box_table.hpp"
#include "dicom/annotation/coco.hpp"
#include "dicom/annotation/csv.hpp"
#include "dicom/annotation/json.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/mapping/geometry.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <map>
#include <utility>

namespace cxr::bridge::cli {
namespace {

using Annotations = std::vector<dicom::Annotation>;

/// As BBox_List has them.
std::vector<dicom::BoundingBox> boxes_of(const DataSetFolder& folder) {
    std::vector<dicom::BoundingBox> boxes;
    boxes.reserve(folder.boxes_in_file_order.size());
    for (const BoxPlace& place : folder.boxes_in_file_order) {
        boxes.push_back(folder.records[place.record].boxes[place.box]);
    }
    return boxes;
}

std::string box_table(Annotations annotations, std::span<const dicom::BoundingBox> table) {
    std::string text(dicom::box_table_header);
    for (const dicom::Annotation& row :
         dicom::boxes_in_table_order(std::move(annotations), table)) {
        text += dicom::box_table_row(row);
    }
    return text;
}

/// Images in the data set's order, else by name; the labels of each in document order.
std::string label_table(const Annotations& annotations,
                        std::span<const dicom::ImageRecord> records) {
    std::map<std::string_view, Annotations> of_images;
    for (const dicom::Annotation& annotation : annotations) {
        if (!annotation.box) {
            of_images[annotation.image_index].push_back(annotation);
        }
    }
    std::string text(dicom::label_table_header);
    const auto write = [&](std::string_view image) {
        if (const auto found = of_images.find(image); found != of_images.end()) {
            text += dicom::label_table_row(found->second);
            of_images.erase(found);
        }
    };
    for (const dicom::ImageRecord& record : records) {
        write(record.row.image_index);
    }
    while (!of_images.empty()) {
        write(of_images.begin()->first);
    }
    return text;
}

std::string json_document(const ImportedReports& imported) {
    std::string text(dicom::json_header);
    bool first = true;
    for (const Annotations* each : {&imported.annotations, &imported.unmapped}) {
        for (const dicom::Annotation& annotation : *each) {
            text += std::exchange(first, false) ? "" : ",\n";
            text += dicom::json_entry(annotation);
        }
    }
    return text.append(dicom::json_footer);
}

std::string document_of(const ImportedReports& imported,
                        ImportFormat format,
                        const std::optional<DataSetFolder>& folder) {
    const std::span<const dicom::ImageRecord> records =
        folder ? std::span<const dicom::ImageRecord>(folder->records)
               : std::span<const dicom::ImageRecord>();
    switch (format) {
        case ImportFormat::json:
            return json_document(imported);
        case ImportFormat::coco:
            return dicom::coco_document(imported.annotations);
        case ImportFormat::labels:
            return label_table(imported.annotations, records);
        case ImportFormat::csv:
            break;
    }
    return box_table(imported.annotations,
                     folder ? boxes_of(*folder) : std::vector<dicom::BoundingBox>());
}

}  // namespace

int run_import(const ImportOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    const auto files = report_files(options.reports);
    if (!files) {
        fmt::print(err, "import: {}\n", files.error().doing);
        return wrong_usage;
    }
    std::optional<DataSetFolder> folder;
    if (options.data_set) {
        auto read = read_data_set(*options.data_set, options.mapping);
        if (!read) {
            fmt::print(err, "{}\n", read.error().doing);
            return wrong_usage;
        }
        folder = *std::move(read);
    }
    const ReportImport job{.mapping = options.mapping,
                           .images = folder
                                         ? dicom::names_of_images(folder->records, options.mapping)
                                         : dicom::derived_image_names(options.mapping),
                           .reading = options.reading,
                           .threads = options.threads};
    ImportedReports imported = [&] {
        Progress progress("reading", "reports", files->size());
        return import_reports(*files, job, [&progress] { progress.advance(); });
    }();
    if (folder) {
        const dicom::StoredRegions regions(folder->records, options.mapping);
        regions.restore(imported.annotations);
        regions.restore(imported.unmapped);
    }
    for (const std::string& rejection : imported.rejections) {
        fmt::print(err, "{}\n", rejection);
    }
    const auto kept =
        keep_whole_file(options.output, document_of(imported, options.format, folder));
    if (!kept) {
        fmt::print(err, "{}\n", kept.error().doing);
        return wrong_usage;
    }
    fmt::print(out,
               "{} annotations of {} reports written to {}, {} not taken\n",
               imported.annotations.size(),
               imported.reports,
               options.output.string(),
               imported.rejections.size());
    return imported.rejections.empty() ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
