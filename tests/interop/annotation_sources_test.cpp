/// A model's output and a second reader's boxes as reports, by the built program, before programs
/// that we did not write.

#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

using cxr::test::TemporaryFolder;

namespace {

void write_data_set(const std::filesystem::path& folder) {
    cxr::test::write_file(
        folder / "Data_Entry_2017_v2020.csv",
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
        "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n"
        "99990001_000.png,Effusion|Infiltration,0,99990001,61,F,PA,2500,2048,0.168,0.168\n"
        "99990001_001.png,No Finding,1,99990001,62,F,AP,2500,2048,0.168,0.168\n");
    cxr::test::write_file(folder / "BBox_List_2017.csv",
                          "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
                          "99990001_000.png,Infiltrate,100.123456789012,200.25,30.5,40.75\n");
}

/// A model with certainties and a reader, as a configuration; one row of the model's is bad.
std::filesystem::path write_sources(const TemporaryFolder& root) {
    cxr::test::write_file(root / "chestnet.csv",
                          "image,label,x,y,w,h,probability\n"
                          "99990001_000.png,Mass,10.5,20,30,40,0.875\n"
                          "99990001_000.png,Edema,,,,,0.5\n"
                          "99990001_000.png,Fracture,1,2,3,4,0.5\n"
                          "99990001_001.png,No Finding,,,,,0.99\n");
    cxr::test::write_file(root / "reader.csv",
                          "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
                          "99990001_000.png,Infiltrate,101,201,30,40\n");
    cxr::test::write_file(
        root / "cxrbridge.toml",
        "[[annotations]]\nname = \"chestnet\"\nfile = \"" + (root / "chestnet.csv").string() +
            "\"\nobserver = \"device\"\nmanufacturer = \"Example Lab\"\n"
            "model = \"chestnet-121\"\nversion = \"2.1\"\n"
            "certainty = \"probability\"\n"
            "[[annotations]]\nname = \"reader-2\"\nfile = \"" +
            (root / "reader.csv").string() + "\"\nobserver_name = \"Doe^Jane\"\n");
    return root / "cxrbridge.toml";
}

cxr::test::Finished exported(const TemporaryFolder& root,
                             const std::string& to,
                             std::vector<std::string> more = {}) {
    std::vector<std::string> command{CXRBRIDGE,
                                     "export",
                                     (root / "data").string(),
                                     "--format",
                                     "sr",
                                     "-o",
                                     (root / to).string(),
                                     "--missing-images",
                                     "list"};
    command.insert(command.end(), more.begin(), more.end());
    return cxr::test::run(command);
}

std::string dumped(const std::filesystem::path& file) {
    const auto dump = cxr::test::run({"dsrdump", "-q", "+Pc", "+Pl", file.string()});
    BOOST_TEST(dump.exit_code == 0, file << ": " << dump.errors);
    return dump.output;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++found;
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(further_annotations)

BOOST_AUTO_TEST_CASE(a_models_and_a_readers_reports_are_valid_and_say_who_made_them) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    const auto config = write_sources(root);
    const auto done = exported(root, "out", {"--config", config.string()});
    BOOST_TEST(done.exit_code == 0, done.errors);
    // The bad row is told with its file and line; the others are taken.
    BOOST_TEST(done.errors.find("chestnet.csv:4: label: 'Fracture'") != std::string::npos,
               done.errors);
    const auto patient = root / "out" / "99990001";
    for (const char* name : {"99990001_000_annotations_chestnet.dcm",
                             "99990001_001_annotations_chestnet.dcm",
                             "99990001_000_annotations_reader-2.dcm"}) {
        const auto judged = cxr::test::run({"dciodvfy", (patient / name).string()});
        BOOST_TEST(judged.errors.find("Error") == std::string::npos, name << judged.errors);
    }
    const std::string model = dumped(patient / "99990001_000_annotations_chestnet.dcm");
    BOOST_TEST(count(model, "(111012,DCM,\"Certainty of Finding\")=\"87.5\"") == 1U, model);
    BOOST_TEST(count(model, "(111012,DCM,\"Certainty of Finding\")=\"50\"") == 1U);
    BOOST_TEST(count(model, "(111001,DCM,\"Algorithm Name\")=\"chestnet-121\"") == 2U);
    BOOST_TEST(count(model, "(111003,DCM,\"Algorithm Version\")=\"2.1\"") == 2U);
    const std::string reader = dumped(patient / "99990001_000_annotations_reader-2.dcm");
    BOOST_TEST(count(reader, "\"Person Observer Name\")=\"Doe^Jane\"") == 1U, reader);
    BOOST_TEST(count(reader, "Algorithm") == 0U);
}

BOOST_AUTO_TEST_CASE(xml_and_back_keeps_a_models_tree) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    exported(root, "out", {"--config", write_sources(root).string()});
    const auto file = root / "out" / "99990001" / "99990001_000_annotations_chestnet.dcm";
    const auto xml = (root / "report.xml").string();
    const auto back = root / "report.dcm";
    BOOST_TEST(cxr::test::run({"dsr2xml", "+Wt", file.string(), xml}).exit_code == 0);
    BOOST_TEST(cxr::test::run({"xml2dsr", xml, back.string()}).exit_code == 0);
    BOOST_TEST(dumped(back) == dumped(file));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(revisions)

BOOST_AUTO_TEST_CASE(a_changed_label_is_exported_as_a_successor_beside_what_it_replaces) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    const std::vector<std::string> state{"--state", (root / "state").string()};
    BOOST_TEST(exported(root, "before", state).exit_code == 0);
    const auto table = root / "data" / "Data_Entry_2017_v2020.csv";
    std::string text = cxr::test::read_file(table);
    text.replace(text.find("Effusion|Infiltration"), 21, "Effusion|Edema");
    cxr::test::write_file(table, text);
    const auto done = exported(root, "after", state);
    BOOST_TEST(done.exit_code == 0, done.errors);

    const auto before = root / "before" / "99990001" / "99990001_000_labels.dcm";
    const auto kept = root / "after" / "99990001" / "99990001_000_labels.1.dcm";
    const auto now = root / "after" / "99990001" / "99990001_000_labels.dcm";
    BOOST_TEST(cxr::test::read_file(before) == cxr::test::read_file(kept));
    const std::string tree = dumped(now);
    BOOST_TEST(count(tree, "Predecessor Docs") == 1U, tree);
    const auto number = cxr::test::run({"dcmdump", "+P", "0020,0013", now.string()});
    BOOST_TEST(number.output.find("[2]") != std::string::npos, number.output);
    const auto judged = cxr::test::run({"dciodvfy", now.string()});
    BOOST_TEST(judged.errors.find("Error") == std::string::npos, judged.errors);
    // What did not change is what it was, and a third run changes nothing.
    BOOST_TEST(cxr::test::read_file(root / "before" / "99990001" / "99990001_000_boxes.dcm") ==
               cxr::test::read_file(root / "after" / "99990001" / "99990001_000_boxes.dcm"));
    const auto again = exported(root, "after", state);
    BOOST_TEST(again.output.find("0 reports of 2 images written") != std::string::npos,
               again.output);
}

BOOST_AUTO_TEST_CASE(withdrawn_boxes_leave_a_valid_document_that_says_so) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    const std::vector<std::string> state{"--state", (root / "state").string()};
    exported(root, "before", state);
    cxr::test::write_file(root / "data" / "BBox_List_2017.csv",
                          "Image Index,Finding Label,Bbox [x,y,w,h],,,\n");
    BOOST_TEST(exported(root, "after", state).exit_code == 0);
    const auto now = root / "after" / "99990001" / "99990001_000_boxes.dcm";
    BOOST_TEST(dumped(now).find("all boxes withdrawn") != std::string::npos);
    const auto judged = cxr::test::run({"dciodvfy", now.string()});
    BOOST_TEST(judged.errors.find("Error") == std::string::npos, judged.errors);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_same_bytes)

BOOST_AUTO_TEST_CASE(in_two_time_zones_and_two_locales) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    const auto config = write_sources(root).string();
    const auto run_in = [&](const char* zone, const char* locale, const char* to) {
        return cxr::test::run({"env",
                               std::string("TZ=") + zone,
                               std::string("LC_ALL=") + locale,
                               CXRBRIDGE,
                               "export",
                               (root / "data").string(),
                               "--format",
                               "sr",
                               "-o",
                               (root / to).string(),
                               "--missing-images",
                               "list",
                               "--config",
                               config,
                               "--set",
                               "reports.measurements=mm"})
            .exit_code;
    };
    BOOST_TEST(run_in("Pacific/Kiritimati", "C", "a") == 0);
    BOOST_TEST(run_in("America/Los_Angeles", "en_US.utf8", "b") == 0);
    const auto compared =
        cxr::test::run({"diff", "-r", (root / "a").string(), (root / "b").string()});
    BOOST_TEST(compared.exit_code == 0, compared.output);
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(root / "a" / "99990001"),
                             std::filesystem::directory_iterator()) == 6);
}

BOOST_AUTO_TEST_SUITE_END()
