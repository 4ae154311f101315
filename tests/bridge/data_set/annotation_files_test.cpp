#include "bridge/data_set/annotation_files.hpp"

#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr;
using namespace cxr::bridge;
using cxr::test::TemporaryFolder;

namespace {

DataSetFolder data_set() {
    DataSetFolder folder;
    for (const char* image : {"00000001_000.png", "00000002_000.png"}) {
        dicom::ImageRecord record;
        record.row.image_index = image;
        folder.records.push_back(record);
    }
    folder.fingerprint = {.tables = "t", .images = "i"};
    return folder;
}

AnnotationFile source(const std::filesystem::path& file, const std::string& name) {
    auto made_by = std::make_shared<dicom::AnnotationSource>();
    made_by->name = name;
    made_by->observer.name = name;
    return {.source = made_by, .file = file, .table = {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(annotation_files)

BOOST_AUTO_TEST_CASE(several_readers_of_one_image_stay_apart) {
    const TemporaryFolder root;
    cxr::test::write_file(root / "a.csv",
                          "image,label\n00000001_000.png,Mass\n00000002_000.png,Edema\n"
                          "00000001_000.png,Nodule\n");
    cxr::test::write_file(root / "b.csv", "image,label\n00000001_000.png,No Finding\n");
    DataSetFolder folder = data_set();
    const std::vector<AnnotationFile> files{source(root / "a.csv", "a"),
                                            source(root / "b.csv", "b")};
    BOOST_REQUIRE(add_annotations(folder, files).has_value());
    BOOST_REQUIRE(folder.records[0].sources.size() == 2U);
    BOOST_TEST(folder.records[0].sources[0].statements.size() == 2U);
    BOOST_TEST(folder.records[0].sources[1].source->name == "b");
    BOOST_REQUIRE(folder.records[1].sources.size() == 1U);
    BOOST_TEST(folder.faults.size() == 0U);
}

BOOST_AUTO_TEST_CASE(rows_of_other_images_are_faults_with_their_lines) {
    const TemporaryFolder root;
    cxr::test::write_file(root / "a.csv",
                          "image,label\n00000009_000.png,Mass\n00000001_000.png,Mess\n"
                          "00000001_000.png,Mass\n");
    DataSetFolder folder = data_set();
    BOOST_REQUIRE(add_annotations(folder, std::vector{source(root / "a.csv", "a")}).has_value());
    BOOST_REQUIRE(folder.faults.size() == 2U);
    BOOST_TEST(folder.faults[0].line == 3U);
    BOOST_TEST(folder.faults[1].line == 2U);
    BOOST_TEST(folder.faults[1].reason == "00000009_000.png is no image of the data set");
    BOOST_TEST(folder.records[0].sources.at(0).statements.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named) {
    DataSetFolder folder = data_set();
    const auto added = add_annotations(folder, std::vector{source("/nowhere/a.csv", "a")});
    BOOST_REQUIRE(!added.has_value());
    BOOST_TEST(added.error().doing.find("/nowhere/a.csv") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_file_observer_or_column_is_another_fingerprint) {
    const TemporaryFolder root;
    cxr::test::write_file(root / "a.csv", "image,label\n");
    const std::vector files{source(root / "a.csv", "a")};
    const FolderFingerprint fingerprint = with_annotations(data_set().fingerprint, files);
    BOOST_CHECK(fingerprint == with_annotations(data_set().fingerprint, files));
    BOOST_CHECK(fingerprint != data_set().fingerprint);
    std::vector other = files;
    other[0].table.certainty_column = "p";
    BOOST_CHECK(fingerprint != with_annotations(data_set().fingerprint, other));
    cxr::test::write_file(root / "a.csv", "image,label\n00000001_000.png,Mass\n");
    BOOST_CHECK(fingerprint != with_annotations(data_set().fingerprint, files));
}

BOOST_AUTO_TEST_SUITE_END()
