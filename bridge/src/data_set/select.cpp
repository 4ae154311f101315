#include "bridge/data_set/folder.hpp"

#include <algorithm>
#include <unordered_set>

namespace cxr::bridge {
namespace {

using Names = std::unordered_set<std::string>;

/// "13" and "00000013" are one patient.
Names patient_ids(const std::vector<std::string>& given) {
    Names ids;
    for (const std::string& id : given) {
        ids.insert(std::string(8 - std::min<std::size_t>(id.size(), 8), '0') + id);
    }
    return ids;
}

Names image_indexes(const std::vector<std::string>& given) {
    Names indexes;
    for (const std::string& image : given) {
        indexes.insert(image.ends_with(".png") ? image : image + ".png");
    }
    return indexes;
}

bool names(const Names& wanted, std::string_view name) {
    return wanted.empty() || wanted.contains(std::string(name));
}

bool has_any(const dicom::ImageRecord& record, const std::vector<dicom::Finding>& wanted) {
    const auto& findings = record.row.findings;
    return wanted.empty() ||
           std::find_first_of(findings.begin(), findings.end(), wanted.begin(), wanted.end()) !=
               findings.end();
}

}  // namespace

std::vector<const dicom::ImageRecord*> select(const DataSetFolder& folder,
                                              const Selection& selection) {
    const Names patients = patient_ids(selection.patients);
    const Names images = image_indexes(selection.images);
    const Names splits(selection.splits.begin(), selection.splits.end());
    std::vector<const dicom::ImageRecord*> selected;
    for (const dicom::ImageRecord& record : folder.records) {
        if (selection.limit != 0 && selected.size() == selection.limit) {
            break;
        }
        const bool is_there =
            selection.list_missing_images || folder.images.contains(record.row.image_index);
        if (is_there && names(patients, record.row.patient_id()) &&
            names(images, record.row.image_index) && names(splits, record.split) &&
            has_any(record, selection.findings)) {
            selected.push_back(&record);
        }
    }
    return selected;
}

}  // namespace cxr::bridge
