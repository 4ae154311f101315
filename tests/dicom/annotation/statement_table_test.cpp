#include "dicom/annotation/statement_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;

namespace {

Table<SourceRow> parsed(std::string_view content, const StatementTableSettings& settings = {}) {
    auto table = parse_statements(content, "ai.x", settings);
    BOOST_REQUIRE(table.has_value());
    return *std::move(table);
}

std::vector<std::string> faults_of(const Table<SourceRow>& table) {
    std::vector<std::string> lines;
    for (const RowFault& fault : table.faults) {
        lines.push_back(std::to_string(fault.line) + " " + fault.column + ": " + fault.reason);
    }
    return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(a_models_boxes_and_labels_with_certainty) {
    const auto table = parsed(
        "image,label,x,y,w,h,probability\n"
        "00000001_000.png,Mass,1.5,2,30,40,0.875\n"
        "00000001_000.png,Edema|Effusion,,,,,0.5\n",
        {.certainty_column = "probability"});
    BOOST_TEST(table.faults.size() == 0U);
    BOOST_REQUIRE(table.rows.size() == 3U);
    BOOST_TEST((table.rows[0].statement.finding == Finding::mass));
    BOOST_TEST(table.rows[0].statement.certainty_percent.value() == 87.5);
    BOOST_TEST((*table.rows[0].statement.x_y_width_height == std::array{1.5, 2.0, 30.0, 40.0}));
    BOOST_TEST(!table.rows[1].statement.x_y_width_height.has_value());
    BOOST_TEST((table.rows[2].statement.finding == Finding::effusion));
    BOOST_TEST(table.rows[2].line == 3U);
}

BOOST_AUTO_TEST_CASE(the_published_box_tables_layout) {
    const auto table = parsed(
        "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
        "00000001_000.png,Infiltrate,1,2,3,4\n");
    BOOST_REQUIRE(table.rows.size() == 1U);
    BOOST_TEST((table.rows[0].statement.finding == Finding::infiltration));
    BOOST_TEST(table.rows[0].statement.label_as_written == "Infiltrate");
    BOOST_TEST(!table.rows[0].statement.certainty_percent.has_value());
}

BOOST_AUTO_TEST_CASE(a_bad_row_is_told_with_its_line_and_skipped) {
    const auto table = parsed(
        "image,label,x,y,w,h,p\n"
        "1.png,Mass,1,2,3,4,0.5\n"
        "00000001_000.png,Fracture,1,2,3,4,0.5\n"
        "00000001_000.png,Mass,1,2,3,four,0.5\n"
        "00000001_000.png,Mass,1000,2,30,4,0.5\n"
        "00000001_000.png,Mass,1,2,0,4,0.5\n"
        "00000001_000.png,Mass,1,2,3,4,1.5\n"
        "00000001_000.png,Mass,1,2,3,4,likely\n"
        "00000001_000.png,No Finding,1,2,3,4,0.5\n"
        "00000001_000.png,Edema|Fracture,,,,,0.5\n"
        "00000001_000.png,Mass,nan,2,3,4,0.5\n"
        "00000001_000.png,Mass,1,2,3,4,0.5\n",
        {.certainty_column = "p"});
    BOOST_TEST(table.rows.size() == 1U);
    const std::vector<std::string> expected{"2 image: '1.png' is not of the form 00000001_000.png",
                                            "3 label: 'Fracture' is not one of the 14 findings",
                                            "4 h: 'four' is not a number",
                                            "5 box: the box reaches outside the 1024 x 1024 image",
                                            "6 box: the box has no size",
                                            "7 certainty: 1.5 is not from 0 to 1",
                                            "8 certainty: 'likely' is not a number",
                                            "9 label: 'No Finding' is not one of the 14 findings",
                                            "10 label: 'Fracture' is not one of the 14 findings",
                                            "11 x: 'nan' is not a number"};
    BOOST_TEST(faults_of(table) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_box_with_only_some_of_its_sides_is_no_statement_of_the_whole_image) {
    const auto table = parsed(
        "image,label,x,y,w,h\n"
        "00000001_000.png,Mass,,2,,\n"
        "00000001_000.png,Mass,,,,4\n");
    BOOST_TEST(table.rows.empty());
    BOOST_TEST(table.faults.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_missing_column_is_named) {
    for (const auto& [header, name] : {std::pair{"label,x,y,w,h\n", "Image Index"},
                                       std::pair{"image,x,y,w,h\n", "Finding"},
                                       std::pair{"image,label,x,y\n", "x, y, w and h"},
                                       std::pair{"image,label\n", "score"}}) {
        const auto table = parse_statements(header, "ai.csv", {.certainty_column = "score"});
        const auto without = parse_statements(header, "ai.csv", {});
        BOOST_REQUIRE(!table.has_value());
        const std::string says = without ? table.error().doing : without.error().doing;
        BOOST_TEST(says.find(name) != std::string::npos, says);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(this_products_own) {
    const auto table = parsed(R"({"format": "cxrbridge annotations", "version": 1, "annotations": [
{"image": "00000001_000.png", "label": "Mass", "bbox": [1, 2, 3, 4], "certainty_percent": 12.5},
{"image": "00000001_000.png", "label": "Edema", "bbox": null},
{"image": "00000001_000.png", "label": "Mass", "bbox": [1, 2, 3]},
{"image": 7, "label": "Mass"},
5
]})",
                              {.format = StatementFormat::json});
    BOOST_REQUIRE(table.rows.size() == 2U);
    BOOST_TEST(table.rows[0].statement.certainty_percent.value() == 12.5);
    BOOST_TEST(!table.rows[1].statement.x_y_width_height.has_value());
    BOOST_REQUIRE(table.faults.size() == 3U);
    BOOST_TEST(table.faults[0].line == 4U);
    BOOST_TEST(table.faults[0].reason == "is not four numbers, x, y, w, h");
    BOOST_TEST(table.faults[2].line == 6U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(coco)

BOOST_AUTO_TEST_CASE(names_are_found_by_their_ids) {
    const auto table = parsed(R"({
"images": [{"id": 3, "file_name": "images/00000001_000.png"}],
"categories": [{"id": 5, "name": "Mass"}],
"annotations": [
{"image_id": 3, "category_id": 5, "bbox": [1, 2, 3, 4], "score": 0.25},
{"image_id": 4, "category_id": 5, "bbox": [1, 2, 3, 4]},
{"image_id": 3, "category_id": 6, "bbox": [1, 2, 3, 4]}
]})",
                              {.format = StatementFormat::coco});
    BOOST_REQUIRE(table.rows.size() == 1U);
    BOOST_TEST(table.rows[0].image_index == "00000001_000.png");
    BOOST_TEST(table.rows[0].statement.certainty_percent.value() == 25.0);
    BOOST_REQUIRE(table.faults.size() == 2U);
    BOOST_TEST(table.faults[0].line == 6U);
}

BOOST_AUTO_TEST_CASE(a_file_of_something_else_is_refused) {
    for (const char* text : {"{}", "[]", R"({"images": [], "annotations": 5, "categories": []})"}) {
        BOOST_TEST(!parse_statements(text, "x", {.format = StatementFormat::coco}).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
