#pragma once
/// Records of images that do not exist, for tests of their reports.

#include "dicom/mapping/image_record.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cxr::test {

inline dicom::ImageRecord invented_record(std::string finding_labels,
                                          std::vector<dicom::Finding> findings) {
    dicom::ImageRecord record;
    record.row.image_index = "99990001_007.png";
    record.row.finding_labels = std::move(finding_labels);
    record.row.findings = std::move(findings);
    record.row.follow_up = 3;
    record.row.age = dicom::Age{.value = 61, .unit = 'Y'};
    record.row.sex = dicom::Sex::female;
    record.row.view = dicom::ViewPosition::pa;
    record.dates = {
        .patient_birth_date = "19380217", .study_date = "19990901", .study_time = "124934"};
    record.split = "test";
    return record;
}

inline dicom::BoundingBox invented_box(dicom::Finding finding,
                                       std::string label,
                                       std::array<double, 4> x_y_width_height) {
    dicom::BoundingBox box;
    box.image_index = "99990001_007.png";
    box.finding = finding;
    box.label_as_written = std::move(label);
    box.x = x_y_width_height[0];
    box.y = x_y_width_height[1];
    box.width = x_y_width_height[2];
    box.height = x_y_width_height[3];
    return box;
}

/// Two labels, three boxes, two of them of one label and one spelt as BBox_List spells it.
inline dicom::ImageRecord invented_boxed_record() {
    using dicom::Finding;
    dicom::ImageRecord record =
        invented_record("Infiltration|Effusion", {Finding::infiltration, Finding::effusion});
    record.boxes = {
        invented_box(Finding::infiltration, "Infiltrate", {100.123456789012, 200.5, 50.25, 75.125}),
        invented_box(Finding::effusion, "Effusion", {0, 0, 1024, 1024}),
        invented_box(Finding::infiltration, "Infiltrate", {700.1, 300.2, 33.3, 44.4}),
    };
    return record;
}

}  // namespace cxr::test
