#include "bridge/data_set/folder.hpp"
#include "data_set/split_lists.hpp"

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

/// The official splits by the records themselves, the others by their lists.
class Splits {
public:
    [[nodiscard]] static Result<Splits> read(const DataSetFolder& folder,
                                             const std::vector<std::string>& wanted) {
        Splits splits;
        splits.all_ = wanted.empty();
        for (const std::string& name : wanted) {
            const bool official = std::ranges::any_of(
                folder.records, [&name](const auto& record) { return record.split == name; });
            if (official) {
                splits.official_.insert(name);
                continue;
            }
            auto listed = images_of_list(folder.root, name);
            if (!listed) {
                return listed.error();
            }
            splits.listed_.merge(*listed);
        }
        return splits;
    }
    [[nodiscard]] bool have(const dicom::ImageRecord& record) const {
        return all_ || official_.contains(record.split) || listed_.contains(record.row.image_index);
    }

private:
    bool all_ = true;
    Names official_;
    Names listed_;  // image indexes
};

}  // namespace

Result<std::vector<const dicom::ImageRecord*>> select(const DataSetFolder& folder,
                                                      const Selection& selection) {
    const Names patients = patient_ids(selection.patients);
    const Names images = image_indexes(selection.images);
    const auto splits = Splits::read(folder, selection.splits);
    if (!splits) {
        return splits.error();
    }
    std::vector<const dicom::ImageRecord*> selected;
    for (const dicom::ImageRecord& record : folder.records) {
        if (selection.limit != 0 && selected.size() == selection.limit) {
            break;
        }
        const bool is_there =
            selection.list_missing_images || folder.images.contains(record.row.image_index);
        if (is_there && names(patients, record.row.patient_id()) &&
            names(images, record.row.image_index) && splits->have(record) &&
            has_any(record, selection.findings)) {
            selected.push_back(&record);
        }
    }
    return selected;
}

}  // namespace cxr::bridge
