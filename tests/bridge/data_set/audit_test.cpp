#include "bridge/data_set/audit.hpp"

#include "bridge/cli/commands.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/png_writer.hpp"

#include <boost/property_tree/json_parser.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <ostream>
#include <sstream>

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
    "00000013_000.png,No Finding,0,13,30,F,AP,2500,2048,0.168,0.168\n";
const std::string box_header = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n";

/// A data set in which nothing is wrong.
void write_sound(const fs::path& root) {
    write_file(root / "Data_Entry_2017_v2020.csv", header + rows);
    write_file(root / "BBox_List_2017.csv", box_header + "00000001_000.png,Nodule,10,20,30,40");
    write_file(root / "train_val_list.txt", "00000001_000.png\n00000001_001.png");
    write_file(root / "test_list.txt", "00000013_000.png");
    write_file(root / "split_by_image/train_list.txt",
               "00000001_000.png 0 0 0 0 0 1 0 0 0 0 0 0 0 0\n"
               "00000001_001.png 0 0 0 0 0 1 0 0 0 1 0 0 0 0");
    write_file(root / "split_by_image/test_list.txt",
               "00000013_000.png 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
    for (const char* name : {"00000001_000", "00000001_001", "00000013_000"}) {
        write_file(root / "images" / (std::string(name) + ".png"), cxr::test::PngPicture{}.file());
    }
}

Audit audit_of(const fs::path& root, bool deep = false) {
    const auto folder = read_data_set(root, {});
    BOOST_REQUIRE_MESSAGE(folder, (folder ? "" : folder.error().doing));
    const auto lists = read_image_wise_lists(root);
    BOOST_REQUIRE(lists);
    return audit(
        *folder, *lists, deep ? std::optional(decode_images(*folder, 2, {})) : std::nullopt);
}

struct Verified {
    int exit_code;
    std::string out, err;
};
Verified verify(const cli::VerifyOptions& options) {
    std::ostringstream out;
    std::ostringstream err;
    const int exit_code = cli::run_verify(options, out, err);
    return {exit_code, out.str(), err.str()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(an_audit)

BOOST_AUTO_TEST_CASE(of_a_sound_subset_finds_nothing_wrong) {
    const TemporaryFolder root;
    write_sound(root.path());
    const Audit result = audit_of(root.path(), true);
    BOOST_TEST(result.wrong.empty());
    BOOST_TEST(result.notes.empty());
    BOOST_TEST(!result.complete);
    BOOST_TEST(result.all.images == 3U);
    BOOST_TEST(result.all.patients.size() == 2U);
    BOOST_TEST(result.images_found == 3U);
    BOOST_TEST(result.images_decoded.value() == 3U);
    BOOST_TEST(result.boxes == 1U);
    BOOST_TEST(result.all.labels[static_cast<std::size_t>(Finding::nodule)] == 2U);
    BOOST_TEST(result.official.at("train_val").images == 2U);
    BOOST_TEST(result.official.at("test").labels[static_cast<std::size_t>(Finding::no_finding)] ==
               1U);
    BOOST_TEST(result.image_wise.size() == 2U);
}

struct Defect {
    const char* says;
    std::function<void(const fs::path&)> make;
    const char* sentence;
};
std::ostream& operator<<(std::ostream& out, const Defect& defect) {
    return out << defect.says;
}
const Defect defects[] = {
    {"a missing PNG",
     [](const fs::path& root) { fs::remove(root / "images/00000001_001.png"); },
     "1 of 3 rows have no PNG (first: 00000001_001.png)"},
    {"a PNG without a row",
     [](const fs::path& root) { write_file(root / "images/00000002_000.png", "x"); },
     "1 image without a row (first: images/00000002_000.png)"},
    {"a PNG twice with other bytes",
     [](const fs::path& root) { write_file(root / "z/00000001_000.png", "x"); },
     "1 image twice with different content"},
    {"a damaged PNG",
     [](const fs::path& root) {
         const fs::path image = root / "images/00000001_000.png";
         fs::resize_file(image, fs::file_size(image) - 20);
     },
     "1 image damaged"},
    {"a bad row",
     [](const fs::path& root) {
         write_file(root / "Data_Entry_2017_v2020.csv", header + rows + "nonsense\n");
     },
     "1 bad row skipped"},
    {"an impossible age",
     [](const fs::path& root) {
         std::string changed = rows;
         changed.replace(changed.find(",41,"), 4, ",411,");
         write_file(root / "Data_Entry_2017_v2020.csv", header + changed);
     },
     "1 impossible value left out"},
    {"a box out of range",
     [](const fs::path& root) {
         write_file(root / "BBox_List_2017.csv",
                    box_header + "00000001_000.png,Nodule,1000,20,30,40");
     },
     "1 bad row skipped"},
    {"a box of an image that has no row",
     [](const fs::path& root) {
         write_file(root / "BBox_List_2017.csv", box_header + "00000099_000.png,Mass,1,2,3,4");
     },
     "BBox_List_2017.csv: 1 image without a row in Data_Entry_2017_v2020.csv"},
    {"a box of a label that the row lacks",
     [](const fs::path& root) {
         write_file(root / "BBox_List_2017.csv", box_header + "00000001_000.png,Mass,1,2,3,4");
     },
     "1 box(es) of a label that their image does not have"},
    {"a listed image that has no row",
     [](const fs::path& root) {
         write_file(root / "test_list.txt", "00000013_000.png\n00000099_000.png");
     },
     "test_list.txt: 1 image without a row in Data_Entry_2017_v2020.csv"},
    {"an image in no list",
     [](const fs::path& root) { write_file(root / "train_val_list.txt", "00000001_000.png"); },
     "1 image in no official list"},
    {"a patient in both lists",
     [](const fs::path& root) {
         write_file(root / "train_val_list.txt", "00000001_000.png");
         write_file(root / "test_list.txt", "00000013_000.png\n00000001_001.png");
     },
     "1 patient(s) in both train_val and test"},
    {"a patient in two lists by image",
     [](const fs::path& root) {
         write_file(root / "split_by_image/val_list.txt",
                    "00000001_000.png 0 0 0 0 0 1 0 0 0 0 0 0 0 0");
     },
     "1 patient(s) in several lists by image"},
};
BOOST_DATA_TEST_CASE(names_what_is_wrong, defects, defect) {
    const TemporaryFolder root;
    write_sound(root.path());
    defect.make(root.path());
    const std::vector<std::string> wrong = audit_of(root.path(), true).wrong;
    BOOST_TEST((std::find(wrong.begin(), wrong.end(), defect.sentence) != wrong.end()),
               (wrong.empty() ? "nothing" : wrong.front()));
}

BOOST_AUTO_TEST_CASE(counts_boxes_out_of_range_apart_from_other_bad_boxes) {
    const TemporaryFolder root;
    write_sound(root.path());
    write_file(root / "BBox_List_2017.csv",
               box_header +
                   "00000001_000.png,Nodule,1000,20,30,40\n"
                   "00000001_000.png,Nodule,10,20,0,40\n"
                   "00000001_000.png,Fracture,10,20,30,40\n");
    const Audit result = audit_of(root.path());
    BOOST_TEST(result.boxes_out_of_range == 2U);
    BOOST_TEST(result.rows_skipped == 3U);
}

BOOST_AUTO_TEST_CASE(says_where_a_png_is_damaged_and_why) {
    const TemporaryFolder root;
    write_sound(root.path());
    write_file(root / "images/00000013_000.png", "\xff\xd8\xff\xe0 a JPEG");
    const Audit result = audit_of(root.path(), true);
    BOOST_REQUIRE(result.damaged.size() == 1U);
    BOOST_TEST(result.damaged[0].path == "images/00000013_000.png");
    BOOST_TEST(result.damaged[0].reason.find("JPEG") != std::string::npos,
               result.damaged[0].reason);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(verify_ends)

BOOST_AUTO_TEST_CASE(with_0_when_nothing_is_wrong) {
    const TemporaryFolder root;
    write_sound(root.path());
    const Verified verified = verify({.data_set = root.path(), .deep = true});
    BOOST_TEST(verified.exit_code == 0);
    BOOST_TEST(verified.err == "");
    BOOST_TEST(verified.out.find("Nothing is wrong.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_1_and_the_line_of_a_bad_row) {
    const TemporaryFolder root;
    write_sound(root.path());
    write_file(root / "Data_Entry_2017_v2020.csv",
               header + rows + "00000014_000.png,Tumour,0,14,30,F,AP,1,1,0.1,0.1\n");
    const Verified verified = verify({.data_set = root.path()});
    BOOST_TEST(verified.exit_code == 1);
    BOOST_TEST(verified.out.find("Data_Entry_2017_v2020.csv:5: Finding Labels: 'Tumour'") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_2_when_there_is_no_data_set) {
    const TemporaryFolder root;
    const Verified verified = verify({.data_set = root.path()});
    BOOST_TEST(verified.exit_code == 2);
    BOOST_TEST(verified.out == "");
    BOOST_TEST(verified.err.find("no table of images") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_json_that_another_parser_reads) {
    const TemporaryFolder root;
    write_sound(root.path());
    write_file(root / "Data_Entry_2017_v2020.csv", header + rows + "\"a\\\"b\"\n");
    std::istringstream text(verify({.data_set = root.path(), .json = true}).out);
    boost::property_tree::ptree json;
    BOOST_REQUIRE_NO_THROW(boost::property_tree::read_json(text, json));
    BOOST_TEST(json.get<int>("all.images") == 3);
    BOOST_TEST(json.get<int>("all.labels.Nodule") == 2);
    BOOST_TEST(json.get<int>("official_split.test.patients") == 1);
    BOOST_TEST(json.get<int>("split_by_image.train.published.images") == 78467);
    BOOST_TEST(json.get<std::string>("images.decoded") == "null");
    BOOST_TEST(json.get_child("faults").size() == 1U);
    BOOST_TEST(json.get_child("wrong").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_real_collection)

struct Row {
    const char* says;
    const char* line;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
    return out << row.says;
}
const Row class_table[] = {
    {"Atelectasis",
     "  Atelectasis             7,996      7,996      2,420      2,420      1,119      1,119 \n"},
    {"Hernia",
     "  Hernia                    144        144         42         42         41         41 \n"},
    {"Pleural_Thickening, which the published table leaves out",
     "  Pleural_Thickening      2,279           -       734           -       372           -\n"},
    {"No Finding, where the published table is one short",
     "  No Finding             42,405     42,404*    11,928     11,927*     6,079      6,078*\n"},
    {"the totals, one short too",
     "  images                 78,468     78,467*    22,433     22,432*    11,219     11,218*\n"},
};
BOOST_DATA_TEST_CASE(has_the_published_class_table, class_table, row) {
    const auto root = cxr::test::real_data_set();
    if (!root) {
        return;
    }
    const Verified verified = verify({.data_set = *root});
    BOOST_TEST(verified.out.find(row.line) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lacks_nothing_but_most_of_its_pngs) {
    const auto root = cxr::test::real_data_set();
    if (!root) {
        return;
    }
    const Audit result = audit_of(*root, true);
    BOOST_TEST(result.complete);
    BOOST_TEST(result.all.patients.size() == 30805U);
    BOOST_TEST(result.official.at("train_val").images == 86524U);
    BOOST_TEST(result.official.at("train_val").patients.size() == 28008U);
    BOOST_TEST(result.official.at("test").images == 25596U);
    BOOST_TEST(result.official.at("test").patients.size() == 2797U);
    BOOST_TEST(result.boxes == 984U);
    BOOST_TEST(result.boxed_images == 880U);
    BOOST_TEST(result.damaged.empty());
    BOOST_TEST(result.images_found + result.images_missing == 112120U);
    std::size_t labels_differ = 0;
    for (const ImageWiseAudit& list : result.image_wise) {
        labels_differ += list.labels_differ;
    }
    BOOST_TEST(labels_differ == 181U);
    for (const std::string& sentence : result.wrong) {
        BOOST_TEST(sentence.find("have no PNG") != std::string::npos, sentence);
    }
}

/// A complete table with other counts is not the collection.
BOOST_AUTO_TEST_CASE(is_told_from_one_of_the_same_size) {
    const auto root = cxr::test::real_data_set();
    if (!root) {
        return;
    }
    const TemporaryFolder copy;
    std::string content = cxr::test::read_file(*root / "Data_Entry_2017_v2020.csv");
    // The last patient's only image becomes the second one of the patient before.
    const std::size_t last = content.rfind("00030805_000.png");
    BOOST_REQUIRE(last != std::string::npos);
    content.resize(last);
    content += "00030804_001.png,No Finding,1,30804,40,F,PA,2048,2500,0.168,0.168\n";
    write_file(copy / "Data_Entry_2017_v2020.csv", content);
    const std::vector<std::string> wrong = audit_of(copy.path()).wrong;
    BOOST_TEST((std::find(wrong.begin(), wrong.end(), "patients: 30804 found, 30805 published") !=
                wrong.end()));
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_is_wrong) {
    const TemporaryFolder folder;
    write_file(folder / "Data_Entry_2017_v2020.csv", header);
    const Audit result = audit_of(folder.path());
    BOOST_REQUIRE(result.wrong.size() == 1U);
    BOOST_TEST(result.wrong.front() == "Data_Entry_2017_v2020.csv has no rows");
}

BOOST_AUTO_TEST_SUITE_END()
