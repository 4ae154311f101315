/// Exported flat files before libraries that we did not write (python3-jsonschema, Python's csv and
/// json); an export that was killed before diff.

#include "interop/running_bridge.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

using cxr::test::Finished;
using cxr::test::run;
using cxr::test::TemporaryFolder;

namespace {

using Command = std::vector<std::string>;

Finished exported(const std::filesystem::path& data_set,
                  const std::string& format,
                  const std::filesystem::path& output) {
    return run({cxr::test::cxrbridge(),
                "export",
                data_set.string(),
                "--format",
                format,
                "-o",
                output.string(),
                "--missing-images",
                "list"},
               std::chrono::seconds(120));
}

Finished checked(const Command& arguments) {
    Command command{"/usr/bin/python3", "tests/interop/check_flat_formats.py"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command, std::chrono::seconds(120));
}

/// A table of so many invented images, each third boxed; no PNG.
void write_tables(const std::filesystem::path& folder, int images) {
    std::string rows =
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
        "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n";
    std::string boxes = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n";
    for (int i = 1; i <= images; ++i) {
        const std::string patient = std::to_string(90'000'000 + i);
        rows += patient + "_000.png,Effusion,0," + patient + ",61,F,PA,2500,2048,0.168,0.168\n";
        boxes += i % 3 == 0 ? patient + "_000.png,Effusion,1.5,2.25,30,40\n" : "";
    }
    cxr::test::write_file(folder / "Data_Entry_2017_v2020.csv", rows);
    cxr::test::write_file(folder / "BBox_List_2017.csv", boxes);
}

std::size_t documents_in(const std::filesystem::path& folder) {
    const auto files = std::filesystem::exists(folder) ? cxr::test::files_below(folder)
                                                       : std::vector<std::filesystem::path>();
    return static_cast<std::size_t>(
        std::ranges::count_if(files, [](const auto& file) { return file.extension() == ".dcm"; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exported_files)

BOOST_AUTO_TEST_CASE(json_is_what_its_schema_says) {
    const TemporaryFolder root;
    BOOST_TEST(exported(cxr::test::sample(), "json", root.path()).exit_code == 0);
    const std::string file = (root / "annotations.json").string();
    const Finished judged = checked({"json", "docs/annotations.schema.json", file});
    BOOST_TEST(judged.exit_code == 0, judged.errors);
    std::string broken = cxr::test::read_file(file);
    broken.replace(broken.find("\"COMPLETE\""), 10, "\"FINISHED\"");
    cxr::test::write_file(file, broken);
    BOOST_TEST(checked({"json", "docs/annotations.schema.json", file}).exit_code != 0);
}

BOOST_AUTO_TEST_CASE(coco_holds_every_box_of_the_table) {
    const TemporaryFolder root;
    BOOST_TEST(exported(cxr::test::sample(), "coco", root.path()).exit_code == 0);
    const Finished judged = checked({"coco",
                                     (cxr::test::sample() / "BBox_List_2017.csv").string(),
                                     (root / "coco.json").string()});
    BOOST_TEST(judged.exit_code == 0, judged.errors);
}

BOOST_AUTO_TEST_CASE(fhir_bundles_have_r4s_structure_and_refer_within_themselves) {
    const TemporaryFolder root;
    BOOST_TEST(exported(cxr::test::sample(), "fhir", root.path()).exit_code == 0);
    Command arguments{"fhir", "tests/data/fhir_r4_bundle.schema.json"};
    for (const auto& bundle : cxr::test::files_below(root.path())) {
        arguments.push_back(bundle.string());
    }
    BOOST_TEST(arguments.size() > 10U);
    const Finished judged = checked(arguments);
    BOOST_TEST(judged.exit_code == 0, judged.errors);
    BOOST_TEST(judged.output.find("Observation=") != std::string::npos, judged.output);
}

BOOST_AUTO_TEST_CASE(the_whole_collections_boxes_are_coco_to_the_last_bit) {
    const auto data_set = cxr::test::real_data_set();
    if (!data_set) {
        return;
    }
    const TemporaryFolder root;
    BOOST_TEST(exported(*data_set, "coco", root.path()).exit_code == 0);
    const Finished judged = checked(
        {"coco", (*data_set / "BBox_List_2017.csv").string(), (root / "coco.json").string()});
    BOOST_TEST(judged.exit_code == 0, judged.errors);
    BOOST_TEST(judged.output == "880 984\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_export_that_was_killed)

BOOST_AUTO_TEST_CASE(writes_only_what_is_missing_or_partial_when_it_is_run_again) {
    const TemporaryFolder root;
    write_tables(root / "data", 3000);
    const std::filesystem::path out = root / "out";
    std::size_t done = 0;
    {
        cxr::test::Server exporting({cxr::test::cxrbridge(),
                                     "export",
                                     (root / "data").string(),
                                     "--format",
                                     "sr",
                                     "-o",
                                     out.string(),
                                     "--missing-images",
                                     "list",
                                     "--threads",
                                     "1"});
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (done < 100 && std::chrono::steady_clock::now() < deadline) {
            done = documents_in(out);
        }
        BOOST_TEST(exporting.stop(SIGKILL) == 128 + SIGKILL);
    }
    done = documents_in(out);
    BOOST_REQUIRE(done >= 100U);
    BOOST_REQUIRE(done < 4000U);
    // What a power failure leaves, which a kill does not: a file cut short.
    const std::filesystem::path whole = out / "90000001" / "90000001_000_labels.dcm";
    const std::filesystem::path cut = out / "90000002" / "90000002_000_labels.dcm";
    const auto written_at = std::filesystem::last_write_time(whole);
    std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);

    const Finished again = exported(root / "data", "sr", out);
    BOOST_TEST(again.exit_code == 0, again.errors);
    BOOST_TEST(again.output.starts_with(std::to_string(4000 - done + 1) +
                                        " reports of 3000 images written to "),
               again.output);
    BOOST_TEST((std::filesystem::last_write_time(whole) == written_at));
    BOOST_TEST(cxr::test::files_below(out).size() == 4000U);  // and nothing half beside them

    BOOST_TEST(exported(root / "data", "sr", root / "at_once").exit_code == 0);
    const Finished compared =
        run({"diff", "-r", "--brief", out.string(), (root / "at_once").string()});
    BOOST_TEST(compared.exit_code == 0, compared.output);
}

BOOST_AUTO_TEST_SUITE_END()
