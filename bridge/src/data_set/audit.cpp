#include "bridge/data_set/audit.hpp"

#include "data_set/published.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::bridge {
namespace {

using dicom::Finding;

std::string images(std::size_t count) {
    return fmt::format("{} image{}", count, count == 1 ? "" : "s");
}

bool has(const std::vector<Finding>& findings, Finding finding) {
    return std::find(findings.begin(), findings.end(), finding) != findings.end();
}

void count(SplitAudit& split, const dicom::ChestXRayRow& row) {
    ++split.images;
    split.patients.emplace(row.patient_id());
    for (const Finding finding : row.findings) {
        ++split.labels[static_cast<std::size_t>(finding)];
    }
}

/// The list's own labels as findings; none set is No Finding.
std::vector<Finding> findings_of(const dicom::SplitRow& row) {
    std::vector<Finding> findings;
    for (std::size_t label = 0; row.labels && label < row.labels->size(); ++label) {
        if ((*row.labels)[label]) {
            findings.push_back(static_cast<Finding>(label));
        }
    }
    if (findings.empty()) {
        findings.push_back(Finding::no_finding);
    }
    return findings;
}

void count_records(Audit& result, const DataSetFolder& folder) {
    for (const dicom::ImageRecord& record : folder.records) {
        const dicom::ChestXRayRow& row = record.row;
        count(result.all, row);
        count(result.official[record.split], row);
        if (!folder.images.contains(row.image_index)) {
            if (result.images_missing++ == 0) {
                result.first_missing = row.image_index;
            }
        }
        result.boxed_images += record.boxes.empty() ? 0 : 1;
        for (const dicom::BoundingBox& box : record.boxes) {
            ++result.boxes;
            ++result.boxes_by_label[static_cast<std::size_t>(box.finding)];
            result.boxes_without_label += has(row.findings, box.finding) ? 0 : 1;
        }
    }
    const auto& train_val = result.official["train_val"].patients;
    for (const std::string& patient : result.official["test"].patients) {
        result.patients_in_both_lists += train_val.contains(patient) ? 1 : 0;
    }
}

void count_faults(Audit& result, const DataSetFolder& folder) {
    std::set<std::string> box_files;
    for (const TableRead& table : folder.tables) {
        if (table.kind == TableRead::Kind::boxes) {
            box_files.insert(table.file);
        }
    }
    for (const dicom::RowFault& fault : folder.faults) {
        (fault.row_skipped ? result.rows_skipped : result.values_left_out) += 1;
        // The columns of a box's place and size.
        const bool of_place = box_files.contains(fault.file) && fault.column.starts_with("Bbox ");
        result.boxes_out_of_range += of_place ? 1 : 0;
    }
}

void count_image_wise(Audit& result,
                      const DataSetFolder& folder,
                      std::span<const ImageWiseList> lists) {
    std::unordered_map<std::string_view, const dicom::ChestXRayRow*> rows;
    rows.reserve(folder.records.size());
    for (const dicom::ImageRecord& record : folder.records) {
        rows.emplace(record.row.image_index, &record.row);
    }
    std::map<std::string, std::size_t, std::less<>> lists_of_patient;
    for (const ImageWiseList& list : lists) {
        ImageWiseAudit counted;
        counted.split = list.split;
        counted.file = list.file;
        counted.rows_skipped = list.faults.size();
        for (const dicom::SplitRow& listed : list.rows) {
            dicom::ChestXRayRow row;
            row.image_index = listed.image_index;
            row.findings = findings_of(listed);
            count(counted.counts, row);
            const auto found = rows.find(listed.image_index);
            if (found == rows.end()) {
                ++counted.images_without_row;
                continue;
            }
            std::vector<Finding> of_table = found->second->findings;
            std::sort(of_table.begin(), of_table.end());
            counted.labels_differ += of_table == row.findings ? 0 : 1;
        }
        for (const std::string& patient : counted.counts.patients) {
            ++lists_of_patient[patient];
        }
        result.faults.insert(result.faults.end(), list.faults.begin(), list.faults.end());
        result.rows_skipped += list.faults.size();
        result.image_wise.push_back(std::move(counted));
    }
    for (const auto& [patient, lists_count] : lists_of_patient) {
        result.patients_in_several_image_wise += lists_count > 1 ? 1 : 0;
    }
}

/// Sentences on the counts of a complete table that are not the published ones.
void compare_with_published(Audit& result) {
    const auto expect = [&](std::string_view what, std::size_t found, std::size_t published) {
        if (found != published) {
            result.wrong.push_back(
                fmt::format("{}: {} found, {} published", what, found, published));
        }
    };
    expect("patients", result.all.patients.size(), published::patients);
    if (result.official.contains("train_val") || result.official.contains("test")) {
        expect("train_val images", result.official["train_val"].images, published::train_val);
        expect("test images", result.official["test"].images, published::test);
    }
    if (result.boxes != 0) {
        expect("boxes", result.boxes, published::boxes);
        expect("images with boxes", result.boxed_images, published::boxed_images);
    }
    for (const ImageWiseAudit& list : result.image_wise) {
        const published::ClassTable* table = published::class_table(list.split);
        if (table == nullptr) {
            continue;
        }
        for (std::size_t label = 0; label < dicom::finding_count; ++label) {
            const bool one_short = static_cast<Finding>(label) == Finding::no_finding;
            if (!published::agrees(list.counts.labels[label], table->labels[label], one_short)) {
                expect(
                    fmt::format("{} in {}", dicom::label_of(static_cast<Finding>(label)), list.file)
                        .c_str(),
                    list.counts.labels[label],
                    table->labels[label]);
            }
        }
        if (!published::agrees(list.counts.images, table->images, true)) {
            expect("images in " + list.file, list.counts.images, table->images);
        }
    }
}

void judge_images(Audit& result) {
    auto& wrong = result.wrong;
    if (result.images_missing != 0) {
        wrong.push_back(fmt::format("{} of {} rows have no PNG (first: {})",
                                    result.images_missing,
                                    result.all.images,
                                    result.first_missing));
    }
    if (result.images_without_row != 0) {
        wrong.push_back(fmt::format("{} without a row (first: {})",
                                    images(result.images_without_row),
                                    result.first_without_row));
    }
    if (result.doubled_different != 0) {
        wrong.push_back(images(result.doubled_different) + " twice with different content");
    }
    if (!result.damaged.empty()) {
        wrong.push_back(images(result.damaged.size()) + " damaged");
    }
}

void judge_tables(Audit& result) {
    auto& wrong = result.wrong;
    if (result.all.images == 0) {
        wrong.push_back(result.table + " has no rows");
    }
    if (result.rows_skipped != 0) {
        wrong.push_back(fmt::format(
            "{} bad row{} skipped", result.rows_skipped, result.rows_skipped == 1 ? "" : "s"));
    }
    if (result.values_left_out != 0) {
        wrong.push_back(fmt::format("{} impossible value{} left out",
                                    result.values_left_out,
                                    result.values_left_out == 1 ? "" : "s"));
    }
    for (const TableRead& table : result.tables) {
        if (table.rows_unmatched != 0) {
            wrong.push_back(fmt::format("{}: {} without a row in {}",
                                        table.file,
                                        images(table.rows_unmatched),
                                        result.table));
        }
    }
    if (result.boxes_without_label != 0) {
        wrong.push_back(fmt::format("{} box(es) of a label that their image does not have",
                                    result.boxes_without_label));
    }
    if (result.patients_in_both_lists != 0) {
        wrong.push_back(
            fmt::format("{} patient(s) in both train_val and test", result.patients_in_both_lists));
    }
    const bool has_lists =
        result.official.contains("train_val") || result.official.contains("test");
    if (has_lists && result.official.contains("")) {
        wrong.push_back(images(result.official[""].images) + " in no official list");
    }
    if (result.patients_in_several_image_wise != 0) {
        wrong.push_back(fmt::format("{} patient(s) in several lists by image",
                                    result.patients_in_several_image_wise));
    }
    for (const ImageWiseAudit& list : result.image_wise) {
        if (list.images_without_row != 0) {
            wrong.push_back(
                fmt::format("{}: {} without a row", list.file, images(list.images_without_row)));
        }
    }
}

void add_notes(Audit& result) {
    if (result.doubled_identical != 0) {
        result.notes.push_back(images(result.doubled_identical) + " twice, with the same content");
    }
    if (!result.official.contains("train_val") && !result.official.contains("test")) {
        result.notes.emplace_back("no official split lists (train_val_list.txt, test_list.txt)");
    }
    std::size_t labels_differ = 0;
    for (const ImageWiseAudit& list : result.image_wise) {
        labels_differ += list.labels_differ;
    }
    if (labels_differ != 0) {
        result.notes.push_back(fmt::format(
            "{} have other labels in the lists by image (of 2017) than in {}{}",
            images(labels_differ),
            result.table,
            result.release == dicom::Release::v2020 ? ": v2020 added labels to some" : ""));
    }
    if (result.complete) {
        result.notes.push_back(
            fmt::format("{} patients is what the published tables hold; the paper's {} is in none "
                        "of them",
                        published::patients,
                        published::patients_of_the_paper));
    }
}

}  // namespace

Audit audit(const DataSetFolder& folder,
            std::span<const ImageWiseList> image_wise,
            const std::optional<DecodedImages>& decoded) {
    Audit result;
    result.root = folder.root.string();
    result.tables = folder.tables;
    result.table = folder.tables.empty() ? "" : folder.tables.front().file;
    result.faults = folder.faults;
    result.notes = folder.notes;
    result.release = folder.records.empty() ? dicom::Release::v2020 : folder.records[0].release;
    result.complete = folder.records.size() >= published::rows;
    result.images_found = folder.images.size();
    result.images_without_row = folder.images_without_row.size();
    result.first_without_row =
        folder.images_without_row.empty() ? "" : folder.images_without_row.front();
    for (const DuplicateImage& pair : folder.duplicate_images) {
        (pair.identical ? result.doubled_identical : result.doubled_different) += 1;
    }
    count_faults(result, folder);
    count_records(result, folder);
    std::erase_if(result.official, [](const auto& split) { return split.second.images == 0; });
    count_image_wise(result, folder, image_wise);
    if (decoded) {
        result.images_decoded = decoded->decoded;
        result.damaged = decoded->damaged;
    }
    judge_images(result);
    judge_tables(result);
    if (result.complete) {
        compare_with_published(result);
    }
    add_notes(result);
    return result;
}

}  // namespace cxr::bridge
