#include "dicom/annotation/coco.hpp"

#include "annotation/shape_names.hpp"
#include "dicom/core/json_writer.hpp"

#include <sstream>
#include <unordered_set>

namespace cxr::dicom {
namespace {

constexpr std::size_t image_side = 1024;
constexpr std::size_t category_count = finding_count - 1;  // No Finding is no category

/// "00000013_022.png": 13022. Image indexes are unique, and so are patient and number.
std::size_t image_id(std::string_view image_index) {
    std::size_t id = 0;
    for (const char c : image_index.substr(0, image_index.find('.'))) {
        id = c >= '0' && c <= '9' ? id * 10 + static_cast<std::size_t>(c - '0') : id;
    }
    return id;
}

bool is_instance(const Annotation& annotation) {
    return annotation.box && annotation.finding && *annotation.finding != Finding::no_finding;
}

void put_info(JsonWriter& json) {
    json.key("info").open_object();
    json.key("description").value("NIH ChestX-ray14 boxes, exported by cxrbridge");
    json.key("url").value("https://nihcc.app.box.com/v/ChestXray-NIHCC");
    json.key("version").value("1");
    json.close_object();
    json.key("licenses").open_array();
    json.close_array();
}

void put_images(JsonWriter& json, std::span<const Annotation> annotations) {
    std::unordered_set<std::string_view> known;
    json.key("images").open_array();
    for (const Annotation& annotation : annotations) {
        if (!is_instance(annotation) || !known.insert(annotation.image_index).second) {
            continue;
        }
        json.open_object();
        json.key("id").value(image_id(annotation.image_index));
        json.key("file_name").value(annotation.image_index);
        json.key("width").value(image_side);
        json.key("height").value(image_side);
        json.close_object();
    }
    json.close_array();
}

void put_annotation(JsonWriter& json, const Annotation& annotation, std::size_t id) {
    const AnnotationBox& box = *annotation.box;
    json.open_object();
    json.key("id").value(id);
    json.key("image_id").value(image_id(annotation.image_index));
    json.key("category_id").value(static_cast<std::size_t>(*annotation.finding) + 1);
    json.key("bbox").open_array();
    for (const double number : {box.x, box.y, box.width, box.height}) {
        json.value(number);
    }
    json.close_array();
    json.key("area").value(box.width * box.height);
    json.key("iscrowd").value(std::size_t{0});
    if (annotation.certainty_percent) {
        json.key("score").value(*annotation.certainty_percent / 100);
    }
    if (box.source_shape != SourceShape::rectangle) {
        json.key("source_shape").value(name_of(box.source_shape));
    }
    json.close_object();
}

void put_categories(JsonWriter& json) {
    json.key("categories").open_array();
    for (std::size_t i = 0; i < category_count; ++i) {
        json.open_object();
        json.key("id").value(i + 1);
        json.key("name").value(label_of(static_cast<Finding>(i)));
        json.key("supercategory").value("finding");
        json.close_object();
    }
    json.close_array();
}

}  // namespace

std::string coco_document(std::span<const Annotation> annotations) {
    std::ostringstream text;
    JsonWriter json(text);
    json.open_object();
    put_info(json);
    put_images(json, annotations);
    json.key("annotations").open_array();
    std::size_t id = 0;
    for (const Annotation& annotation : annotations) {
        if (is_instance(annotation)) {
            put_annotation(json, annotation, ++id);
        }
    }
    json.close_array();
    put_categories(json);
    json.close_object();
    text << '\n';
    return std::move(text).str();
}

}  // namespace cxr::dicom
