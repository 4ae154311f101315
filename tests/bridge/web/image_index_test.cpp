// What people look for in the data set, and how many there would be with another choice.
#include "web/image_search.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::bridge::web;
using dicom::Finding;
using dicom::ViewPosition;

namespace {

dicom::ImageRecord record(const std::string& stem,
                          std::vector<Finding> findings,
                          ViewPosition view,
                          const std::string& split,
                          const std::string& date) {
    dicom::ImageRecord made;
    made.row.image_index = stem + ".png";
    made.row.findings = std::move(findings);
    made.row.view = view;
    made.split = split;
    made.dates.study_date = date;
    return made;
}

const ImageIndex& index() {
    static const ImageIndex made = [] {
        std::vector<dicom::ImageRecord> records{
            record("00000013_001",
                   {Finding::mass, Finding::nodule},
                   ViewPosition::pa,
                   "test",
                   "20160301"),
            record("00000013_000", {Finding::mass}, ViewPosition::ap, "train_val", "20160201"),
            record(
                "00000002_000", {Finding::no_finding}, ViewPosition::pa, "train_val", "20150101"),
            record("00000130_000", {Finding::nodule}, ViewPosition::unknown, "test", "")};
        records[0].boxes.resize(2);
        records[1].row.original_width = 2000;
        records[1].row.original_height = 3000;
        records[1].row.original_spacing_x_mm = records[1].row.original_spacing_y_mm = 0.2;
        return ImageIndex(records);
    }();
    return made;
}

std::string stems(const ImagePage& page) {
    std::string joined;
    for (const IndexedImage* image : page.images) {
        joined += (joined.empty() ? "" : " ") + image->stem.substr(4);
    }
    return joined;
}

Result<ImageSearch> search_of(bridge::web::Fields query) {
    return image_search_of(query);
}

struct Asked {
    const char* says;
    Fields query;
    const char* found;
};
std::ostream& operator<<(std::ostream& out, const Asked& asked) {
    return out << asked.says;
}
const Asked questions[] = {
    {"nothing asks for all, by patient", {}, "0002_000 0013_000 0013_001 0130_000"},
    {"empty values ask for nothing",
     {{"patient", ""}, {"view", ""}},
     "0002_000 0013_000 0013_001 0130_000"},
    {"a patient by number", {{"patient", "13"}}, "0013_000 0013_001"},
    {"a patient by its whole number", {{"patient", "00000013"}}, "0013_000 0013_001"},
    {"a patient by a part of the image's name", {{"patient", "13_001"}}, "0013_001"},
    {"a finding", {{"finding", "Nodule"}}, "0013_001 0130_000"},
    {"all of several findings", {{"finding", "Nodule"}, {"finding", "Mass"}}, "0013_001"},
    {"a split", {{"split", "test"}}, "0013_001 0130_000"},
    {"a view", {{"view", "AP"}}, "0013_000"},
    {"boxes", {{"boxed", "1"}}, "0013_001"},
    {"a day", {{"date", "20160201"}}, "0013_000"},
    {"days from", {{"date", "20160201-"}}, "0013_000 0013_001"},
    {"days until: what has no date is not among them",
     {{"date", "-20160201"}},
     "0002_000 0013_000"},
    {"a page", {{"offset", "1"}, {"limit", "2"}}, "0013_000 0013_001"},
    {"the longest page", {{"offset", "2"}, {"limit", "500"}}, "0013_001 0130_000"},
};

struct Mistake {
    Fields query;
    const char* says;
};
std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
    return out << mistake.says;
}
const Mistake mistakes[] = {{{{"finding", "Cough"}}, "finding: none of the data set's labels"},
                            {{{"view", "LL"}}, "view: PA or AP"},
                            {{{"date", "2016"}}, "date: YYYYMMDD, or two with '-' between them"},
                            {{{"limit", "-1"}}, "limit: a number"},
                            {{{"limit", "501"}}, "limit: 500 at most"},
                            {{{"offset", "1e3"}}, "offset: a number"},
                            {{{"colour", "red"}}, "colour: no such parameter"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(images_are_found)

BOOST_DATA_TEST_CASE(by_what_is_asked, questions, asked) {
    const auto search = search_of(asked.query);
    BOOST_REQUIRE(search);
    BOOST_TEST(stems(index().search(*search)) == asked.found);
}

BOOST_DATA_TEST_CASE(and_a_mistake_is_named, mistakes, mistake) {
    const auto search = search_of(mistake.query);
    BOOST_REQUIRE(!search);
    BOOST_TEST(search.error().doing == mistake.says);
}

BOOST_AUTO_TEST_CASE(a_page_tells_how_many_there_are_in_all) {
    const ImagePage page = index().search(*search_of({{"limit", "1"}}));
    BOOST_TEST(page.total == 4U);
    BOOST_TEST(page.images.size() == 1U);
}

BOOST_AUTO_TEST_CASE(counts_are_of_each_choice_with_all_others_kept) {
    const ImagePage page = index().search(*search_of({{"split", "test"}}));
    const auto& splits = index().splits();
    for (std::size_t i = 0; i < splits.size(); ++i) {
        BOOST_TEST(page.by_split[i] == 2U, splits[i]);
    }
    BOOST_TEST(page.by_finding[static_cast<std::size_t>(Finding::nodule)] == 2U);
    BOOST_TEST(page.by_finding[static_cast<std::size_t>(Finding::mass)] == 1U);
    BOOST_TEST(page.by_finding[static_cast<std::size_t>(Finding::no_finding)] == 0U);
    BOOST_TEST(page.by_view[static_cast<std::size_t>(ViewPosition::pa)] == 1U);
    BOOST_TEST(page.by_view[static_cast<std::size_t>(ViewPosition::ap)] == 0U);
    BOOST_TEST(page.boxed == 1U);
}

BOOST_AUTO_TEST_CASE(with_the_proportions_of_the_radiograph) {
    const ImagePage page = index().search({});
    BOOST_TEST(page.images.at(0)->aspect == 1.0F);
    BOOST_TEST(page.images.at(1)->aspect == 2.0F / 3.0F, boost::test_tools::tolerance(1e-5F));
}

BOOST_AUTO_TEST_SUITE_END()
