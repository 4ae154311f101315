#pragma once
/// Data set folders that exist in memory only: rows of invented patients, from a seed.

#include "bridge/data_set/folder.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <random>
#include <string>

namespace cxr::test {

inline std::string image_index(unsigned patient, unsigned follow_up) {
    return fmt::format("{:08}_{:03}.png", patient, follow_up);
}

inline dicom::ImageRecord generated_record(unsigned patient,
                                           unsigned follow_up,
                                           std::mt19937& random) {
    const auto below = [&random](unsigned limit) {
        return static_cast<unsigned>(random() % limit);
    };
    dicom::ImageRecord record;
    dicom::ChestXRayRow& row = record.row;
    row.image_index = image_index(patient, follow_up);
    row.findings = {static_cast<dicom::Finding>(below(dicom::finding_count))};
    row.finding_labels = dicom::label_of(row.findings[0]);
    row.follow_up = follow_up;
    row.age = dicom::Age{.value = static_cast<std::uint16_t>(20 + below(60)), .unit = 'Y'};
    row.sex = patient % 2 == 0 ? dicom::Sex::male : dicom::Sex::female;
    row.view = below(2) == 0 ? dicom::ViewPosition::pa : dicom::ViewPosition::ap;
    row.original_width = 2500;
    row.original_height = 2048;
    row.original_spacing_x_mm = row.original_spacing_y_mm = below(2) == 0 ? 0.143 : 0.168;
    record.dates = {
        .patient_birth_date = fmt::format("19{:02}0717", patient % 90),
        .study_date =
            fmt::format("{}{:02}{:02}", 1996 + follow_up % 10, 1 + below(12), 1 + below(28)),
        .study_time = fmt::format("{:02}{:02}{:02}", 8 + below(9), below(60), below(60))};
    record.split = below(4) == 0 ? "test" : "train_val";
    if (below(5) == 0) {
        dicom::BoundingBox box;
        box.image_index = row.image_index;
        box.finding = row.findings[0];
        box.label_as_written = row.finding_labels;
        box.x = 10.5;
        box.y = 20.25;
        box.width = 30;
        box.height = 40;
        box.digits_as_written = {"10.5", "20.25", "30", "40"};
        record.boxes.push_back(box);
    }
    return record;
}

inline bridge::ImageFile generated_file(const std::string& image) {
    return {.path = "images/" + image, .bytes = 4096, .mtime_ns = 1'700'000'000'000'000'000};
}

/// A new fingerprint for a folder that a test has changed.
inline void touch(bridge::DataSetFolder& folder) {
    folder.fingerprint.tables += "+";
}

/// `patients` patients with one to four images each; every PNG is there.
inline bridge::DataSetFolder generated_folder(unsigned patients, unsigned seed = 14) {
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    bridge::DataSetFolder folder;
    for (unsigned patient = 1; patient <= patients; ++patient) {
        const auto images = 1 + static_cast<unsigned>(random() % 4);
        for (unsigned follow_up = 0; follow_up < images; ++follow_up) {
            folder.records.push_back(generated_record(patient, follow_up, random));
            const std::string& name = folder.records.back().row.image_index;
            folder.images.emplace(name, generated_file(name));
        }
    }
    folder.fingerprint = {.tables = fmt::format("{} of {}", patients, seed), .images = "all"};
    return folder;
}

/// The value, or the test ends with the fault's words.
template <typename T>
T need(dicom::Result<T> result) {
    BOOST_REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().doing));
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

}  // namespace cxr::test
