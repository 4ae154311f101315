#include "bridge/data_set/sample.hpp"

#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>
#include <png.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

using namespace cxr::bridge;
using cxr::dicom::Finding;
using cxr::dicom::ImageRecord;
using cxr::test::read_file;
using cxr::test::TemporaryFolder;

namespace {

/// The default sample, drawn once for all cases.
struct Sample {
    TemporaryFolder folder;
    std::filesystem::path root = folder / "sample";
    DataSetFolder data_set;

    Sample() {
        const auto counts = write_sample(root, {}, {});
        BOOST_REQUIRE(counts);
        auto read = read_data_set(root, {});
        BOOST_REQUIRE(read);
        data_set = *std::move(read);
        BOOST_TEST(counts->images == data_set.records.size());
    }
};
const Sample& sample() {
    static const Sample drawn;
    return drawn;
}

struct Pixels {
    std::uint32_t width = 0, height = 0;
    bool rgba = false;
    std::vector<std::uint8_t> grey;
    double mean(double x, double y, double w, double h) const {
        double sum = 0;
        double count = 0;
        for (auto row = static_cast<std::size_t>(y); row < static_cast<std::size_t>(y + h); ++row) {
            for (auto column = static_cast<std::size_t>(x);
                 column < static_cast<std::size_t>(x + w);
                 ++column) {
                sum += grey.at(row * width + column);
                ++count;
            }
        }
        return sum / count;
    }
};
Pixels decode(const std::filesystem::path& path) {
    const std::string file = read_file(path);
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    BOOST_REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()) != 0);
    Pixels pixels{.width = image.width,
                  .height = image.height,
                  .rgba = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0,
                  .grey = {}};
    image.format = PNG_FORMAT_GRAY;
    pixels.grey.resize(PNG_IMAGE_SIZE(image));
    BOOST_REQUIRE(png_image_finish_read(&image, nullptr, pixels.grey.data(), 0, nullptr) != 0);
    return pixels;
}

bool has(const ImageRecord& record, Finding finding) {
    const auto& findings = record.row.findings;
    return std::find(findings.begin(), findings.end(), finding) != findings.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_sample)

BOOST_AUTO_TEST_CASE(is_read_without_a_fault) {
    const DataSetFolder& data_set = sample().data_set;
    BOOST_TEST(data_set.faults.empty());
    BOOST_TEST(data_set.notes.empty());
    BOOST_TEST(data_set.images.size() == data_set.records.size());
    BOOST_TEST(data_set.images_without_row.empty());
    BOOST_TEST(data_set.tables.size() == 4U);
}

BOOST_AUTO_TEST_CASE(has_twenty_patients_none_of_them_real) {
    std::set<std::string> patients;
    for (const ImageRecord& record : sample().data_set.records) {
        patients.emplace(record.row.patient_id());
        BOOST_TEST(record.row.patient_id() > "90000000");
    }
    BOOST_TEST(patients.size() == 20U);
}

BOOST_AUTO_TEST_CASE(has_every_label_sex_view_and_a_child) {
    std::set<Finding> findings;
    std::set<cxr::dicom::Sex> sexes;
    std::set<cxr::dicom::ViewPosition> views;
    bool child = false;
    std::size_t longest = 0;
    for (const ImageRecord& record : sample().data_set.records) {
        findings.insert(record.row.findings.begin(), record.row.findings.end());
        sexes.insert(record.row.sex);
        views.insert(record.row.view);
        child = child || record.row.age->value < 10;
        longest = std::max(longest, record.row.finding_labels.size());
    }
    BOOST_TEST(findings.size() == cxr::dicom::finding_count);
    BOOST_TEST(sexes.size() == 2U);
    BOOST_TEST(views.size() == 2U);
    BOOST_TEST(child);
    BOOST_TEST(longest > 64U);  // more than a DICOM LO holds
}

BOOST_AUTO_TEST_CASE(has_follow_ups_that_are_a_chronology_and_not_always_the_suffix) {
    std::map<std::string, std::vector<const ImageRecord*>> by_patient;
    for (const ImageRecord& record : sample().data_set.records) {
        by_patient[std::string(record.row.patient_id())].push_back(&record);
    }
    std::size_t in_another_order = 0;
    for (const auto& [patient, records] : by_patient) {
        bool other = false;
        for (std::size_t i = 0; i < records.size(); ++i) {
            BOOST_TEST(records[i]->row.follow_up == i);
            BOOST_TEST((i == 0 || records[i - 1]->row.age->value <= records[i]->row.age->value));
            other = other || std::stoul(records[i]->row.image_index.substr(9, 3)) != i;
        }
        in_another_order += other ? 1U : 0U;
    }
    BOOST_TEST(in_another_order >= 3U);
    BOOST_TEST(in_another_order < by_patient.size());
}

BOOST_AUTO_TEST_CASE(splits_by_patient_and_boxes_are_in_the_test_list) {
    std::map<std::string, std::set<std::string>> splits;
    for (const ImageRecord& record : sample().data_set.records) {
        splits[std::string(record.row.patient_id())].insert(record.split);
        BOOST_TEST((record.boxes.empty() || record.split == "test"));
    }
    std::set<std::string> all;
    for (const auto& [patient, of_patient] : splits) {
        BOOST_TEST(of_patient.size() == 1U);
        all.insert(of_patient.begin(), of_patient.end());
    }
    BOOST_TEST((all == std::set<std::string>{"test", "train_val"}));
    const auto lists = read_image_wise_lists(sample().root);
    BOOST_REQUIRE(lists && lists->size() == 3U);
    std::size_t listed = 0;
    for (const ImageWiseList& list : *lists) {
        BOOST_TEST(list.faults.empty());
        listed += list.rows.size();
    }
    BOOST_TEST(listed == sample().data_set.records.size());
}

BOOST_AUTO_TEST_CASE(has_the_quirks_of_the_v2020_files) {
    const std::string entries = read_file(sample().root / "Data_Entry_2017_v2020.csv");
    BOOST_TEST(entries.find("OriginalImage[Width,Height]") != std::string::npos);
    BOOST_TEST(entries.find("0.14300000000000002") != std::string::npos);
    const std::string boxes = read_file(sample().root / "BBox_List_2017.csv");
    BOOST_TEST(boxes.starts_with("Image Index,Finding Label,Bbox [x,y,w,h],,,\n"));
    BOOST_TEST(boxes.find("Infiltrate,") != std::string::npos);
    BOOST_TEST(!read_file(sample().root / "test_list.txt").ends_with('\n'));
}

BOOST_AUTO_TEST_CASE(has_boxes_of_eight_findings_on_images_that_have_them) {
    std::set<Finding> boxed;
    for (const ImageRecord& record : sample().data_set.records) {
        for (const auto& box : record.boxes) {
            BOOST_TEST(has(record, box.finding));
            boxed.insert(box.finding);
        }
    }
    BOOST_TEST(boxed.size() == 8U);
}

BOOST_AUTO_TEST_CASE(has_1024_by_1024_grey_pngs_and_a_few_rgba) {
    std::size_t rgba = 0;
    for (const auto& [image_index, file] : sample().data_set.images) {
        const Pixels pixels = decode(sample().root / file.path);
        BOOST_TEST(pixels.width == 1024U);
        BOOST_TEST(pixels.height == 1024U);
        rgba += pixels.rgba ? 1U : 0U;
    }
    BOOST_TEST(rgba >= 2U);
    BOOST_TEST(rgba <= 5U);
}

/// A mass or nodule shows: its box is brighter than the rows of lung above and below it.
BOOST_AUTO_TEST_CASE(has_its_masses_where_the_boxes_are) {
    std::size_t looked_at = 0;
    for (const ImageRecord& record : sample().data_set.records) {
        for (const auto& box : record.boxes) {
            if (box.finding != Finding::mass && box.finding != Finding::nodule) {
                continue;
            }
            const Pixels pixels =
                decode(sample().root / sample().data_set.images.at(record.row.image_index).path);
            const double inside = pixels.mean(box.x + box.width * 0.3,
                                              box.y + box.height * 0.3,
                                              box.width * 0.4,
                                              box.height * 0.4);
            const double beside = (pixels.mean(box.x, box.y - 20, box.width, 20) +
                                   pixels.mean(box.x, box.y + box.height, box.width, 20)) /
                                  2;
            BOOST_TEST(inside > beside + 10);
            ++looked_at;
        }
    }
    BOOST_TEST(looked_at >= 2U);
}

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_seed_and_another_for_another) {
    const TemporaryFolder folder;
    const auto write = [&](const char* name, std::uint64_t seed, std::size_t threads) {
        BOOST_REQUIRE(
            write_sample(folder / name, {.patients = 2, .seed = seed, .threads = threads}, {}));
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / name)) {
            if (entry.is_regular_file()) {
                files[entry.path().lexically_relative(folder / name)] = read_file(entry.path());
            }
        }
        return files;
    };
    const auto first = write("a", 7, 1);
    BOOST_TEST(first.size() == 12U);
    BOOST_CHECK(first == write("b", 7, 3));
    BOOST_CHECK(first != write("c", 8, 1));
}

BOOST_AUTO_TEST_CASE(is_not_written_over_anything) {
    const TemporaryFolder folder;
    cxr::test::write_file(folder / "Data_Entry_2017_v2020.csv", "precious");
    const auto written = write_sample(folder.path(), {}, {});
    BOOST_REQUIRE(!written);
    BOOST_CHECK(written.error().kind == FaultKind::refused);
    BOOST_TEST(read_file(folder / "Data_Entry_2017_v2020.csv") == "precious");
}

BOOST_AUTO_TEST_SUITE_END()
