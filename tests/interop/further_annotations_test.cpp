/// What others say of the images, a model's file and a reader's report that the node received, in
/// every flat format and on the pages, under the observer's name and beside the data set's own.

#include "interop/running_bridge.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// The same format options for all: into `out`, of all images.
Finished exported(const fs::path& data_set,
                  const fs::path& out,
                  const std::vector<std::string>& more,
                  const std::vector<std::string>& formats = {
                      "csv", "json", "coco", "fhir", "html"}) {
    std::vector<std::string> command{
        cxrbridge(), "export", data_set.string(), "-o", out.string(), "--missing-images", "list"};
    for (const std::string& format : formats) {
        command.insert(command.end(), {"--format", format});
    }
    return run(command + more, std::chrono::seconds(120));
}

/// The image that is spoken of.
std::string spoken_of() {
    return boxed_images(sample()).at(0);
}
std::string stem() {
    return spoken_of().substr(0, spoken_of().find('.'));
}

/// A model that sees a mass in one place of the image and, less sure, an edema somewhere.
fs::path model(const TemporaryFolder& root) {
    write_file(root / "chestnet.csv",
               "image,label,x,y,w,h,probability\n" + spoken_of() + ",Mass,10.5,20,30,40,0.875\n" +
                   spoken_of() + ",Edema,,,,,0.5\n");
    write_file(root / "model.toml",
               "[[annotations]]\nname = \"chestnet\"\nfile = \"" +
                   (root / "chestnet.csv").string() +
                   "\"\nobserver = \"device\"\nmanufacturer = \"Example Lab\"\n"
                   "model = \"chestnet-121\"\nversion = \"2.1\"\ncertainty = \"probability\"\n");
    return root / "model.toml";
}

/// A second reader, who sees a nodule.
fs::path reader(const TemporaryFolder& root) {
    write_file(root / "reader.csv",
               "Image Index,Finding Label,x,y,w,h\n" + spoken_of() + ",Nodule,101,201,30,40\n");
    write_file(root / "reader.toml",
               "[[annotations]]\nname = \"second\"\nfile = \"" + (root / "reader.csv").string() +
                   "\"\nobserver_name = \"Doe^Jane\"\n");
    return root / "reader.toml";
}

/// That file of an export is the one that an export without others gives.
bool is_as_without_others(const fs::path& out, const char* file) {
    const TemporaryFolder root;
    BOOST_TEST(exported(sample(), root / "out", {}, {"csv", "coco"}).exit_code == 0);
    BOOST_TEST(!fs::exists(root / "out" / "Further_Annotations.csv"));
    return read_file(out / file) == read_file(root / "out" / file);
}

fs::path file_of_image(const fs::path& out, const std::string& ending) {
    const auto files = files_below(out);
    const auto found = std::ranges::find(
        files, stem() + ending, [](const fs::path& file) { return file.filename().string(); });
    BOOST_REQUIRE_MESSAGE(found != files.end(), "no " << stem() << ending);
    return *found;
}

void judge(const std::string& kind, const std::string& schema, const fs::path& file) {
    const Finished judged = run(
        {"/usr/bin/python3", "tests/interop/check_flat_formats.py", kind, schema, file.string()});
    BOOST_TEST(judged.exit_code == 0, judged.errors);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(annotations_of_others)

BOOST_AUTO_TEST_CASE(a_models_stand_beside_the_data_sets_in_every_format) {
    const TemporaryFolder root;
    const fs::path out = root / "out";
    const Finished done = exported(sample(), out, {"--config", model(root).string()});
    BOOST_TEST(done.exit_code == 0, done.errors);

    for (const char* own : {"BBox_List_2017.csv", "Finding_Labels.csv", "coco.json"}) {
        BOOST_TEST(is_as_without_others(out, own), own);
    }
    const std::string table = read_file(out / "Further_Annotations.csv");
    BOOST_TEST(contains(table, spoken_of() + ",Mass,10.5,20,30,40,87.5,chestnet-121,2.25."), table);
    BOOST_TEST(contains(table, spoken_of() + ",Edema,,,,,50,chestnet-121,2.25."), table);

    judge("json", "docs/annotations.schema.json", out / "annotations.json");
    const std::string json = read_file(out / "annotations.json");
    BOOST_TEST(contains(json, "\"certainty_percent\": 87.5"));
    BOOST_TEST(contains(json, "\"Radiologist^NIH CC\""));

    const std::string coco = read_file(out / "coco_annotations_chestnet.json");
    BOOST_TEST(contains(coco, "\"score\": 0.875"), coco);

    const fs::path bundle = file_of_image(out, ".fhir.json");
    judge("fhir", "tests/data/fhir_r4_bundle.schema.json", bundle);
    const std::string fhir = read_file(bundle);
    BOOST_TEST(contains(fhir, "\"chestnet-121\""));
    BOOST_TEST(contains(fhir, "Mass, Edema (said by a program, not verified on the image)"));
    BOOST_TEST(contains(fhir, "(boxes drawn by a reader)"));

    const std::string page = read_file(file_of_image(out, ".html"));
    BOOST_TEST(contains(page, "<h2>By chestnet-121</h2>"));
    BOOST_TEST(contains(page, "class=\"box further"));
    BOOST_TEST(contains(page, ">Mass 87.5 %, chestnet-121</text>"));
    BOOST_TEST(contains(page, "class=\"box own"));
}

BOOST_AUTO_TEST_CASE(the_further_table_is_read_as_a_further_source) {
    const TemporaryFolder root;
    BOOST_TEST(
        exported(sample(), root / "first", {"--config", model(root).string()}, {"csv"}).exit_code ==
        0);
    write_file(root / "again.toml",
               "[[annotations]]\nname = \"chestnet\"\nfile = \"" +
                   (root / "first" / "Further_Annotations.csv").string() +
                   "\"\nobserver = \"device\"\nmanufacturer = \"Example Lab\"\n"
                   "model = \"chestnet-121\"\nversion = \"2.1\"\n"
                   "certainty = \"Certainty Percent\"\ncertainty_unit = \"percent\"\n");
    const Finished done =
        exported(sample(), root / "second", {"--config", (root / "again.toml").string()}, {"csv"});
    BOOST_TEST(done.exit_code == 0, done.errors);
    BOOST_TEST(read_file(root / "first" / "Further_Annotations.csv") ==
               read_file(root / "second" / "Further_Annotations.csv"));
}

BOOST_AUTO_TEST_CASE(a_report_that_the_node_received_does_too) {
    const TemporaryFolder root;
    // The reader's report, made by a bridge that knows the reader, goes to one that does not.
    BOOST_TEST(exported(sample(), root / "reader", {"--config", reader(root).string()}, {"sr"})
                   .exit_code == 0);
    const fs::path report = file_of_image(root / "reader", "_annotations_second.dcm");
    const RunningBridge bridge;
    const Finished stored = run(std::vector<std::string>{"storescu", "-R"} + bridge.dcmtk_peer() +
                                std::vector<std::string>{report.string()});
    BOOST_TEST(stored.exit_code == 0, stored.errors);

    const fs::path out = root / "out";
    const Finished done = exported(sample(), out, {"--state", bridge.state().string()});
    BOOST_TEST(done.exit_code == 0, done.errors);
    for (const char* own : {"BBox_List_2017.csv", "Finding_Labels.csv", "coco.json"}) {
        BOOST_TEST(is_as_without_others(out, own), own);
    }
    BOOST_TEST(contains(read_file(out / "Further_Annotations.csv"),
                        spoken_of() + ",Nodule,101,201,30,40,,Doe^Jane,2.25."));
    judge("json", "docs/annotations.schema.json", out / "annotations.json");
    BOOST_TEST(contains(read_file(out / "annotations.json"), "\"name\": \"Doe^Jane\""));
    BOOST_TEST(contains(read_file(out / "coco_Doe-Jane.json"), spoken_of()));
    const fs::path bundle = file_of_image(out, ".fhir.json");
    judge("fhir", "tests/data/fhir_r4_bundle.schema.json", bundle);
    BOOST_TEST(contains(read_file(bundle), "\"Doe^Jane\""));
    BOOST_TEST(contains(read_file(file_of_image(out, ".html")), "<h2>By Doe^Jane</h2>"));
}

BOOST_AUTO_TEST_SUITE_END()
