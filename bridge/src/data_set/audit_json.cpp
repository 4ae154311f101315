#include "bridge/data_set/audit.hpp"
#include "data_set/published.hpp"
#include "json_writer.hpp"

namespace cxr::bridge {
namespace {

void write_strings(JsonWriter& json, const char* name, const std::vector<std::string>& texts) {
    json.key(name).open_array();
    for (const std::string& text : texts) {
        json.value(text);
    }
    json.close_array();
}

void write_labels(JsonWriter& json, const char* name, const LabelCounts& labels) {
    json.key(name).open_object();
    for (std::size_t label = 0; label < labels.size(); ++label) {
        json.key(dicom::label_of(static_cast<dicom::Finding>(label))).value(labels[label]);
    }
    json.close_object();
}

void write_split(JsonWriter& json, const SplitAudit& split) {
    json.key("images").value(split.images);
    json.key("patients").value(split.patients.size());
    write_labels(json, "labels", split.labels);
}

void write_splits(JsonWriter& json, const Audit& audit) {
    json.key("all").open_object();
    write_split(json, audit.all);
    json.close_object();
    json.key("official_split").open_object();
    for (const auto& [name, split] : audit.official) {
        json.key(name.empty() ? "in_no_list" : name).open_object();
        write_split(json, split);
        json.close_object();
    }
    json.close_object();
    json.key("split_by_image").open_object();
    for (const ImageWiseAudit& list : audit.image_wise) {
        json.key(list.split).open_object();
        json.key("file").value(list.file);
        write_split(json, list.counts);
        json.key("rows_skipped").value(list.rows_skipped);
        json.key("images_without_row").value(list.images_without_row);
        json.key("images_with_other_labels").value(list.labels_differ);
        if (const published::ClassTable* table = published::class_table(list.split)) {
            json.key("published").open_object();
            json.key("images").value(table->images);
            json.key("labels").open_object();
            for (std::size_t label = 0; label < dicom::finding_count; ++label) {
                json.key(dicom::label_of(static_cast<dicom::Finding>(label)));
                if (table->labels[label] == 0) {
                    json.null();
                } else {
                    json.value(table->labels[label]);
                }
            }
            json.close_object();
            json.close_object();
        }
        json.close_object();
    }
    json.close_object();
}

void write_images(JsonWriter& json, const Audit& audit) {
    json.key("images").open_object();
    json.key("found").value(audit.images_found);
    json.key("missing").value(audit.images_missing);
    json.key("without_row").value(audit.images_without_row);
    json.key("doubled_identical").value(audit.doubled_identical);
    json.key("doubled_different").value(audit.doubled_different);
    json.key("decoded");
    if (audit.images_decoded) {
        json.value(*audit.images_decoded);
    } else {
        json.null();
    }
    json.key("damaged").open_array();
    for (const DamagedImage& image : audit.damaged) {
        json.open_object();
        json.key("path").value(image.path);
        json.key("reason").value(image.reason);
        json.close_object();
    }
    json.close_array();
    json.close_object();
}

void write_tables(JsonWriter& json, const Audit& audit) {
    json.key("tables").open_array();
    for (const TableRead& table : audit.tables) {
        json.open_object();
        json.key("file").value(table.file);
        json.key("rows").value(table.rows);
        json.key("rows_skipped").value(table.rows_skipped);
        json.key("rows_unmatched").value(table.rows_unmatched);
        json.close_object();
    }
    json.close_array();
    json.key("faults").open_array();
    for (const dicom::RowFault& fault : audit.faults) {
        json.open_object();
        json.key("file").value(fault.file);
        json.key("line").value(fault.line);
        json.key("column").value(fault.column);
        json.key("reason").value(fault.reason);
        json.key("row_skipped").value(fault.row_skipped);
        json.close_object();
    }
    json.close_array();
}

}  // namespace

void write_audit_json(std::ostream& out, const Audit& audit) {
    JsonWriter json(out);
    json.open_object();
    json.key("data_set").value(audit.root);
    json.key("table").value(audit.table);
    json.key("release").value(audit.release == dicom::Release::v2020 ? "v2020" : "2017");
    json.key("complete").value(audit.complete);
    json.key("patients_in_both_official_lists").value(audit.patients_in_both_lists);
    json.key("patients_in_several_lists_by_image").value(audit.patients_in_several_image_wise);
    write_splits(json, audit);
    write_images(json, audit);
    json.key("boxes").open_object();
    json.key("count").value(audit.boxes);
    json.key("images").value(audit.boxed_images);
    json.key("out_of_range").value(audit.boxes_out_of_range);
    json.key("label_not_in_row").value(audit.boxes_without_label);
    write_labels(json, "labels", audit.boxes_by_label);
    json.close_object();
    write_tables(json, audit);
    write_strings(json, "wrong", audit.wrong);
    write_strings(json, "notes", audit.notes);
    json.close_object();
    out << '\n';
}

}  // namespace cxr::bridge
