#include "bridge/export/flat_files.hpp"

#include "bridge/cli/commands.hpp"
#include "bridge/export/image_files.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace cxr::bridge;
using cxr::test::read_file;
using cxr::test::TemporaryFolder;

namespace {

constexpr const char* boxes =
    "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
    "99990002_000.png,Mass,512.5,512.500,11.1,22.2\n"
    "99990001_000.png,Infiltrate,100.123456789012,200.25,30.5,40.75\n"
    "99990001_000.png,Effusion,0,0,1024,1024\n";

void write_data_set(const std::filesystem::path& folder) {
    cxr::test::write_file(
        folder / "Data_Entry_2017_v2020.csv",
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
        "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n"
        "99990001_000.png,Effusion|Infiltration,0,99990001,61,F,PA,2500,2048,0.168,0.168\n"
        "99990001_001.png,No Finding,1,99990001,62,F,AP,2500,2048,0.168,0.168\n"
        "99990002_000.png,Mass|Nodule,0,99990002,35,M,AP,2048,2500,0.168,0.168\n");
    cxr::test::write_file(folder / "BBox_List_2017.csv", boxes);
}

/// What `export` says, in a folder `out` beside the data set.
int exported(const TemporaryFolder& root,
             std::vector<cli::ExportFormat> formats,
             Selection selection = {}) {
    cli::ExportOptions options;
    options.data_set.path = root / "data";
    options.data_set.selection = std::move(selection);
    options.data_set.selection.list_missing_images = true;
    options.formats = std::move(formats);
    options.output = root / "out";
    std::ostringstream out;
    std::ostringstream err;
    const int code = cli::run_export(options, out, err);
    BOOST_TEST(err.str() == "");
    return code;
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(the_box_table_comes_back_byte_for_byte_in_its_own_order) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    BOOST_TEST(exported(root, {cli::ExportFormat::csv}) == cli::done);
    BOOST_TEST(read_file(root / "out" / "BBox_List_2017.csv") == boxes);
    BOOST_TEST(read_file(root / "out" / "Finding_Labels.csv") ==
               "Image Index,Finding Labels\n"
               "99990001_000.png,Effusion|Infiltration\n"
               "99990001_001.png,No Finding\n"
               "99990002_000.png,Mass|Nodule\n");
}

BOOST_AUTO_TEST_CASE(a_selection_leaves_the_others_out_of_both_files) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    BOOST_TEST(exported(root, {cli::ExportFormat::csv}, {.patients = {"99990002"}}) == cli::done);
    BOOST_TEST(read_file(root / "out" / "BBox_List_2017.csv") ==
               "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
               "99990002_000.png,Mass,512.5,512.500,11.1,22.2\n");
    BOOST_TEST(read_file(root / "out" / "Finding_Labels.csv") ==
               "Image Index,Finding Labels\n99990002_000.png,Mass|Nodule\n");
}

BOOST_AUTO_TEST_CASE(the_whole_collections_boxes_and_labels_come_back_byte_for_byte) {
    const auto data_set = cxr::test::real_data_set();
    if (!data_set) {
        return;
    }
    const TemporaryFolder root;
    std::filesystem::create_directory_symlink(std::filesystem::absolute(*data_set), root / "data");
    BOOST_TEST(exported(root, {cli::ExportFormat::csv}) == cli::done);
    BOOST_TEST((read_file(root / "out" / "BBox_List_2017.csv") ==
                read_file(*data_set / "BBox_List_2017.csv")));
    std::istringstream table(read_file(*data_set / "Data_Entry_2017_v2020.csv"));
    std::string expected = "Image Index,Finding Labels\n";
    std::string line;
    std::getline(table, line);
    std::size_t rows = 0;
    while (std::getline(table, line)) {
        const std::size_t second = line.find(',', line.find(',') + 1);
        expected += line.substr(0, second) + '\n';
        ++rows;
    }
    BOOST_TEST(rows == 112'120U);
    BOOST_TEST((read_file(root / "out" / "Finding_Labels.csv") == expected));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(one_file_each)

BOOST_AUTO_TEST_CASE(formats_can_be_written_together) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    BOOST_TEST(exported(root,
                        {cli::ExportFormat::gsps,
                         cli::ExportFormat::json,
                         cli::ExportFormat::coco,
                         cli::ExportFormat::fhir}) == cli::done);
    for (const char* file : {"annotations.json",
                             "coco.json",
                             "99990001/99990001_000.fhir.json",
                             "99990001/99990001_001.fhir.json",
                             "99990001/99990001_000_presentation.dcm"}) {
        BOOST_TEST(std::filesystem::exists(root / "out" / file), file);
    }
    BOOST_TEST(!std::filesystem::exists(root / "out/99990001/99990001_001_presentation.dcm"));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_told) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    cxr::test::write_file(root / "out", "a file where the folder should be");
    cli::ExportOptions options;
    options.data_set.path = root / "data";
    options.data_set.selection.list_missing_images = true;
    options.formats = {cli::ExportFormat::json, cli::ExportFormat::csv, cli::ExportFormat::coco};
    options.output = root / "out";
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(options, out, err) == cli::done_with_findings);
    BOOST_TEST(contains(err.str(), "out"), err.str());
}

BOOST_AUTO_TEST_CASE(flat_files_cannot_be_sent) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    cli::ExportOptions options;
    options.data_set.path = root / "data";
    options.formats = {cli::ExportFormat::json};
    options.to.emplace();
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(options, out, err) == cli::wrong_usage);
    BOOST_TEST(contains(err.str(), "DICOM documents only"), err.str());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pages)

BOOST_AUTO_TEST_CASE(a_page_draws_its_boxes_in_the_originals_proportions_and_loads_nothing) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    BOOST_TEST(exported(root, {cli::ExportFormat::html}) == cli::done);
    const std::string page = read_file(root / "out" / "99990001" / "99990001_000.html");
    BOOST_TEST(contains(page, "viewBox=\"0 0 1250.00 1024\""));  // 2500 x 2048
    BOOST_TEST(
        contains(page, "<rect x=\"122.22\" y=\"200.25\" width=\"37.23\" height=\"40.75\"/>"));
    BOOST_TEST(contains(page, "The PNG is not in the data set"));
    BOOST_TEST(contains(page, "default-src 'none'"));
    for (const char* network : {"http:", "https:", "src=", "@import", "url("}) {
        BOOST_TEST(!contains(page, network), network);
    }
    BOOST_TEST(contains(read_file(root / "out" / "index.html"), "\"99990002_000.png\""));
}

BOOST_AUTO_TEST_CASE(what_a_table_says_never_becomes_markup) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    cxr::test::write_file(root / "data" / "BBox_List_2017.csv",
                          "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
                          "99990001_000.png,effusion,1,2,3,4\n");
    auto folder = read_data_set(root / "data", {});
    BOOST_REQUIRE(folder);
    const std::string hostile = "</script><img src=x onerror=\"alert('1')\">&";
    folder->records[0].boxes[0].label_as_written = hostile;
    folder->records[0].row.finding_labels = hostile;
    folder->records[0].split = hostile;
    const cxr::dicom::MappingOptions mapping;
    const std::vector<const cxr::dicom::ImageRecord*> records{folder->records.data()};
    const auto outcome = write_html({.folder = *folder,
                                     .records = records,
                                     .mapping = mapping,
                                     .output = root / "out",
                                     .threads = 1},
                                    [] {});
    BOOST_TEST(outcome.complete());
    const std::string page = read_file(root / "out" / "99990001" / "99990001_000.html");
    BOOST_TEST(!contains(page, "<img"));
    BOOST_TEST(contains(page, "&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)"));
    const std::string index = read_file(root / "out" / "index.html");
    BOOST_TEST(!contains(index, "<img"));
    BOOST_TEST(contains(index, "\\u003c/script>\\u003cimg"));
}

BOOST_AUTO_TEST_SUITE_END()
