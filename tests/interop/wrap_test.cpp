// `cxrbridge wrap` judged by dciodvfy, dcentvfy, DCMTK's and GDCM's decoders and Pillow: the
// synthetic data set always, the real images where they are at hand.

#include "interop/running_bridge.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

struct Syntax {
    const char* name;
    /// DCMTK's program that makes a PGM of it. Null: Python alone takes the fragment out of the
    /// file and decodes it (DCMTK 3.6.7 has no codec).
    const char* decoder;
    bool dciodvfy_reads;
    bool gdcm_reads;
};
std::ostream& operator<<(std::ostream& out, const Syntax& syntax) {
    return out << syntax.name;
}

const Syntax syntaxes[] = {
    {"ImplicitVRLittleEndian", "dcm2pnm", true, true},
    {"ExplicitVRLittleEndian", "dcm2pnm", true, true},
    {"DeflatedExplicitVRLittleEndian", "dcm2pnm", false, true},
    {"RLELossless", "dcm2pnm", true, true},
    {"JPEGLosslessSV1", "dcmj2pnm", true, true},
    {"JPEGLSLossless", "dcml2pnm", true, true},
    {"JPEG2000Lossless", nullptr, true, true},
    {"HTJ2KLossless", nullptr, false, false},
    {"HTJ2KLosslessRPCL", nullptr, false, false},
    {"DeflatedImageFrameCompression", nullptr, false, false},
};

std::vector<fs::path> data_sets() {
    std::vector<fs::path> paths{sample()};
    if (const auto real = real_data_set()) {
        paths.push_back(*real);
    }
    return paths;
}

std::vector<fs::path> wrap(const fs::path& data_set,
                           const fs::path& output,
                           const std::string& syntax,
                           const std::vector<std::string>& options = {}) {
    const Finished wrapped = run(std::vector<std::string>{cxrbridge(),
                                                          "wrap",
                                                          data_set.string(),
                                                          "-o",
                                                          output.string(),
                                                          "--transfer-syntax",
                                                          syntax} +
                                     options,
                                 std::chrono::seconds(120));
    BOOST_TEST(wrapped.exit_code == 0, wrapped.errors);
    return files_below(output);
}

std::map<std::string, fs::path> pngs_of(const fs::path& data_set) {
    std::map<std::string, fs::path> pngs;
    for (const fs::path& file : files_below(data_set)) {
        if (file.extension() == ".png") {
            pngs[file.stem().string()] = file;
        }
    }
    return pngs;
}

/// Compares each pair of a list with one start of Python: file names, tab, file names. Of a DICOM
/// file it takes the one fragment behind the Basic Offset Table.
Finished compare_with_pillow(const fs::path& list) {
    return run({"/usr/bin/python3",
                "-c",
                "import io, sys, zlib\n"
                "from PIL import Image\n"
                "def fragment(name):\n"
                "    data = open(name, 'rb').read()\n"
                "    at = data.rindex(b'\\xe0\\x7f\\x10\\x00OB\\0\\0\\xff\\xff\\xff\\xff') + 12\n"
                "    at += 8 + int.from_bytes(data[at + 4:at + 8], 'little')\n"
                "    length = int.from_bytes(data[at + 4:at + 8], 'little')\n"
                "    assert data[at + 8 + length:] == b'\\xfe\\xff\\xdd\\xe0\\0\\0\\0\\0', name\n"
                "    return data[at + 8:at + 8 + length]\n"
                "def picture(name, size):\n"
                "    if not name.endswith('.dcm'):\n"
                "        return Image.open(name)\n"
                "    stream = fragment(name)\n"
                "    if stream[:2] == b'\\xff\\x4f':\n"
                "        return Image.open(io.BytesIO(stream))\n"
                "    return Image.frombytes('L', size, zlib.decompress(stream, -15))\n"
                "bad = 0\n"
                "for line in open(sys.argv[1]):\n"
                "    a, b = line.rstrip('\\n').split('\\t')\n"
                "    b = Image.open(b)\n"
                "    b = b if b.mode == 'L' else b.getchannel(0)\n"
                "    a = picture(a, b.size)\n"
                "    if a.size != b.size or a.tobytes() != b.tobytes():\n"
                "        print(line); bad = 1\n"
                "sys.exit(bad)\n",
                list.string()},
               std::chrono::seconds(120));
}

/// What Pillow is to compare of a wrapped file: a PGM beside it, or the file itself.
fs::path picture_of(const Syntax& syntax, const fs::path& file, const fs::path& folder) {
    if (syntax.decoder == nullptr) {
        return file;
    }
    const fs::path pgm = folder / (file.stem().string() + ".pgm");
    BOOST_TEST(run({syntax.decoder, "+op", "-q", "--no-windowing", file.string(), pgm.string()})
                   .exit_code == 0);
    return pgm;
}

std::vector<std::string> warnings_about(const fs::path& file) {
    return lines_with_prefix(run({"dciodvfy", file.string()}).errors, "Warning");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wrapped_images)

BOOST_DATA_TEST_CASE(are_valid_and_have_the_pngs_pixels, syntaxes, syntax) {
    for (const fs::path& data_set : data_sets()) {
        const TemporaryFolder folder;
        const auto files = wrap(data_set, folder / "dicom", syntax.name);
        const auto pngs = pngs_of(data_set);
        BOOST_TEST(files.size() == pngs.size());
        std::ofstream list(folder / "pairs");
        for (const fs::path& file : files) {
            if (syntax.dciodvfy_reads) {
                BOOST_TEST(iod_errors(file) == std::vector<std::string>(),
                           boost::test_tools::per_element());
            }
            list << picture_of(syntax, file, folder.path()).string() << '\t'
                 << pngs.at(file.stem().string()).string() << '\n';
        }
        list.close();
        const Finished compared = compare_with_pillow(folder / "pairs");
        BOOST_TEST(compared.exit_code == 0, compared.output << compared.errors);
    }
}

BOOST_AUTO_TEST_CASE(warn_of_the_view_position_and_nothing_else) {
    for (const fs::path& data_set : data_sets()) {
        const TemporaryFolder folder;
        for (const fs::path& file : wrap(data_set, folder / "dicom", "ExplicitVRLittleEndian")) {
            const auto warnings = warnings_about(file);
            BOOST_TEST(warnings.size() == 2U, file);
            for (const std::string& warning : warnings) {
                const bool expected =
                    warning.find("(0x0018,0x5101)") != std::string::npos ||
                    warning.find("Standard Extended SOP Class") != std::string::npos;
                BOOST_TEST(expected, warning);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(warn_of_nothing_in_the_strict_profile) {  // C2
    const TemporaryFolder folder;
    for (const fs::path& file : wrap(sample(),
                                     folder / "dicom",
                                     "ExplicitVRLittleEndian",
                                     {"--set", "dataset.iod=strict"})) {
        BOOST_TEST(run({"dciodvfy", file.string()}).errors == "SCImage\n");
    }
}

BOOST_AUTO_TEST_CASE(without_dates_lack_only_what_a_dicomdir_wants) {  // C2
    const TemporaryFolder folder;
    for (const fs::path& file :
         wrap(sample(),
              folder / "dicom",
              "ExplicitVRLittleEndian",
              {"--set", "dataset.dates=none", "--set", "dataset.iod=strict"})) {
        BOOST_TEST(iod_errors(file) == std::vector<std::string>(),
                   boost::test_tools::per_element());
        const auto warnings = warnings_about(file);
        BOOST_TEST(warnings.size() == 2U, file);
        for (const std::string& warning : warnings) {
            BOOST_TEST(warning.find("DICOMDIR") != std::string::npos, warning);
        }
    }
}

BOOST_DATA_TEST_CASE(are_decoded_by_gdcm_too, syntaxes, syntax) {  // C5
    if (!syntax.gdcm_reads) {
        return;
    }
    const TemporaryFolder folder;
    const auto pngs = pngs_of(sample());
    std::ofstream list(folder / "pairs");
    for (const fs::path& file : wrap(sample(), folder / "dicom", syntax.name)) {
        const std::string name = file.stem().string();
        const fs::path raw = folder / (name + ".dcm");
        const fs::path pgm = folder / (name + ".pgm");
        BOOST_TEST(run({"gdcmconv", "--raw", file.string(), raw.string()}).exit_code == 0);
        BOOST_TEST(
            run({"dcm2pnm", "+op", "-q", "--no-windowing", raw.string(), pgm.string()}).exit_code ==
            0);
        list << pgm.string() << '\t' << pngs.at(name).string() << '\n';
    }
    list.close();
    const Finished compared = compare_with_pillow(folder / "pairs");
    BOOST_TEST(compared.exit_code == 0, compared.output << compared.errors);
}

BOOST_AUTO_TEST_CASE(of_one_patient_are_consistent_entities) {
    for (const fs::path& data_set : data_sets()) {
        const TemporaryFolder folder;
        std::map<fs::path, std::vector<std::string>> by_patient;
        for (const fs::path& file : wrap(data_set, folder / "dicom", "ExplicitVRLittleEndian")) {
            by_patient[file.parent_path()].push_back(file.string());
        }
        for (const auto& [patient, files] : by_patient) {
            const Finished checked = run(std::vector<std::string>{"dcentvfy"} + files);
            BOOST_TEST(checked.exit_code == 0, checked.errors);
            BOOST_TEST((checked.output + checked.errors).empty(), checked.output << checked.errors);
        }
    }
}

BOOST_AUTO_TEST_CASE(are_the_same_bytes_in_every_time_zone_and_locale) {
    const TemporaryFolder folder;
    const auto reference = wrap(sample(), folder / "reference", "JPEGLSLossless");
    // A locale with a decimal comma, made here: few machines have it.
    BOOST_REQUIRE(
        run({"localedef", "-i", "de_DE", "-f", "UTF-8", (folder / "de_DE.UTF-8").string()})
            .exit_code == 0);
    for (const std::string zone : {"Asia/Kolkata", "America/New_York"}) {
        const Finished wrapped = run({"env",
                                      "TZ=" + zone,
                                      "LOCPATH=" + folder.path().string(),
                                      "LC_ALL=de_DE.UTF-8",
                                      cxrbridge(),
                                      "wrap",
                                      sample().string(),
                                      "-o",
                                      (folder / zone).string(),
                                      "--transfer-syntax",
                                      "JPEGLSLossless"});
        BOOST_REQUIRE(wrapped.exit_code == 0);
        BOOST_TEST(run({"diff", "-r", (folder / "reference").string(), (folder / zone).string()})
                       .exit_code == 0);
    }
    BOOST_TEST(!reference.empty());
}

BOOST_AUTO_TEST_CASE(are_indexed_by_a_dicomdir) {
    const TemporaryFolder folder;
    const fs::path media = folder / "media";
    const Finished wrapped =
        run({cxrbridge(), "wrap", sample().string(), "-o", media.string(), "--dicomdir"});
    BOOST_TEST(wrapped.exit_code == 0, wrapped.errors);
    const Finished dump = run({"dcmdump", (media / "DICOMDIR").string()});
    BOOST_TEST(dump.exit_code == 0);
    const auto ids = values_of(dump.output, "0004,1500");
    BOOST_TEST(ids.size() == pngs_of(sample()).size());
    for (std::string id : ids) {
        std::ranges::replace(id, '\\', '/');
        BOOST_TEST(fs::exists(media / id), id);
    }
    BOOST_TEST(iod_errors(media / "DICOMDIR") == std::vector<std::string>(),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(show_the_true_proportions_to_dcm2pnm) {
    // C6: a 3056 x 2544 original, squeezed to a square, is 1024 x 852 when its pixels are.
    if (const auto real = real_data_set()) {
        std::ifstream table(*real / "Data_Entry_2017_v2020.csv");
        std::string line;
        std::string image;
        const auto pngs = pngs_of(*real);
        while (image.empty() && std::getline(table, line)) {
            if (line.find(",3056,2544,") != std::string::npos &&
                pngs.count(line.substr(0, 12)) == 1) {
                image = line.substr(0, 12);
            }
        }
        BOOST_REQUIRE(!image.empty());
        const TemporaryFolder folder;
        BOOST_REQUIRE(
            run({cxrbridge(), "wrap", real->string(), "-o", (folder / "w").string(), image})
                .exit_code == 0);
        const fs::path pgm = folder / "scaled.pgm";
        BOOST_REQUIRE(run({"dcm2pnm",
                           "+op",
                           "-q",
                           "+Sxv",
                           "1024",
                           files_below(folder / "w").at(0).string(),
                           pgm.string()})
                          .exit_code == 0);
        std::ifstream header(pgm, std::ios::binary);
        std::string magic;
        std::size_t width = 0;
        std::size_t height = 0;
        std::getline(header, magic);
        while (header.peek() == '#') {
            std::getline(header, line);
        }
        header >> width >> height;
        BOOST_TEST(width == 1024U);
        BOOST_TEST(height == 852U);
    }
}

BOOST_AUTO_TEST_CASE(that_cannot_be_made_are_named_and_the_others_are_there) {
    const TemporaryFolder folder;
    fs::copy(sample(), folder / "damaged", fs::copy_options::recursive);
    const auto pngs = pngs_of(folder / "damaged");
    fs::resize_file(pngs.begin()->second, 1000);
    const Finished wrapped =
        run({cxrbridge(), "wrap", (folder / "damaged").string(), "-o", (folder / "w").string()});
    BOOST_TEST(wrapped.exit_code == 1);
    BOOST_TEST(wrapped.errors.find(pngs.begin()->first) != std::string::npos, wrapped.errors);
    BOOST_TEST(files_below(folder / "w").size() == pngs.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
