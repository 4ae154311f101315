/// Reports exported and read back by the built program: the tables' own bytes return.

#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <sstream>

using cxr::test::TemporaryFolder;

namespace {

const char* const data_entries =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
    "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n"
    "99990002_000.png,Effusion|Infiltration|Mass,0,99990002,61,F,PA,2500,2048,0.168,0.168\n"
    "99990001_001.png,No Finding,1,99990001,62,F,AP,2500,2048,0.168,0.168\n"
    "99990001_000.png,Pleural_Thickening|Hernia,0,99990001,61,F,PA,2500,2048,0.168,0.168\n";
// By label and not by image, as the published table is.
const char* const box_table =
    "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
    "99990002_000.png,Effusion,0,0,1024,1024\n"
    "99990001_000.png,Hernia,512.500000000001,0.1,11.1,22.2\n"
    "99990002_000.png,Infiltrate,100.123456789012,200.25,30.5,40.75\n"
    "99990002_000.png,Mass,1.23456789012345,547.019216763771,86.7796610169491,79.1864406779661\n";

void write_data_set(const std::filesystem::path& folder) {
    cxr::test::write_file(folder / "Data_Entry_2017_v2020.csv", data_entries);
    cxr::test::write_file(folder / "BBox_List_2017.csv", box_table);
}

cxr::test::Finished cxrbridge(std::vector<std::string> arguments,
                              std::chrono::seconds deadline = std::chrono::seconds(60)) {
    arguments.insert(arguments.begin(), CXRBRIDGE);
    return cxr::test::run(arguments, deadline);
}

void export_reports(const std::filesystem::path& data_set,
                    const std::filesystem::path& to,
                    std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"export",
                                       data_set.string(),
                                       "--format",
                                       "sr",
                                       "-o",
                                       to.string(),
                                       "--missing-images",
                                       "list"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto done = cxrbridge(arguments, std::chrono::seconds(300));
    BOOST_TEST(done.exit_code == 0, done.errors);
}

std::string imported(const TemporaryFolder& root,
                     const char* format,
                     std::vector<std::string> more = {}) {
    const auto file = (root / "imported").string();
    std::vector<std::string> arguments{
        "import", (root / "reports").string(), "--format", format, "-o", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto done = cxrbridge(arguments, std::chrono::seconds(300));
    BOOST_TEST(done.exit_code == 0, done.errors);
    return cxr::test::read_file(file);
}

/// The first two columns.
std::string labels_of(const std::string& table, std::size_t lines_max = 0) {
    std::istringstream in(table);
    std::string labels;
    std::size_t lines = 0;
    for (std::string line; std::getline(in, line) && (lines_max == 0 || lines <= lines_max);
         ++lines) {
        labels += line.substr(0, line.find(',', line.find(',') + 1)) + '\n';
    }
    return labels;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trip)

BOOST_AUTO_TEST_CASE(the_box_table_comes_back_byte_for_byte) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    export_reports(root / "data", root / "reports");
    BOOST_TEST(imported(root, "csv", {"--dataset", (root / "data").string()}) == box_table);
}

BOOST_AUTO_TEST_CASE(measured_reports_of_other_codes_give_the_same_table) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    export_reports(root / "data",
                   root / "reports",
                   {"--set",
                    "reports.measurements=mm",
                    "--set",
                    "reports.code_scheme=radlex",
                    "--set",
                    "reports.sop_class=enhanced"});
    BOOST_TEST(imported(root, "csv", {"--dataset", (root / "data").string()}) == box_table);
}

BOOST_AUTO_TEST_CASE(the_label_column_comes_back_with_and_without_the_data_set) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    export_reports(root / "data", root / "reports");
    BOOST_TEST(imported(root, "labels", {"--dataset", (root / "data").string()}) ==
               labels_of(data_entries));
    // Without it images are known by their UIDs, and come by name.
    BOOST_TEST(imported(root, "labels") ==
               "Image Index,Finding Labels\n"
               "99990001_000.png,Pleural_Thickening|Hernia\n"
               "99990001_001.png,No Finding\n"
               "99990002_000.png,Effusion|Infiltration|Mass\n");
}

BOOST_AUTO_TEST_CASE(json_and_coco_hold_every_statement) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    export_reports(root / "data", root / "reports");
    const std::string json = imported(root, "json");
    std::size_t statements = 0;
    for (std::size_t at = json.find("{\"image\":"); at != std::string::npos;
         at = json.find("{\"image\":", at + 1)) {
        ++statements;
    }
    BOOST_TEST(statements == 6U + 4U, json);
    BOOST_TEST(json.find("Radiologist^NIH CC") != std::string::npos);
    BOOST_TEST(imported(root, "coco").find("99990001_000.png") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_report_is_told_and_loses_nothing_else) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    export_reports(root / "data", root / "reports");
    cxr::test::write_file(root / "reports" / "notes.txt", "no DICOM file");
    const auto done = cxrbridge({"import",
                                 (root / "reports").string(),
                                 "--format",
                                 "csv",
                                 "-o",
                                 (root / "boxes.csv").string(),
                                 "--dataset",
                                 (root / "data").string()});
    BOOST_TEST(done.exit_code == 1);
    BOOST_TEST(done.errors.find("notes.txt: ") != std::string::npos, done.errors);
    BOOST_TEST(cxr::test::read_file(root / "boxes.csv") == box_table);
}

BOOST_AUTO_TEST_CASE(the_published_tables_come_back) {
    const auto data_set = cxr::test::real_data_set();
    if (!data_set) {
        return;
    }
    const TemporaryFolder root;
    export_reports(*data_set, root / "reports", {"--limit", "2000"});
    const std::vector<std::string> beside{"--dataset", data_set->string()};
    BOOST_TEST((imported(root, "labels", beside) ==
                labels_of(cxr::test::read_file(*data_set / "Data_Entry_2017_v2020.csv"), 2000)));
    // Of the box table the rows of these images, in its order and digits.
    const std::string table = cxr::test::read_file(*data_set / "BBox_List_2017.csv");
    std::istringstream rows(imported(root, "csv", beside));
    std::size_t count = 0;
    std::size_t at = 0;
    for (std::string row; std::getline(rows, row); ++count) {
        at = table.find(row + '\n', at);
        BOOST_REQUIRE(at != std::string::npos);
    }
    BOOST_TEST(count > 1U);
}

BOOST_AUTO_TEST_SUITE_END()
