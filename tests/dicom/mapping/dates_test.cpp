#include "dicom/mapping/image_record.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <ostream>

using namespace cxr::dicom;
using namespace std::string_literals;

namespace {

ChestXRayRow row(std::string image_index, std::uint32_t follow_up, std::optional<Age> age) {
    ChestXRayRow made;
    made.image_index = std::move(image_index);
    made.follow_up = follow_up;
    made.age = age;
    return made;
}

std::optional<Age> years(std::uint16_t value) {
    return Age{.value = value, .unit = 'Y'};
}

std::vector<ChestXRayRow> patient_1() {
    return {row("00000001_000.png", 0, years(57)),
            row("00000001_001.png", 1, years(58)),
            row("00000001_002.png", 2, years(58))};
}

std::chrono::year_month_day date(const std::string& da) {
    return std::chrono::year(std::stoi(da.substr(0, 4))) / std::stoi(da.substr(4, 2)) /
           std::stoi(da.substr(6, 2));
}

int completed_years(const std::string& birth, const std::string& on) {
    const auto from = date(birth);
    const auto to = date(on);
    const bool had_birthday =
        std::pair(to.month(), to.day()) >= std::pair(from.month(), from.day());
    return static_cast<int>(to.year()) - static_cast<int>(from.year()) - (had_birthday ? 0 : 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_3_c_7_2_1_synthetic_study_dates)

BOOST_AUTO_TEST_CASE(a_patient_s_rows_get_the_published_vectors) {
    const DatedRows dated = assign_dates(patient_1(), Dates::synthetic);
    BOOST_TEST(dated.notes.empty());
    BOOST_TEST((dated.dates[0] == ImageDates{"19391009", "19961127", "161359"}));
    BOOST_TEST((dated.dates[2] == ImageDates{"19391009", "19971130", "124620"}));
}

BOOST_AUTO_TEST_CASE(the_order_of_rows_does_not_matter) {
    const std::vector<ChestXRayRow> rows = patient_1();
    const DatedRows forwards = assign_dates(rows, Dates::synthetic);
    const std::vector<ChestXRayRow> reversed(rows.rbegin(), rows.rend());
    const DatedRows backwards = assign_dates(reversed, Dates::synthetic);
    BOOST_TEST((forwards.dates[0] == backwards.dates[2]));
    BOOST_TEST((forwards.dates[1] == backwards.dates[1]));
}

BOOST_AUTO_TEST_CASE(none_leaves_every_date_empty) {
    for (const ImageDates& dates : assign_dates(patient_1(), Dates::none).dates) {
        BOOST_TEST((dates == ImageDates{}));
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_age_is_that_of_the_row_before) {
    std::vector<ChestXRayRow> rows = patient_1();
    const DatedRows known = assign_dates(rows, Dates::synthetic);
    rows[2].age.reset();
    BOOST_TEST((assign_dates(rows, Dates::synthetic).dates == known.dates));
}

BOOST_AUTO_TEST_CASE(a_patient_of_unknown_age_has_study_dates_and_no_birth_date) {
    const DatedRows dated =
        assign_dates(std::vector{row("00000001_000.png", 0, {})}, Dates::synthetic);
    BOOST_TEST(dated.dates[0].patient_birth_date == "");
    BOOST_TEST(dated.dates[0].study_date == "19961127");
}

BOOST_AUTO_TEST_CASE(follow_ups_that_are_no_chronology_give_way_to_age_and_suffix) {
    // As in the 2017 release: the follow-up is the suffix, and the ages go down.
    const std::vector rows{row("00000013_000.png", 0, years(60)),
                           row("00000013_001.png", 1, years(56)),
                           row("00000013_002.png", 2, years(60))};
    const std::vector<ImageDates> dates = assign_dates(rows, Dates::synthetic).dates;
    BOOST_TEST(dates[1].study_date < dates[0].study_date);
    BOOST_TEST(dates[0].study_date < dates[2].study_date);
}

BOOST_AUTO_TEST_CASE(a_chronology_longer_than_the_year_has_room_for_is_left_out_and_named) {
    std::vector<ChestXRayRow> rows;
    for (std::uint32_t f = 0; f < 185; ++f) {
        rows.push_back(row("00000007_" + std::to_string(1000 + f).substr(1) + ".png", f, years(5)));
    }
    rows.push_back(row("00000001_000.png", 0, years(57)));
    const DatedRows dated = assign_dates(rows, Dates::synthetic);
    BOOST_TEST((dated.dates.front() == ImageDates{}));
    BOOST_TEST((dated.dates.back() == ImageDates{"19391009", "19961127", "161359"}));
    BOOST_REQUIRE(dated.notes.size() == 1U);
    BOOST_TEST(dated.notes[0].find("00000007") != std::string::npos);
    rows.erase(rows.begin() + 184);
    BOOST_TEST(!assign_dates(rows, Dates::synthetic).dates.front().study_date.empty());
}

BOOST_AUTO_TEST_CASE(every_published_row_keeps_the_promises) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    const auto entries = parse_data_entries(
        cxr::test::read_file(*folder / "Data_Entry_2017_v2020.csv"), "Data_Entry_2017_v2020.csv");
    BOOST_REQUIRE(entries.has_value());
    const std::vector<ChestXRayRow>& rows = entries->rows;
    BOOST_REQUIRE(rows.size() == 112'120U);
    const auto begin = std::chrono::steady_clock::now();
    const DatedRows dated = assign_dates(rows, Dates::synthetic);
    const std::chrono::duration<double, std::milli> lasted =
        std::chrono::steady_clock::now() - begin;
    BOOST_TEST_MESSAGE("dated " << rows.size() << " rows in " << lasted.count() << " ms");

    std::map<std::pair<std::string_view, std::uint32_t>, std::string> study_dates;
    std::size_t violations = 0;
    std::map<std::string, ImageDates> vectors;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const ImageDates& dates = dated.dates[i];
        study_dates[{rows[i].patient_id(), rows[i].follow_up}] = dates.study_date;
        violations += completed_years(dates.patient_birth_date, dates.study_date) !=
                      rows[i].age->completed_years();
        violations += dates.study_time < "080000" || dates.study_time > "165959";
        violations += dates.study_date < "19960201" || dates.study_date > "20140820";
        vectors[rows[i].image_index] = dates;
    }
    for (auto place = study_dates.begin(), next = std::next(place); next != study_dates.end();
         place = next++) {
        violations += place->first.first == next->first.first && place->second >= next->second;
    }
    BOOST_TEST(violations == 0U);
    BOOST_TEST(dated.notes.empty());
    BOOST_TEST((vectors["00000001_000.png"] == ImageDates{"19391009", "19961127", "161359"}));
    BOOST_TEST((vectors["00000001_002.png"] == ImageDates{"19391009", "19971130", "124620"}));
    BOOST_TEST((vectors["00000013_022.png"] == ImageDates{"19430717", "19990901", "124934"}));
    BOOST_TEST((vectors["00000013_000.png"] == ImageDates{"19430717", "20031011", "164423"}));
}

BOOST_AUTO_TEST_SUITE_END()
