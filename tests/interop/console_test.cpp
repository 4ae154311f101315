// The console in a real browser (Chromium, where it is installed): tests/interop/browser says what
// is done and seen.
#include "interop/web_bridge.hpp"
#include "support/files.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

using namespace cxr::test;

namespace {

struct Box {
    std::string image;
    double x, y, width, height;
};

std::vector<Box> boxes_of(const std::filesystem::path& data_set) {
    std::istringstream lines(read_file(data_set / "BBox_List_2017.csv"));
    std::string line;
    std::getline(lines, line);
    std::vector<Box> boxes;
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        Box box;
        std::string label, number;
        std::getline(fields, box.image, ',');
        std::getline(fields, label, ',');
        for (double* into : {&box.x, &box.y, &box.width, &box.height}) {
            std::getline(fields, number, ',');
            *into = std::stod(number);
        }
        boxes.push_back(box);
    }
    return boxes;
}

/// The radiograph's width over its height, of the data set's table.
double aspect_of(const std::filesystem::path& data_set, const std::string& image) {
    std::istringstream lines(read_file(data_set / "Data_Entry_2017_v2020.csv"));
    std::string line;
    while (std::getline(lines, line)) {
        if (line.starts_with(image)) {
            std::vector<double> last;
            std::istringstream fields(line);
            std::vector<std::string> all;
            for (std::string field; std::getline(fields, field, ',');) {
                all.push_back(field);
            }
            for (std::size_t i = all.size() - 4; i < all.size(); ++i) {
                last.push_back(std::stod(all[i]));
            }
            return last[0] * last[2] / (last[1] * last[3]);
        }
    }
    throw std::runtime_error("no row of " + image);
}

std::string quoted(const std::vector<std::string>& texts) {
    std::vector<std::string> parts;
    for (const std::string& text : texts) {
        parts.push_back('"' + text + '"');
    }
    return fmt::format("[{}]", fmt::join(parts, ", "));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(the_console_in_a_browser)

BOOST_AUTO_TEST_CASE(shows_what_there_is_and_what_goes_on) {
    const StoreSCP slow({"--sleep-after", "1"});
    const RunningBridge bridge({slow.destination()}, sample(), web_on);
    const auto rows = sample_rows(bridge.data_set());
    const auto boxed = boxed_images(bridge.data_set());
    const std::string& image = boxed.at(0);
    const std::string patient = image.substr(0, 8);
    const Finished found = find(bridge,
                                {"QueryRetrieveLevel=STUDY",
                                 "AccessionNumber=CXR" + image.substr(0, image.size() - 4),
                                 "StudyInstanceUID"});
    const std::string study = values_of(found.errors + found.output, "0020,000d").at(0);
    std::vector<std::string> drawn;
    for (const Box& box : boxes_of(bridge.data_set())) {
        if (box.image == image) {
            drawn.push_back(fmt::format("[{}, {}, {}, {}]", box.x, box.y, box.width, box.height));
        }
    }
    const auto move = std::vector<std::string>{"movescu",
                                               "-P",
                                               "-aem",
                                               "STORESCP",
                                               "-k",
                                               "QueryRetrieveLevel=PATIENT",
                                               "-k",
                                               "PatientID=" + patient} +
                      bridge.dcmtk_peer();
    const std::string facts = fmt::format(
        R"({{"images": {}, "boxed": {}, "patient": "{}", "patientImages": {}, "study": "{}", )"
        R"("aspect": {}, "boxes": [{}], "peer": "STORESCP", "echoscu": "echoscu -aec CXRBRIDGE )"
        R"(127.0.0.1 {}", "move": {}}})",
        rows.size(),
        boxed.size(),
        patient,
        std::ranges::count(rows, patient, &SampleRow::patient_id),
        study,
        aspect_of(bridge.data_set(), image),
        fmt::join(drawn, ", "),
        bridge.port(),
        quoted(move));
    const Finished seen =
        run({"/usr/bin/python3", "tests/interop/browser/console_test.py", web_root(bridge), facts},
            std::chrono::seconds(200));
    std::fputs(seen.output.c_str(), stdout);
    BOOST_TEST(seen.exit_code == 0, seen.errors);
}

BOOST_AUTO_TEST_SUITE_END()
