#include "bridge/export/flat_files.hpp"

#include "bridge/export/whole_file.hpp"
#include "dicom/annotation/coco.hpp"
#include "dicom/annotation/csv.hpp"
#include "dicom/annotation/json.hpp"
#include "dicom/annotation/record_annotations.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

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

/// Nothing where nobody else says anything.
Result<std::optional<FlatFile>> write_further_table(const FlatFileJob& job) {
    FlatFile written{.name = "Further_Annotations.csv"};
    std::optional<GrowingFile> file;
    for (const dicom::ImageRecord* record : job.records) {
        for (const Annotation& annotation :
             further_annotations(*record, job.mapping, job.received)) {
            if (!file) {
                auto begun = GrowingFile::begin(job.output / written.name);
                if (!begun) {
                    return begun.error();
                }
                file.emplace(*std::move(begun));
                file->append(dicom::further_table_header);
            }
            file->append(dicom::further_table_row(annotation));
            ++written.rows;
        }
    }
    if (!file) {
        return std::optional<FlatFile>();
    }
    if (auto finished = file->finish(); !finished) {
        return finished.error();
    }
    return std::optional(std::move(written));
}

Result<FlatFile> write_coco_file(const FlatFileJob& job,
                                 std::string name,
                                 std::span<const Annotation> boxes) {
    FlatFile written{.name = std::move(name), .rows = boxes.size()};
    auto kept = keep_whole_file(job.output / written.name, dicom::coco_document(boxes));
    if (!kept) {
        return kept.error();
    }
    return written;
}

/// By the name that each observer's files have.
std::map<std::string, std::vector<Annotation>> further_boxes(const FlatFileJob& job) {
    std::map<std::string, std::vector<Annotation>> boxes;
    for (const dicom::ImageRecord* record : job.records) {
        for_each_further_document(
            *record,
            job.mapping,
            job.received,
            [&](const std::string& whose, std::span<const Annotation> said) {
                std::ranges::copy_if(said, std::back_inserter(boxes[whose]), [](const auto& one) {
                    return one.box.has_value();
                });
            });
    }
    std::erase_if(boxes, [](const auto& observer) { return observer.second.empty(); });
    return boxes;
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
    auto further = write_further_table(job);
    if (!further) {
        return further.error();
    }
    std::vector<FlatFile> files{*std::move(boxes), *std::move(labels)};
    if (*further) {
        files.push_back(**std::move(further));
    }
    return files;
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
        append(further_annotations(*record, job.mapping, job.received));
        advance(job);
    }
    file->append(dicom::json_footer);
    if (auto finished = file->finish(); !finished) {
        return finished.error();
    }
    return std::vector{std::move(written)};
}

Result<std::vector<FlatFile>> write_coco(const FlatFileJob& job) {
    std::vector<Annotation> boxes;
    for_each_box(job, [&](Annotation&& annotation) { boxes.push_back(std::move(annotation)); });
    auto own = write_coco_file(job, "coco.json", boxes);
    if (!own) {
        return own.error();
    }
    std::vector<FlatFile> files{*std::move(own)};
    for (const auto& [whose, said] : further_boxes(job)) {
        auto written = write_coco_file(job, "coco_" + whose + ".json", said);
        if (!written) {
            return written.error();
        }
        files.push_back(*std::move(written));
    }
    return files;
}

}  // namespace cxr::bridge
