/// Presentation states and key object selections before programs that we did not write: dciodvfy
/// (dicom3tools) judges every attribute, DCMTK applies the state to its image and reads the
/// selection.

#include "bridge/cli/commands.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>

using namespace cxr::bridge;
using cxr::test::TemporaryFolder;

namespace {

using Files = std::vector<std::filesystem::path>;

/// Sorted; those whose name ends so.
Files files_below(const std::filesystem::path& folder, std::string_view ending) {
    Files files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().string().ends_with(ending)) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

void export_to(const std::filesystem::path& data_set, const std::filesystem::path& output) {
    cli::ExportOptions options;
    options.data_set.path = data_set;
    options.data_set.selection.list_missing_images = true;
    options.formats = {cli::ExportFormat::gsps, cli::ExportFormat::kos};
    options.output = output;
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(options, out, err) == cli::done);
    BOOST_TEST(err.str() == "");
}

std::string verdict(const std::filesystem::path& file) {
    const auto judged = cxr::test::run({"dciodvfy", file.string()});
    return judged.output + judged.errors;
}

/// One sample data set, with its images wrapped and its documents beside them.
struct Sample {
    TemporaryFolder folder;

    /// Made once: nothing changes it.
    static const Sample& shared() {
        static const Sample sample;
        return sample;
    }
    Sample() {
        std::ostringstream out;
        std::ostringstream err;
        BOOST_REQUIRE(cli::run_sample({.output = folder / "data", .patients = 8}, out, err) ==
                      cli::done);
        cli::WrapOptions wrap;
        wrap.data_set.path = folder / "data";
        wrap.output = folder / "out";
        BOOST_REQUIRE(cli::run_wrap(wrap, out, err) == cli::done);
        export_to(folder / "data", folder / "out");
    }
};

/// The image that a document of the image lies beside.
std::filesystem::path image_of(const std::filesystem::path& document) {
    const std::string name = document.filename().string();
    return document.parent_path() / (name.substr(0, name.rfind('_')) + ".dcm");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(of_a_sample)

BOOST_AUTO_TEST_CASE(dciodvfy_finds_neither_error_nor_warning) {
    const TemporaryFolder& folder = Sample::shared().folder;
    const Files states = files_below(folder / "out", "_presentation.dcm");
    BOOST_TEST(!states.empty());
    for (const auto& file : states) {
        BOOST_TEST(verdict(file) == "GrayscaleSoftcopyPresentationState\n");
    }
    const Files selections = files_below(folder / "out", "_key.dcm");
    BOOST_TEST(selections.size() == states.size());
    for (const auto& file : selections) {
        BOOST_TEST(verdict(file) == "KeyObjectSelectionDocument\n");
    }
}

BOOST_AUTO_TEST_CASE(dciodvfy_does_find_an_error_where_one_is) {
    const TemporaryFolder root;
    const auto state = root / "state.dcm";
    std::filesystem::copy_file(
        files_below(Sample::shared().folder / "out", "_presentation.dcm").at(0), state);
    BOOST_REQUIRE(
        cxr::test::run({"dcmodify", "-nb", "-ea", "(0070,005a)", state.string()}).exit_code == 0);
    BOOST_TEST(verdict(state).find("Error") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(dcmtk_applies_a_state_to_its_image_and_leaves_the_grey_values) {
    const TemporaryFolder& folder = Sample::shared().folder;
    for (const auto& state : files_below(folder / "out", "_presentation.dcm")) {
        const std::string image = image_of(state).string();
        if (!std::filesystem::exists(image)) {
            continue;
        }
        const std::string with = (folder / "with.pgm").string();
        const std::string without = (folder / "without.pgm").string();
        const auto applied = cxr::test::run({"dcmp2pgm", "-p", state.string(), image, with});
        BOOST_TEST(applied.exit_code == 0, applied.errors);
        BOOST_TEST(cxr::test::run({"dcmp2pgm", image, without}).exit_code == 0);
        const std::string pixels = cxr::test::read_file(with);
        BOOST_TEST(pixels.starts_with("P5\n1024 1024 255\n"));
        BOOST_TEST((pixels == cxr::test::read_file(without)));
    }
}

BOOST_AUTO_TEST_CASE(dsrdump_reads_every_selection) {
    const TemporaryFolder& folder = Sample::shared().folder;
    for (const auto& file : files_below(folder / "out", "_key.dcm")) {
        const auto dump = cxr::test::run({"dsrdump", "-q", "+Pl", file.string()});
        BOOST_TEST(dump.exit_code == 0);
        BOOST_TEST(dump.output.find("Boxes were drawn on this image: ") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(real_collection)

/// Of all 1,760 files each seventeenth is judged: the whole set takes minutes on a busy machine.
constexpr std::size_t stride = 17;

BOOST_AUTO_TEST_CASE(every_boxed_image_has_a_state_and_a_selection_without_warnings) {
    const auto data_set = cxr::test::real_data_set();
    if (!data_set) {
        return;
    }
    const TemporaryFolder root;
    export_to(*data_set, root / "out");
    const Files files = files_below(root / "out", ".dcm");
    BOOST_TEST(files.size() == 2 * 880U);
    for (std::size_t i = 0; i < files.size(); i += stride) {  // both kinds in turn
        const std::string said = verdict(files[i]);
        BOOST_TEST((said == "GrayscaleSoftcopyPresentationState\n" ||
                    said == "KeyObjectSelectionDocument\n"),
                   files[i] << ": " << said);
    }
}

BOOST_AUTO_TEST_SUITE_END()
