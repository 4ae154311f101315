#include "bridge/data_set/folder.hpp"

#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <ostream>

using namespace cxr::bridge;
using cxr::dicom::Finding;
using cxr::test::TemporaryFolder;
using cxr::test::write_file;
namespace fs = std::filesystem;

namespace {

const std::string header =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n";
const std::string rows =
    "00000001_000.png,Nodule,0,1,41,F,AP,2500,2048,0.168,0.168\n"
    "00000001_001.png,Edema|Nodule,1,1,42,F,AP,2500,2048,0.168,0.168\n"
    "00000013_000.png,No Finding,0,13,30,F,AP,2500,2048,0.168,0.168";

/// Three rows, two PNGs under images/, a box, both lists.
void write_small(const fs::path& root) {
    write_file(root / "Data_Entry_2017_v2020.csv", header + rows);
    write_file(root / "BBox_List_2017.csv",
               "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
               "00000001_000.png,Nodule,10.5,20,30,40");
    write_file(root / "train_val_list.txt", "00000001_000.png\n00000001_001.png");
    write_file(root / "test_list.txt", "00000013_000.png");
    write_file(root / "images/00000001_000.png", "one");
    write_file(root / "images/00000013_000.png", "thirteen");
}

DataSetFolder folder_at(const fs::path& root) {
    Result<DataSetFolder> folder = read_data_set(root, {});
    BOOST_REQUIRE_MESSAGE(folder, (folder ? "" : folder.error().doing));
    return *std::move(folder);
}

bool mentions(const std::vector<std::string>& notes, const std::string& text) {
    return std::any_of(notes.begin(), notes.end(), [&](const std::string& note) {
        return note.find(text) != std::string::npos;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_folder_is_read)

BOOST_AUTO_TEST_CASE(into_records_with_boxes_splits_and_dates_in_the_order_of_the_table) {
    const TemporaryFolder root;
    write_small(root.path());
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(folder.faults.empty());
    BOOST_TEST(folder.notes.empty());
    BOOST_REQUIRE(folder.records.size() == 3U);
    BOOST_TEST(folder.records[0].row.image_index == "00000001_000.png");
    BOOST_TEST(folder.records[0].split == "train_val");
    BOOST_REQUIRE(folder.records[0].boxes.size() == 1U);
    BOOST_TEST(folder.records[0].boxes[0].digits_as_written[0] == "10.5");
    BOOST_TEST(folder.records[0].dates.study_date == "19961127");
    BOOST_TEST(folder.records[2].split == "test");
    BOOST_TEST(folder.tables.size() == 4U);
    BOOST_TEST(folder.images.size() == 2U);
    const ImageFile& image = folder.images.at("00000013_000.png");
    BOOST_TEST(image.path == "images/00000013_000.png");
    BOOST_TEST(image.bytes == 8U);
    BOOST_TEST(image.mtime_ns > 0);
}

struct Layout {
    const char* says;
    const char* path;
};
std::ostream& operator<<(std::ostream& out, const Layout& layout) {
    return out << layout.says;
}
const Layout layouts[] = {{"flat beside the tables", "00000001_001.png"},
                          {"the archives' folders", "images_001/images/00000001_001.png"},
                          {"five-digit shards", "images/00001/00000001_001.png"},
                          {"Google's bucket", "png/00000001_001.png"},
                          {"by split", "train/00000001_001.png"}};
BOOST_DATA_TEST_CASE(with_images_wherever_they_lie, layouts, layout) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / layout.path, "x");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_REQUIRE(folder.images.contains("00000001_001.png"));
    BOOST_TEST(folder.images.at("00000001_001.png").path == layout.path);
}

BOOST_AUTO_TEST_CASE(without_what_download_and_archive_tools_leave) {
    const TemporaryFolder root;
    write_small(root.path());
    for (const char* path : {"__MACOSX/images/00000001_001.png",
                             "images/._00000001_001.png",
                             "images/00000001_001.png.part",
                             ".cache/00000001_001.png",
                             "images/Thumbs.db"}) {
        write_file(root / path, "x");
    }
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(!folder.images.contains("00000001_001.png"));
    BOOST_TEST(folder.images_without_row.empty());
}

BOOST_AUTO_TEST_CASE(and_images_without_row_are_told_apart) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "images/00000999_000.png", "x");
    write_file(root / "images/overview.PNG", "x");
    const std::vector<std::string> expected{"images/00000999_000.png", "images/overview.PNG"};
    BOOST_TEST(folder_at(root.path()).images_without_row == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(and_doubled_names_keep_the_first_path) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "images_002/00000001_000.png", "one");
    write_file(root / "a/00000013_000.png", "another");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(folder.images.at("00000001_000.png").path == "images/00000001_000.png");
    BOOST_TEST(folder.images.at("00000013_000.png").path == "a/00000013_000.png");
    BOOST_REQUIRE(folder.duplicate_images.size() == 2U);
    BOOST_TEST(!folder.duplicate_images[0].identical);
    BOOST_TEST(folder.duplicate_images[1].identical);
    BOOST_TEST(mentions(folder.notes, "DIFFERENT"));
}

BOOST_AUTO_TEST_CASE(and_equally_long_doubles_are_compared_byte_for_byte) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "z/00000001_000.png", "two");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_REQUIRE(folder.duplicate_images.size() == 1U);
    BOOST_TEST(!folder.duplicate_images[0].identical);
}

BOOST_AUTO_TEST_CASE(and_no_link_leads_out_of_it) {
    const TemporaryFolder outside;
    write_file(outside / "images/00000001_001.png", "x");
    write_file(outside / "00000001_001.png", "x");
    const TemporaryFolder root;
    write_small(root.path());
    fs::create_directory_symlink(outside / "images", root / "more");
    fs::create_symlink(outside / "00000001_001.png", root / "00000001_001.png");
    fs::create_directory_symlink("..", root / "images/up");  // a loop
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(!folder.images.contains("00000001_001.png"));
    BOOST_TEST(mentions(folder.notes, "2 symbolic links"));
}

BOOST_AUTO_TEST_CASE(but_links_inside_it_are_files_of_it) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "objects/ab12", "blob");
    fs::create_symlink("../objects/ab12", root / "images/00000001_001.png");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_REQUIRE(folder.images.contains("00000001_001.png"));
    BOOST_TEST(folder.images.at("00000001_001.png").bytes == 4U);
    BOOST_TEST(folder.notes.empty());
}

BOOST_AUTO_TEST_CASE(through_a_link_to_it) {
    const TemporaryFolder root;
    write_small(root / "real");
    fs::create_directory_symlink("real", root / "link");
    BOOST_TEST(folder_at(root / "link").images.size() == 2U);
}

BOOST_AUTO_TEST_CASE(without_lists_and_boxes_too) {
    const TemporaryFolder root;
    write_file(root / "Data_Entry_2017_v2020.csv", header + rows);
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(folder.records.size() == 3U);
    BOOST_TEST(folder.records[0].split == "");
    BOOST_TEST(folder.images.empty());
}

BOOST_AUTO_TEST_CASE(and_rows_of_other_tables_without_an_image_row_are_counted) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "test_list.txt", "00000013_000.png\n00000099_000.png\n00000001_000.png\n");
    write_file(root / "BBox_List_2017.csv",
               "Image Index,Finding Label,Bbox [x,y,w,h],,,\n00000098_000.png,Mass,1,2,3,4\n");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(mentions(folder.notes, "test_list.txt names images that have no row: 00000099_000"));
    BOOST_TEST(mentions(folder.notes, "BBox_List_2017.csv names images that have no row"));
    BOOST_TEST(mentions(folder.notes, "images of the other list"));
    BOOST_TEST(folder.records[0].split == "train_val");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_table_of_images)

BOOST_AUTO_TEST_CASE(of_v2020_is_preferred_and_the_other_is_mentioned) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "Data_Entry_2017.csv", header);
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(folder.records.size() == 3U);
    BOOST_TEST(mentions(folder.notes, "Data_Entry_2017.csv is not read"));
}

const char* const other_names[] = {
    "Data_Entry_2017.csv", "Data_Entry_mine.csv", "sample_labels.csv"};
BOOST_DATA_TEST_CASE(may_have_another_name, other_names, name) {
    const TemporaryFolder root;
    write_file(root / name, header + rows);
    BOOST_TEST(folder_at(root.path()).records.size() == 3U);
}

BOOST_AUTO_TEST_CASE(that_is_v1_gets_a_note) {
    const TemporaryFolder root;
    write_file(root / "Data_Entry_2017.csv",
               header + "00000001_000.png,Mass,000,00000001,041Y,F,AP,2500,2048,0.168,0.168\n");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_CHECK(folder.records.at(0).release == cxr::dicom::Release::v1_2017);
    BOOST_TEST(mentions(folder.notes, "2017 release"));
}

BOOST_AUTO_TEST_CASE(that_is_missing_is_an_error_which_says_what_was_looked_for) {
    const TemporaryFolder root;
    write_file(root / "readme.txt", "x");
    const auto folder = read_data_set(root.path(), {});
    BOOST_REQUIRE(!folder);
    BOOST_CHECK(folder.error().kind == FaultKind::not_found);
    BOOST_TEST(folder.error().doing.find("Data_Entry_2017_v2020.csv") != std::string::npos);
    BOOST_CHECK(read_data_set(root / "nowhere", {}).error().kind == FaultKind::not_found);
}

BOOST_AUTO_TEST_CASE(or_another_table_that_cannot_be_read_is_an_error) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "BBox_List_2017.csv", "version https://git-lfs.github.com/spec/v1\n");
    const auto folder = read_data_set(root.path(), {});
    BOOST_REQUIRE(!folder);
    BOOST_TEST(folder.error().doing.find("BBox_List_2017.csv is a git-lfs pointer") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(reports_bad_rows_of_every_table) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "Data_Entry_2017_v2020.csv", header + "nonsense\n" + rows);
    write_file(root / "test_list.txt", "00000013_000.png\nnonsense\n");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_REQUIRE(folder.faults.size() == 2U);
    BOOST_TEST(folder.faults[0].file == "Data_Entry_2017_v2020.csv");
    BOOST_TEST(folder.faults[0].line == 2U);
    BOOST_TEST(folder.faults[1].file == "test_list.txt");
    BOOST_TEST(folder.records.size() == 3U);
}

BOOST_AUTO_TEST_CASE(in_another_order_gives_the_same_records) {
    const TemporaryFolder root;
    write_small(root.path());
    DataSetFolder first = folder_at(root.path());
    write_file(root / "Data_Entry_2017_v2020.csv",
               header +
                   "00000013_000.png,No Finding,0,13,30,F,AP,2500,2048,0.168,0.168\n"
                   "00000001_001.png,Edema|Nodule,1,1,42,F,AP,2500,2048,0.168,0.168\n"
                   "00000001_000.png,Nodule,0,1,41,F,AP,2500,2048,0.168,0.168\n");
    DataSetFolder second = folder_at(root.path());
    std::reverse(second.records.begin(), second.records.end());
    BOOST_CHECK(first.records == second.records);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_fingerprint)

FolderFingerprint fingerprint_at(const fs::path& root) {
    const auto fingerprint = fingerprint_of(root);
    BOOST_REQUIRE(fingerprint);
    return *fingerprint;
}

BOOST_AUTO_TEST_CASE(is_the_same_while_nothing_changes) {
    const TemporaryFolder root;
    write_small(root.path());
    const FolderFingerprint before = fingerprint_at(root.path());
    BOOST_CHECK(before == fingerprint_at(root.path()));
    BOOST_CHECK(before == folder_at(root.path()).fingerprint);
    write_file(root / "notes.md", "no part of the data set");
    BOOST_CHECK(before == fingerprint_at(root.path()));
}

BOOST_AUTO_TEST_CASE(tells_which_part_changed) {
    const TemporaryFolder root;
    write_small(root.path());
    const FolderFingerprint before = fingerprint_at(root.path());
    write_file(root / "images/00000001_001.png", "x");
    const FolderFingerprint with_image = fingerprint_at(root.path());
    BOOST_TEST(with_image.tables == before.tables);
    BOOST_TEST(with_image.images != before.images);
    fs::remove(root / "BBox_List_2017.csv");
    const FolderFingerprint without_boxes = fingerprint_at(root.path());
    BOOST_TEST(without_boxes.tables != with_image.tables);
    BOOST_TEST(without_boxes.images == with_image.images);
}

BOOST_AUTO_TEST_CASE(sees_a_new_time_and_a_new_place) {
    const TemporaryFolder root;
    write_small(root.path());
    const FolderFingerprint before = fingerprint_at(root.path());
    const fs::path image = root / "images/00000001_000.png";
    fs::last_write_time(image, fs::last_write_time(image) + std::chrono::nanoseconds(1000));
    const FolderFingerprint touched = fingerprint_at(root.path());
    BOOST_TEST(touched.images != before.images);
    fs::rename(image, root / "00000001_000.png");
    BOOST_TEST(fingerprint_at(root.path()).images != touched.images);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_selection)

struct Case {
    const char* says;
    Selection selection;
    std::vector<std::string> images;
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.says;
}
const Case cases[] = {
    {"of nothing is all that have a PNG", {}, {"00000001_000.png", "00000013_000.png"}},
    {"with missing images is every row",
     {.list_missing_images = true},
     {"00000001_000.png", "00000001_001.png", "00000013_000.png"}},
    {"by patient", {.patients = {"00000013"}}, {"00000013_000.png"}},
    {"by patient without zeros", {.patients = {"13"}}, {"00000013_000.png"}},
    {"by split", {.splits = {"test"}}, {"00000013_000.png"}},
    {"by any of several findings",
     {.findings = {Finding::edema, Finding::no_finding}, .list_missing_images = true},
     {"00000001_001.png", "00000013_000.png"}},
    {"by image index or stem",
     {.images = {"00000001_000", "00000013_000.png"}},
     {"00000001_000.png", "00000013_000.png"}},
    {"by two things at once", {.patients = {"1"}, .splits = {"test"}}, {}},
    {"up to a limit", {.limit = 1}, {"00000001_000.png"}},
};
BOOST_DATA_TEST_CASE(gives, cases, c) {
    const TemporaryFolder root;
    write_small(root.path());
    const DataSetFolder folder = folder_at(root.path());
    std::vector<std::string> images;
    const auto selected = select(folder, c.selection);
    BOOST_REQUIRE(selected);
    for (const auto* record : *selected) {
        images.push_back(record->row.image_index);
    }
    BOOST_TEST(images == c.images, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(by_any_list_of_the_folder) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "folds/val_list.txt", "00000001_000.png\n00000001_001.png");
    write_file(root / "folds/test_list.txt", "00000001_000.png");
    write_file(root / "other/test_list.txt", "00000001_000.png");
    const DataSetFolder folder = folder_at(root.path());
    const auto images = [&folder](std::vector<std::string> splits) {
        std::string joined;
        const auto selected = select(folder, {.splits = std::move(splits)});
        BOOST_REQUIRE_MESSAGE(selected, (selected ? "" : selected.error().doing));
        for (const auto* record : *selected) {
            joined += record->row.image_index + ' ';
        }
        return joined;
    };
    BOOST_TEST(images({"val"}) == "00000001_000.png ");
    BOOST_TEST(images({"folds/val"}) == "00000001_000.png ");
    BOOST_TEST(images({"test"}) == "00000013_000.png ");  // the official one
    BOOST_TEST(images({"folds/test"}) == "00000001_000.png ");
    BOOST_TEST(images({"test", "val"}) == "00000001_000.png 00000013_000.png ");
    const auto none = select(folder, {.splits = {"dev"}});
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().kind == cxr::dicom::FaultKind::not_found));
    BOOST_TEST(none.error().doing.find("folds/val") != std::string::npos, none.error().doing);
}

BOOST_AUTO_TEST_CASE(not_by_a_name_that_two_lists_have) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "folds/val_list.txt", "00000001_000.png");
    write_file(root / "other/val_list.txt", "00000001_000.png");
    const auto none = select(folder_at(root.path()), {.splits = {"val"}});
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().doing.find("folds/val, other/val") != std::string::npos,
               none.error().doing);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lists_by_image)

BOOST_AUTO_TEST_CASE(are_found_in_a_folder_of_their_own_and_are_not_the_official_split) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "split_by_image/train_list.txt",
               "00000001_000.png 0 0 0 0 0 1 0 0 0 0 0 0 0 0");
    write_file(root / "split_by_image/test_list.txt",
               "00000013_000.png 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
    const auto lists = read_image_wise_lists(root.path());
    BOOST_REQUIRE(lists);
    BOOST_REQUIRE(lists->size() == 2U);
    BOOST_TEST(lists->at(0).split == "test");
    BOOST_TEST(lists->at(1).split == "train");
    BOOST_TEST(lists->at(1).rows.size() == 1U);
    BOOST_TEST(folder_at(root.path()).records[2].split == "test");
}

BOOST_AUTO_TEST_CASE(in_the_place_of_the_official_ones_are_not_taken_for_them) {
    const TemporaryFolder root;
    write_small(root.path());
    write_file(root / "test_list.txt", "00000013_000.png 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
    const DataSetFolder folder = folder_at(root.path());
    BOOST_TEST(folder.records[2].split == "");
    BOOST_TEST(mentions(folder.notes, "carries labels"));
    BOOST_TEST(read_image_wise_lists(root.path())->size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
