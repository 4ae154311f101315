#include "bridge/export/flat_files.hpp"

#include "bridge/export/whole_file.hpp"
#include "dicom/annotation/coco.hpp"
#include "dicom/annotation/csv.hpp"
#include "dicom/annotation/json.hpp"
#include "dicom/annotation/record_annotations.hpp"

namespace cxr::bridge {
namespace {

using dicom::Annotation;

/// Every box of the chosen images, in the order of the box table.
template <typename Visit>
void for_each_box(const FlatFileJob& job, Visit visit) {
    std::vector<bool> chosen(job.folder.records.size());
    for (const dicom::ImageRecord* record : job.records) {
        chosen[static_cast<std::size_t>(record - job.folder.records.data())] = true;
    }
    for (const BoxPlace& place : job.folder.boxes_in_file_order) {
        if (chosen[place.record]) {
            auto boxes = dicom::box_annotations(job.folder.records[place.record], job.mapping);
            visit(std::move(boxes[place.box]));
        }
    }
}

void advance(const FlatFileJob& job) {
    if (job.finished) {
        job.finished();
    }
}

Result<FlatFile> write_box_table(const FlatFileJob& job) {
    FlatFile written{.name = "BBox_List_2017.csv"};
    auto file = GrowingFile::begin(job.output / written.name);
    if (!file) {
        return file.error();
    }
    file->append(dicom::box_table_header);
    for_each_box(job, [&](const Annotation& annotation) {
        file->append(dicom::box_table_row(annotation));
        ++written.rows;
    });
    if (auto finished = file->finish(); !finished) {
        return finished.error();
    }
    return written;
}

Result<FlatFile> write_label_table(const FlatFileJob& job) {
    FlatFile written{.name = "Finding_Labels.csv"};
    auto file = GrowingFile::begin(job.output / written.name);
    if (!file) {
        return file.error();
    }
    file->append(dicom::label_table_header);
    for (const dicom::ImageRecord* record : job.records) {
        const auto labels = dicom::label_annotations(*record, job.mapping);
        if (!labels.empty()) {
            file->append(dicom::label_table_row(labels));
            ++written.rows;
        }
        advance(job);
    }
    if (auto finished = file->finish(); !finished) {
        return finished.error();
    }
    return written;
}

}  // namespace

Result<std::vector<FlatFile>> write_csv(const FlatFileJob& job) {
    auto boxes = write_box_table(job);
    if (!boxes) {
        return boxes.error();
    }
    auto labels = write_label_table(job);
    if (!labels) {
        return labels.error();
    }
    return std::vector{*std::move(boxes), *std::move(labels)};
}

Result<std::vector<FlatFile>> write_json(const FlatFileJob& job) {
    FlatFile written{.name = "annotations.json"};
    auto file = GrowingFile::begin(job.output / written.name);
    if (!file) {
        return file.error();
    }
    file->append(dicom::json_header);
    const auto append = [&](std::span<const Annotation> annotations) {
        for (const Annotation& annotation : annotations) {
            file->append(written.rows++ == 0 ? "" : ",\n");
            file->append(dicom::json_entry(annotation));
        }
    };
    for (const dicom::ImageRecord* record : job.records) {
        append(dicom::label_annotations(*record, job.mapping));
        append(dicom::box_annotations(*record, job.mapping));
        append(dicom::source_annotations(*record, job.mapping));
        advance(job);
    }
    append(job.received);
    file->append(dicom::json_footer);
    if (auto finished = file->finish(); !finished) {
        return finished.error();
    }
    return std::vector{std::move(written)};
}

Result<std::vector<FlatFile>> write_coco(const FlatFileJob& job) {
    std::vector<Annotation> boxes;
    for_each_box(job, [&](Annotation&& annotation) { boxes.push_back(std::move(annotation)); });
    FlatFile written{.name = "coco.json", .rows = boxes.size()};
    auto kept = keep_whole_file(job.output / written.name, dicom::coco_document(boxes));
    if (!kept) {
        return kept.error();
    }
    return std::vector{std::move(written)};
}

}  // namespace cxr::bridge
