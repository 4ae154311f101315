#include "annotation/statement_rows.hpp"
#include "dicom/core/json_reader.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace cxr::dicom {
namespace {

Fault lacks(std::string_view file, std::string_view what) {
    return {FaultKind::malformed, fmt::format("{}: lacks {}", file, what)};
}

std::string text_of(const JsonValue& object, std::string_view name) {
    const JsonValue* member = object.member(name);
    const std::string* text = member == nullptr ? nullptr : member->text();
    return text == nullptr ? std::string() : *text;
}

std::optional<double> number_of(const JsonValue& object, std::string_view name) {
    const JsonValue* member = object.member(name);
    const double* number = member == nullptr ? nullptr : member->number();
    return number == nullptr ? std::nullopt : std::optional(*number);
}

/// False, and a fault of the row, when "bbox" is there and is not four numbers. null is none.
bool read_box(const JsonValue& entry, StatementRows& rows, StatementRows::Cells& cells) {
    const JsonValue* member = entry.member("bbox");
    if (member == nullptr || std::holds_alternative<std::nullptr_t>(member->value)) {
        return true;
    }
    const JsonValue::Array* sides = member->array();
    std::array<double, 4> box{};
    bool sound = sides != nullptr && sides->size() == box.size();
    for (std::size_t i = 0; sound && i < box.size(); ++i) {
        const double* side = (*sides)[i].number();
        sound = side != nullptr;
        box[i] = sound ? *side : 0;
    }
    if (!sound) {
        rows.fault(entry.line, "bbox", "is not four numbers, x, y, w, h");
        return false;
    }
    cells.x_y_width_height = box;
    return true;
}

using NamesById = std::unordered_map<double, std::string>;

/// The names of a COCO list's elements by their ids.
NamesById names_by_id(const JsonValue& root, std::string_view list, std::string_view name) {
    NamesById names;
    if (const JsonValue* member = root.member(list); member != nullptr && member->array()) {
        for (const JsonValue& element : *member->array()) {
            if (const auto id = number_of(element, "id")) {
                names.emplace(*id, text_of(element, name));
            }
        }
    }
    return names;
}

/// What an id of an annotation names; empty: nothing.
std::string named(const JsonValue& entry, std::string_view member, const NamesById& names) {
    const auto id = number_of(entry, member);
    const auto found = id ? names.find(*id) : names.end();
    return found == names.end() ? std::string() : found->second;
}

}  // namespace

Result<Table<SourceRow>> parse_statement_json(std::string_view content, std::string_view file) {
    const auto root = parse_json(content, file);
    if (!root) {
        return root.error();
    }
    const JsonValue* list = root->array() != nullptr ? &*root : root->member("annotations");
    if (list == nullptr || list->array() == nullptr) {
        return lacks(file, "a list \"annotations\"");
    }
    StatementRows rows(file, CertaintyUnit::percent);
    for (const JsonValue& entry : *list->array()) {
        StatementRows::Cells cells{.image = text_of(entry, "image"),
                                   .label = text_of(entry, "label"),
                                   .x_y_width_height = std::nullopt,
                                   .certainty = number_of(entry, "certainty_percent")};
        if (read_box(entry, rows, cells)) {
            rows.add(entry.line, cells);
        }
    }
    return rows.take();
}

Result<Table<SourceRow>> parse_statement_coco(std::string_view content, std::string_view file) {
    const auto root = parse_json(content, file);
    if (!root) {
        return root.error();
    }
    for (const char* needed : {"images", "annotations", "categories"}) {
        const JsonValue* list = root->member(needed);
        if (list == nullptr || list->array() == nullptr) {
            return lacks(file, fmt::format("a list \"{}\"", needed));
        }
    }
    const NamesById images = names_by_id(*root, "images", "file_name");
    const NamesById categories = names_by_id(*root, "categories", "name");
    StatementRows rows(file, CertaintyUnit::fraction);
    for (const JsonValue& entry : *root->member("annotations")->array()) {
        std::string image = named(entry, "image_id", images);
        // File names may carry a folder: images are known by their base name.
        image.erase(0, image.rfind('/') + 1);
        StatementRows::Cells cells{.image = std::move(image),
                                   .label = named(entry, "category_id", categories),
                                   .x_y_width_height = std::nullopt,
                                   .certainty = number_of(entry, "score")};
        if (read_box(entry, rows, cells)) {
            rows.add(entry.line, cells);
        }
    }
    return rows.take();
}

}  // namespace cxr::dicom
