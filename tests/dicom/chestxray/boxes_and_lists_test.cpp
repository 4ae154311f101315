#include "dicom/chestxray/data_set.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <set>

using namespace cxr::dicom;

BOOST_AUTO_TEST_SUITE(bounding_boxes)

const std::string header = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n";

Table<BoundingBox> parsed(const std::string& rows) {
    Result<Table<BoundingBox>> boxes = parse_boxes(header + rows, "boxes.csv");
    BOOST_REQUIRE(boxes);
    return *std::move(boxes);
}

BOOST_AUTO_TEST_CASE(keep_their_digits_as_written) {
    const Table<BoundingBox> boxes =
        parsed("00000007_004.png,Infiltrate,211.084745762713,533.0,92.7796610169497,61.10");
    BOOST_TEST(boxes.faults.empty());
    BOOST_REQUIRE(boxes.rows.size() == 1U);
    const BoundingBox expected{
        .image_index = "00000007_004.png",
        .finding = Finding::infiltration,
        .label_as_written = "Infiltrate",
        .x = 211.084745762713,
        .y = 533,
        .width = 92.7796610169497,
        .height = 61.1,
        .digits_as_written = {"211.084745762713", "533.0", "92.7796610169497", "61.10"}};
    BOOST_CHECK(boxes.rows[0] == expected);
}

BOOST_AUTO_TEST_CASE(the_second_copy_has_six_names_and_crlf) {
    const auto boxes = parse_boxes(
        "Image Index,Finding Label,Bbox [x,y,w,h]\r\n00000007_004.png,Mass,1,2,3,4\r\n", "b.csv");
    BOOST_REQUIRE(boxes);
    BOOST_REQUIRE(boxes->rows.size() == 1U);
    BOOST_TEST(boxes->rows[0].digits_as_written[3] == "4");
}

BOOST_AUTO_TEST_CASE(a_header_alone_is_a_table_without_rows) {
    BOOST_TEST(parsed("").rows.empty());
    BOOST_TEST(parsed("").faults.empty());
}

BOOST_AUTO_TEST_CASE(a_missing_column_is_named) {
    const auto boxes = parse_boxes("Image Index,Finding Label,x,y,w\n", "boxes.csv");
    BOOST_REQUIRE(!boxes);
    BOOST_TEST(boxes.error().doing.find("'Bbox h'") != std::string::npos);
    BOOST_TEST(!parse_boxes("", "boxes.csv").has_value());
    BOOST_TEST(!parse_boxes("version https://git-lfs.github.com/spec/v1\n", "b").has_value());
}

struct BadBox {
    const char* says;
    const char* row;
    const char* column;
};
std::ostream& operator<<(std::ostream& out, const BadBox& bad) {
    return out << bad.says;
}
const BadBox bad_boxes[] = {
    {"no width", "00000007_004.png,Mass,1,2,0,4", "Bbox w"},
    {"a height below zero", "00000007_004.png,Mass,1,2,3,-4", "Bbox h"},
    {"past the right edge", "00000007_004.png,Mass,1000,2,24.5,4", "Bbox x"},
    {"left of the image", "00000007_004.png,Mass,-0.5,2,3,4", "Bbox x"},
    {"past the bottom edge", "00000007_004.png,Mass,1,1020,3,4.001", "Bbox y"},
    {"above the image", "00000007_004.png,Mass,1,-2,3,4", "Bbox y"},
    {"text for a number", "00000007_004.png,Mass,1,2,3,four", "Bbox h"},
    {"infinite", "00000007_004.png,Mass,1,2,inf,4", "Bbox w"},
    {"an unknown label", "00000007_004.png,Tumour,1,2,3,4", "Finding Label"},
    {"No Finding", "00000007_004.png,No Finding,1,2,3,4", "Finding Label"},
    {"another kind of name", "7_4.png,Mass,1,2,3,4", "Image Index"},
    {"too few values", "00000007_004.png,Mass,1,2,3", ""},
};
BOOST_DATA_TEST_CASE(out_of_range_or_broken_are_skipped, bad_boxes, bad) {
    const Table<BoundingBox> boxes =
        parsed("00000001_000.png,Mass,0,0,1024,1024\n" + std::string(bad.row) +
               "\n00000002_000.png,Nodule,1,2,3,4");
    BOOST_TEST(boxes.rows.size() == 2U);
    BOOST_REQUIRE(boxes.faults.size() == 1U);
    BOOST_TEST(boxes.faults[0].line == 3U);
    BOOST_TEST(boxes.faults[0].column == bad.column);
    BOOST_TEST(boxes.faults[0].row_skipped);
}

BOOST_AUTO_TEST_CASE(of_the_real_list_are_984_on_880_images) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    const auto boxes =
        parse_boxes(cxr::test::read_file(*folder / "BBox_List_2017.csv"), "BBox_List_2017.csv");
    BOOST_REQUIRE(boxes);
    BOOST_TEST(boxes->faults.empty());
    BOOST_TEST(boxes->rows.size() == 984U);
    std::set<std::string> images;
    std::set<Finding> findings;
    for (const BoundingBox& box : boxes->rows) {
        images.insert(box.image_index);
        findings.insert(box.finding);
    }
    BOOST_TEST(images.size() == 880U);
    BOOST_TEST(findings.size() == 8U);
    BOOST_TEST(boxes->rows[0].digits_as_written[0].size() == 16U);  // none is lost
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(split_lists)

Table<SplitRow> parsed(const std::string& content) {
    Result<Table<SplitRow>> list = parse_split_list(content, "list.txt");
    BOOST_REQUIRE(list);
    return *std::move(list);
}

BOOST_AUTO_TEST_CASE(keep_their_last_line_without_a_newline) {
    const Table<SplitRow> list = parsed("00000001_000.png\r\n\n00000001_001.png");
    BOOST_REQUIRE(list.rows.size() == 2U);
    BOOST_TEST(list.rows[1].image_index == "00000001_001.png");
    BOOST_TEST(!list.rows[1].labels.has_value());
    BOOST_TEST(list.faults.empty());
}

BOOST_AUTO_TEST_CASE(by_image_carry_fourteen_labels_in_nih_order) {
    const Table<SplitRow> list = parsed("00000001_000.png 0 1 0 0 0 0 0 0 0 0 0 0 0 1\n");
    BOOST_REQUIRE(list.rows.size() == 1U && list.rows[0].labels);
    const auto& labels = *list.rows[0].labels;
    BOOST_TEST(labels[static_cast<std::size_t>(Finding::cardiomegaly)]);
    BOOST_TEST(labels[static_cast<std::size_t>(Finding::hernia)]);
    BOOST_TEST(std::count(labels.begin(), labels.end(), true) == 2);
}

struct BadLine {
    const char* says;
    const char* line;
};
std::ostream& operator<<(std::ostream& out, const BadLine& bad) {
    return out << bad.says;
}
const BadLine bad_lines[] = {{"no image", "Image Index"},
                             {"a path", "images/00000001_000.png"},
                             {"thirteen labels", "00000002_000.png 0 1 0 0 0 0 0 0 0 0 0 0 0"},
                             {"fifteen labels", "00000002_000.png 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0"},
                             {"a label of two", "00000002_000.png 0 2 0 0 0 0 0 0 0 0 0 0 0 0"},
                             {"a label of 10", "00000002_000.png 0 10 0 0 0 0 0 0 0 0 0 0 0 0"},
                             {"a repetition", "00000001_000.png"}};
BOOST_DATA_TEST_CASE(report_and_skip_what_is_not_a_line, bad_lines, bad) {
    const Table<SplitRow> list = parsed("00000001_000.png\n" + std::string(bad.line) + "\n");
    BOOST_TEST(list.rows.size() == 1U);
    BOOST_REQUIRE(list.faults.size() == 1U);
    BOOST_TEST(list.faults[0].line == 2U);
}

struct RealList {
    const char* file;
    std::size_t images;
};
std::ostream& operator<<(std::ostream& out, const RealList& list) {
    return out << list.file;
}
const RealList real_lists[] = {{"train_val_list.txt", 86524},
                               {"test_list.txt", 25596},
                               {"split_by_image/train_list.txt", 78468},
                               {"split_by_image/test_list.txt", 22433},
                               {"split_by_image/val_list.txt", 11219}};
BOOST_DATA_TEST_CASE(that_are_real_are_read_whole, real_lists, list) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    const Table<SplitRow> rows = parsed(cxr::test::read_file(*folder / list.file));
    BOOST_TEST(rows.faults.empty());
    BOOST_TEST(rows.rows.size() == list.images);
}

BOOST_AUTO_TEST_SUITE_END()
