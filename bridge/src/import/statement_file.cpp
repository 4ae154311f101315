#include "bridge/import/statement_file.hpp"

#include "bridge/export/whole_file.hpp"
#include "dicom/annotation/box_table.hpp"
#include "dicom/annotation/coco.hpp"
#include "dicom/annotation/csv.hpp"
#include "dicom/annotation/json.hpp"
#include "import/line_spool.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace cxr::bridge {
namespace {

using dicom::Annotation;
using Annotations = std::vector<Annotation>;

/// As BBox_List has them.
std::vector<dicom::BoundingBox> boxes_of(const DataSetFolder& folder) {
    std::vector<dicom::BoundingBox> boxes;
    boxes.reserve(folder.boxes_in_file_order.size());
    for (const BoxPlace& place : folder.boxes_in_file_order) {
        boxes.push_back(folder.records[place.record].boxes[place.box]);
    }
    return boxes;
}

/// CSV and COCO: boxes are few beside labels.
class BoxFile : public StatementFile {
public:
    BoxFile(ImportFormat format, std::filesystem::path output, const DataSetFolder* data_set)
        : format_(format), output_(std::move(output)), data_set_(data_set) {}

    void take(Annotation statement) override {
        if (statement.box) {
            boxes_.push_back({.number = taken_, .statement = std::move(statement)});
        }
        ++taken_;
    }

    Result<std::size_t> write(const std::vector<bool>& current,
                              std::span<const Annotation>) override {
        Annotations boxes;
        for (Box& box : boxes_) {
            if (current[box.number]) {
                boxes.push_back(std::move(box.statement));
            }
        }
        const std::size_t count = boxes.size();
        const auto kept = keep_whole_file(output_, document_of(std::move(boxes)));
        return kept ? Result<std::size_t>(count) : Result<std::size_t>(kept.error());
    }

private:
    [[nodiscard]] std::string document_of(Annotations boxes) const {
        if (format_ == ImportFormat::coco) {
            return dicom::coco_document(boxes);
        }
        std::string text(dicom::box_table_header);
        const auto table =
            data_set_ != nullptr ? boxes_of(*data_set_) : std::vector<dicom::BoundingBox>();
        for (const Annotation& row : dicom::boxes_in_table_order(std::move(boxes), table)) {
            text += dicom::box_table_row(row);
        }
        return text;
    }

    struct Box {
        std::size_t number;
        Annotation statement;
    };
    const ImportFormat format_;
    const std::filesystem::path output_;
    const DataSetFolder* const data_set_;
    std::vector<Box> boxes_;
    std::size_t taken_ = 0;
};

/// Images in the data set's order, else by name; the labels of each in document order.
class LabelFile : public StatementFile {
public:
    LabelFile(std::filesystem::path output, const DataSetFolder* data_set)
        : output_(std::move(output)), data_set_(data_set) {}

    void take(Annotation statement) override {
        if (!statement.box) {
            labels_.push_back({.number = taken_,
                               .label = dicom::written_label(statement),
                               .image_index = std::move(statement.image_index)});
        }
        ++taken_;
    }

    Result<std::size_t> write(const std::vector<bool>& current,
                              std::span<const Annotation>) override {
        std::size_t count = 0;
        std::map<std::string, std::string> of_images;
        for (Label& label : labels_) {
            if (current[label.number]) {
                ++count;
                std::string& labels = of_images[std::move(label.image_index)];
                labels += (labels.empty() ? "" : "|") + label.label;
            }
        }
        std::string text(dicom::label_table_header);
        if (data_set_ != nullptr) {
            for (const dicom::ImageRecord& record : data_set_->records) {
                if (const auto image = of_images.extract(record.row.image_index)) {
                    text += dicom::label_table_row(image.key(), image.mapped());
                }
            }
        }
        for (const auto& [image, labels] : of_images) {
            text += dicom::label_table_row(image, labels);
        }
        const auto kept = keep_whole_file(output_, text);
        return kept ? Result<std::size_t>(count) : Result<std::size_t>(kept.error());
    }

private:
    struct Label {
        std::size_t number;
        std::string label, image_index;
    };
    const std::filesystem::path output_;
    const DataSetFolder* const data_set_;
    std::vector<Label> labels_;
    std::size_t taken_ = 0;
};

/// Entries hold nearly all of a statement: they wait on the disk.
class JsonFile : public StatementFile {
public:
    JsonFile(GrowingFile file, LineSpool spool)
        : file_(std::move(file)), spool_(std::move(spool)) {}

    void take(Annotation statement) override { spool_.append(dicom::json_entry(statement)); }

    Result<std::size_t> write(const std::vector<bool>& current,
                              std::span<const Annotation> unmapped) override {
        std::size_t count = 0;
        const auto put = [&](std::string_view entry) {
            file_.append(count++ == 0 ? "" : ",\n");
            file_.append(entry);
        };
        file_.append(dicom::json_header);
        const auto spooled = spool_.for_each([&](std::size_t number, std::string_view entry) {
            if (current[number]) {
                put(entry);
            }
        });
        if (!spooled) {
            return spooled.error();
        }
        for (const Annotation& statement : unmapped) {
            put(dicom::json_entry(statement));
        }
        file_.append(dicom::json_footer);
        auto finished = file_.finish();
        return finished ? Result<std::size_t>(count)
                        : Result<std::size_t>(std::move(finished).error());
    }

private:
    GrowingFile file_;
    LineSpool spool_;
};

}  // namespace

Result<std::unique_ptr<StatementFile>> StatementFile::begin(ImportFormat format,
                                                            std::filesystem::path output,
                                                            const DataSetFolder* data_set) {
    switch (format) {
        case ImportFormat::csv:
        case ImportFormat::coco:
            return std::unique_ptr<StatementFile>(
                std::make_unique<BoxFile>(format, std::move(output), data_set));
        case ImportFormat::labels:
            return std::unique_ptr<StatementFile>(
                std::make_unique<LabelFile>(std::move(output), data_set));
        case ImportFormat::json:
            break;
    }
    auto file = GrowingFile::begin(output);
    if (!file) {
        return std::move(file).error();
    }
    auto spool = LineSpool::beside(output);
    if (!spool) {
        return std::move(spool).error();
    }
    return std::unique_ptr<StatementFile>(
        std::make_unique<JsonFile>(*std::move(file), *std::move(spool)));
}

}  // namespace cxr::bridge
