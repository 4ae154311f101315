// `dataset.geometry = "resampled"` before programs that we did not write: dciodvfy judges the
// objects, odil and Pillow tell where boxes and pixels have come to.
#include "interop/web_bridge.hpp"
#include "support/files.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> resampled{"--set", "dataset.geometry=resampled"};

void make(const fs::path& output, const std::vector<std::string>& options) {
    const std::vector<std::string> commands[] = {
        {"wrap", sample().string()},
        {"export", sample().string(), "--format", "sr", "--format", "gsps", "--format", "kos"}};
    for (const auto& command : commands) {
        const Finished done = run(std::vector<std::string>{cxrbridge()} + command +
                                      std::vector<std::string>{"-o", output.string()} + options,
                                  std::chrono::seconds(120));
        BOOST_TEST(done.exit_code == 0, done.errors);
    }
}

struct Made {
    TemporaryFolder folder;
    /// Made once: nothing changes it.
    static const Made& shared() {
        static const Made made;
        return made;
    }
    Made() {
        make(folder / "stored", {});
        make(folder / "resampled", resampled);
    }
};

std::string imported(const fs::path& reports, const std::vector<std::string>& options) {
    const TemporaryFolder folder;
    const std::string file = (folder / "boxes.csv").string();
    const Finished done = run(std::vector<std::string>{cxrbridge(),
                                                       "import",
                                                       reports.string(),
                                                       "--format",
                                                       "csv",
                                                       "-o",
                                                       file,
                                                       "--dataset",
                                                       sample().string()} +
                              options);
    // Objects that are no reports are told as not taken.
    BOOST_TEST(done.output.find(" annotations of ") != std::string::npos, done.errors);
    return read_file(file);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(square_pixels)

BOOST_AUTO_TEST_CASE(are_valid_objects) {
    std::size_t judged = 0;
    for (const fs::path& file : files_below(Made::shared().folder / "resampled")) {
        const auto errors = iod_errors(file);
        BOOST_TEST(errors.empty(), file << ": " << (errors.empty() ? "" : errors.front()));
        ++judged;
    }
    BOOST_TEST(judged > 40U);
}

BOOST_AUTO_TEST_CASE(have_the_radiographs_proportions_their_boxes_and_uids_of_their_own) {
    const Finished checked = run({"/usr/bin/python3",
                                  "tests/interop/resampled_geometry.py",
                                  sample().string(),
                                  (Made::shared().folder / "stored").string(),
                                  (Made::shared().folder / "resampled").string()},
                                 std::chrono::seconds(120));
    BOOST_TEST(checked.exit_code == 0, checked.errors);
    BOOST_TEST_MESSAGE(checked.output);
}

BOOST_AUTO_TEST_CASE(are_the_same_bytes_each_time) {
    const TemporaryFolder again;
    make(again.path(), resampled);
    const fs::path first = Made::shared().folder / "resampled";
    for (const fs::path& file : files_below(first)) {
        const fs::path other = again.path() / file.lexically_relative(first);
        BOOST_TEST((read_file(file) == read_file(other)), file);
    }
}

BOOST_AUTO_TEST_CASE(let_the_box_table_come_back_from_the_reports) {
    const fs::path& folder = Made::shared().folder.path();
    const std::string table = imported(folder / "stored", {});
    BOOST_TEST(std::ranges::count(table, '\n') > 5);
    BOOST_TEST(imported(folder / "resampled", resampled) == table);
}

BOOST_AUTO_TEST_CASE(are_what_the_web_and_dimse_send) {
    const RunningBridge bridge(
        {}, sample(), std::string(web_on) + "[dataset]\ngeometry = \"resampled\"\n");
    const fs::path file = files_below(Made::shared().folder / "resampled").front();
    const std::string dump = run({"dcmdump", "-Un", file.string()}).output;
    const auto value = [&dump](const char* tag) { return values_of(dump, tag).at(0); };
    const std::string url = web_root(bridge) + "/dicom-web/studies/" + value("0020,000d") +
                            "/series/" + value("0020,000e") + "/instances/" + value("0008,0018");
    const TemporaryFolder folder;
    const std::string fetched = (folder / "fetched.dcm").string();
    const Finished answer = curl(url, {"-H", "Accept: application/dicom", "-o", fetched});
    BOOST_TEST(status_of(answer) == "200");
    BOOST_TEST((read_file(fetched) == read_file(file)));
    const Finished got = run(std::vector<std::string>{"getscu",
                                                      "-S",
                                                      "-k",
                                                      "QueryRetrieveLevel=STUDY",
                                                      "-k",
                                                      "StudyInstanceUID=" + value("0020,000d"),
                                                      "-od",
                                                      (folder.path()).string()} +
                             bridge.dcmtk_peer());
    BOOST_TEST(got.exit_code == 0, got.errors);
    const auto objects = files_below(folder.path());
    const bool arrived = std::ranges::any_of(objects, [&](const fs::path& object) {
        return object.filename().string().find(value("0008,0018")) != std::string::npos;
    });
    BOOST_TEST(arrived);
}

BOOST_AUTO_TEST_SUITE_END()
