#include "chestxray/text.hpp"
#include "dicom/chestxray/data_set.hpp"
#include "dicom/core/ascii.hpp"

#include <algorithm>

namespace cxr::dicom {
namespace {

constexpr std::array<std::string_view, finding_count> labels{"Atelectasis",
                                                             "Cardiomegaly",
                                                             "Effusion",
                                                             "Infiltration",
                                                             "Mass",
                                                             "Nodule",
                                                             "Pneumonia",
                                                             "Pneumothorax",
                                                             "Consolidation",
                                                             "Edema",
                                                             "Emphysema",
                                                             "Fibrosis",
                                                             "Pleural_Thickening",
                                                             "Hernia",
                                                             "No Finding"};

constexpr char fold(char c) {
    return c == '_' ? ' ' : ascii::lower(c);
}

bool same_label(std::string_view a, std::string_view b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return fold(x) == fold(y); });
}

}  // namespace

std::string_view label_of(Finding finding) {
    return labels[static_cast<std::size_t>(finding)];
}

std::optional<Finding> finding_of(std::string_view label) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (same_label(label, labels[i])) {
            return static_cast<Finding>(i);
        }
    }
    // BBox_List_2017.csv spells this one label differently.
    if (same_label(label, "Infiltrate")) {
        return Finding::infiltration;
    }
    return std::nullopt;
}

std::uint16_t Age::completed_years() const {
    switch (unit) {
        case 'M':
            return value / 12;
        case 'W':
            return static_cast<std::uint16_t>(value * 7U / 365U);
        case 'D':
            return value / 365;
        default:
            return value;
    }
}

std::string_view ChestXRayRow::stem() const {
    return std::string_view(image_index).substr(0, image_index.rfind('.'));
}

std::string_view ChestXRayRow::patient_id() const {
    return std::string_view(image_index).substr(0, 8);
}

}  // namespace cxr::dicom
