#include "dicom/chestxray/data_set.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <ostream>
#include <set>
#include <sstream>

using namespace cxr::dicom;

namespace {

const std::string v2020_header =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";

/// A table with NIH's v2020 header and the rows given.
DataEntries parsed(const std::string& rows) {
    Result<DataEntries> entries = parse_data_entries(v2020_header + "\n" + rows, "entries.csv");
    BOOST_REQUIRE(entries);
    return *std::move(entries);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(a_bad_row_costs_itself_only)

struct BadRow {
    const char* says;
    const char* row;
    const char* column;
    const char* reason;
};
std::ostream& operator<<(std::ostream& out, const BadRow& bad) {
    return out << bad.says;
}
const BadRow bad_rows[] = {
    {"another kind of name", "a.png,Mass,0,2,1,M,PA,9,9,0.1,0.1", "Image Index", "'a.png'"},
    {"a path", "../0000002_000.png,Mass,0,2,1,M,PA,9,9,0.1,0.1", "Image Index", "not of the form"},
    {"letters among the digits",
     "0000000x_000.png,Mass,0,2,1,M,PA,9,9,0.1,0.1",
     "Image Index",
     "not of the form"},
    {"another patient's name",
     "00000002_000.png,Mass,0,3,1,M,PA,9,9,0.1,0.1",
     "Patient ID",
     "'3' is not the patient of 00000002_000.png"},
    {"no patient", "00000002_000.png,Mass,0,,1,M,PA,9,9,0.1,0.1", "Patient ID", "''"},
    {"an unknown label",
     "00000002_000.png,Mass|Rib fracture,0,2,1,M,PA,9,9,0.1,0.1",
     "Finding Labels",
     "'Rib fracture'"},
    {"no label", "00000002_000.png,,0,2,1,M,PA,9,9,0.1,0.1", "Finding Labels", "''"},
    {"No Finding beside a finding",
     "00000002_000.png,No Finding|Mass,0,2,1,M,PA,9,9,0.1,0.1",
     "Finding Labels",
     "No Finding"},
    {"a follow-up that is no number",
     "00000002_000.png,Mass,x,2,1,M,PA,9,9,0.1,0.1",
     "Follow-up #",
     "'x'"},
    {"a negative follow-up",
     "00000002_000.png,Mass,-1,2,1,M,PA,9,9,0.1,0.1",
     "Follow-up #",
     "'-1'"},
    {"cut off", "00000002_000.png,Mass,0,2,1", "", "5 values, 11 needed"},
    {"an open quote", "00000002_000.png,\"Mass,0,2,1,M,PA,9,9,0.1,0.1", "", "quote"},
    {"text after a quote", "00000002_000.png,\"Mass\"x,0,2,1,M,PA,9,9,0.1,0.1", "", "quote"},
    {"the image of an earlier row",
     "00000001_000.png,Mass,0,1,1,M,PA,9,9,0.1,0.1",
     "Image Index",
     "row already"},
};

BOOST_DATA_TEST_CASE(is_reported_with_file_line_column_and_reason, bad_rows, bad) {
    const DataEntries entries =
        parsed("00000001_000.png,No Finding,0,1,30,M,PA,9,9,0.1,0.1\n" + std::string(bad.row) +
               "\n00000003_000.png,Hernia,0,3,31,F,AP,9,9,0.1,0.1\n");
    BOOST_REQUIRE(entries.rows.size() == 2U);
    BOOST_TEST(entries.rows[0].image_index == "00000001_000.png");
    BOOST_TEST(entries.rows[1].image_index == "00000003_000.png");
    BOOST_REQUIRE(entries.faults.size() == 1U);
    const RowFault& fault = entries.faults[0];
    BOOST_TEST(fault.file == "entries.csv");
    BOOST_TEST(fault.line == 3U);
    BOOST_TEST(fault.column == bad.column);
    BOOST_TEST(fault.reason.find(bad.reason) != std::string::npos, fault.reason);
    BOOST_TEST(fault.row_skipped);
}

BOOST_AUTO_TEST_CASE(a_skipped_row_does_not_hide_a_good_one_of_the_same_image) {
    const DataEntries entries = parsed(
        "00000001_000.png,Nonsense,0,1,30,M,PA,9,9,0.1,0.1\n"
        "00000001_000.png,Mass,0,1,30,M,PA,9,9,0.1,0.1\n");
    BOOST_REQUIRE(entries.rows.size() == 1U);
    BOOST_TEST(entries.rows[0].finding_labels == "Mass");
    BOOST_TEST(entries.faults.size() == 1U);
}

BOOST_AUTO_TEST_CASE(control_characters_do_not_reach_the_report) {
    const DataEntries entries = parsed("\x1b[31mred,Mass,0,1,30,M,PA,9,9,0.1,0.1\n");
    BOOST_REQUIRE(entries.faults.size() == 1U);
    BOOST_TEST(entries.faults[0].reason.find('\x1b') == std::string::npos);
}

/// Whatever is in the file, every line is a row or is reported: none is lost, none counted twice.
BOOST_AUTO_TEST_CASE(every_line_of_a_damaged_file_is_kept_or_reported) {
    const std::string sound =
        "00000001_000.png,Edema|Nodule,0,1,041Y,F,AP,2500,2048,0.168,0.168\n"
        "\"00000001_001.png\",No Finding,1,1,42,F,AP,2500,2048,0.14300000000000002,0.143\r\n"
        "00000002_000.png,\"Mass|Nodule\",0,2,13M,F,PA,2500,2048,0.168,0.168\n";
    const std::string noise = ",\"\n\r|_.-0 9YMxé\t";
    std::uint64_t random = 20'170'901;  // a linear congruential generator: the same every time
    const auto below = [&random](std::size_t count) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(random >> 33) % count;
    };
    for (int round = 0; round < 20'000; ++round) {
        std::string damaged = sound;
        for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
            const std::size_t at = below(damaged.size());
            switch (below(3)) {
                case 0:
                    damaged[at] = noise[below(noise.size())];
                    break;
                case 1:
                    damaged.insert(at, 1, noise[below(noise.size())]);
                    break;
                default:
                    damaged.erase(at, 1 + below(20));
            }
        }
        std::istringstream text(damaged);
        std::size_t lines = 0;
        for (std::string line; std::getline(text, line);) {
            lines += line.find_first_not_of(" \t\r") == std::string::npos ? 0U : 1U;
        }
        const DataEntries entries = parsed(damaged);
        const auto skipped = std::count_if(entries.faults.begin(),
                                           entries.faults.end(),
                                           [](const RowFault& fault) { return fault.row_skipped; });
        BOOST_REQUIRE_MESSAGE(entries.rows.size() + static_cast<std::size_t>(skipped) == lines,
                              "round " << round << ": " << damaged);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_bad_value_costs_itself_only)

struct BadValue {
    const char* says;
    const char* row;
    const char* column;
};
std::ostream& operator<<(std::ostream& out, const BadValue& bad) {
    return out << bad.says;
}
const BadValue bad_values[] = {
    {"an impossible age", "00000002_000.png,Mass,0,2,411Y,M,PA,9,9,0.1,0.1", "Patient Age"},
    {"an age that is no number", "00000002_000.png,Mass,0,2,old,M,PA,9,9,0.1,0.1", "Patient Age"},
    {"another sex", "00000002_000.png,Mass,0,2,41,X,PA,9,9,0.1,0.1", "Patient Gender"},
    {"another view", "00000002_000.png,Mass,0,2,41,M,LL,9,9,0.1,0.1", "View Position"},
    {"a width of zero", "00000002_000.png,Mass,0,2,41,M,PA,0,9,0.1,0.1", "OriginalImage Width"},
    {"a height below zero",
     "00000002_000.png,Mass,0,2,41,M,PA,9,-9,0.1,0.1",
     "OriginalImage Height"},
    {"a decimal comma, quoted",
     "00000002_000.png,Mass,0,2,41,M,PA,9,9,\"0,1\",0.1",
     "OriginalImagePixelSpacing x"},
    {"a spacing of NaN",
     "00000002_000.png,Mass,0,2,41,M,PA,9,9,0.1,nan",
     "OriginalImagePixelSpacing y"},
    {"a label twice", "00000002_000.png,Mass|Mass,0,2,41,M,PA,9,9,0.1,0.1", "Finding Labels"},
};
BOOST_DATA_TEST_CASE(is_left_out_and_reported, bad_values, bad) {
    const DataEntries entries = parsed(bad.row);
    BOOST_REQUIRE(entries.rows.size() == 1U);
    BOOST_REQUIRE(entries.faults.size() == 1U);
    BOOST_TEST(entries.faults[0].line == 2U);
    BOOST_TEST(entries.faults[0].column == bad.column);
    BOOST_TEST(!entries.faults[0].row_skipped);
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_unknown_and_no_fault) {
    const DataEntries entries = parsed("00000002_000.png,Mass,0,2,,,,,,,");
    BOOST_TEST(entries.faults.empty());
    BOOST_REQUIRE(entries.rows.size() == 1U);
    BOOST_TEST(!entries.rows[0].age.has_value());
    BOOST_CHECK(entries.rows[0].sex == Sex::unknown);
    BOOST_CHECK(entries.rows[0].view == ViewPosition::unknown);
    BOOST_TEST(entries.rows[0].original_width == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_6_2_age_string)

struct WrittenAge {
    const char* written;
    std::uint16_t value;
    char unit;
    std::uint16_t years;
};
std::ostream& operator<<(std::ostream& out, const WrittenAge& age) {
    return out << age.written;
}
const WrittenAge ages[] = {{"57", 57, 'Y', 57},
                           {"0", 0, 'Y', 0},
                           {"058Y", 58, 'Y', 58},
                           {"120Y", 120, 'Y', 120},
                           {"013M", 13, 'M', 1},
                           {"001D", 1, 'D', 0},
                           {"060W", 60, 'W', 1}};
BOOST_DATA_TEST_CASE(keeps_number_and_unit, ages, age) {
    const DataEntries entries =
        parsed("00000002_000.png,Mass,0,2," + std::string(age.written) + ",M,PA,9,9,0.1,0.1");
    BOOST_REQUIRE(entries.rows.size() == 1U && entries.rows[0].age);
    BOOST_TEST(entries.rows[0].age->value == age.value);
    BOOST_TEST(entries.rows[0].age->unit == age.unit);
    BOOST_TEST(entries.rows[0].age->completed_years() == age.years);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_release_is_told_from_the_rows)

BOOST_AUTO_TEST_CASE(an_age_with_its_unit_is_v1) {
    BOOST_CHECK(parsed("00000002_000.png,Mass,0,2,058Y,M,PA,9,9,0.1,0.1").release ==
                Release::v1_2017);
}

/// 60 patients of two images each; follow-up as suffix, or reversed for one patient.
std::string sixty_patients(bool one_reversed) {
    std::string rows;
    for (int patient = 1; patient <= 60; ++patient) {
        for (int suffix = 0; suffix < 2; ++suffix) {
            const bool reversed = one_reversed && patient == 30;
            char row[80];
            std::snprintf(row,
                          sizeof row,
                          "%08d_%03d.png,Mass,%d,%d,58,M,PA,9,9,0.1,0.1\n",
                          patient,
                          suffix,
                          reversed ? 1 - suffix : suffix,
                          patient);
            rows += row;
        }
    }
    return rows;
}

BOOST_AUTO_TEST_CASE(a_follow_up_that_is_the_suffix_everywhere_is_v1) {
    BOOST_CHECK(parsed(sixty_patients(false)).release == Release::v1_2017);
    BOOST_CHECK(parsed(sixty_patients(true)).release == Release::v2020);
}

BOOST_AUTO_TEST_CASE(a_few_rows_prove_nothing) {
    BOOST_CHECK(parsed(sixty_patients(false).substr(0, 400)).release == Release::v2020);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(labels)

BOOST_AUTO_TEST_CASE(every_label_is_found_by_its_own_spelling) {
    for (std::size_t i = 0; i < finding_count; ++i) {
        const auto finding = static_cast<Finding>(i);
        BOOST_CHECK(finding_of(label_of(finding)) == finding);
    }
}

BOOST_AUTO_TEST_CASE(case_underscore_and_infiltrate_are_tolerated) {
    BOOST_CHECK(finding_of("pleural thickening") == Finding::pleural_thickening);
    BOOST_CHECK(finding_of("NO_FINDING") == Finding::no_finding);
    BOOST_CHECK(finding_of("Infiltrate") == Finding::infiltration);
    BOOST_CHECK(!finding_of("Infiltrat"));
    BOOST_CHECK(!finding_of(""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_real_table)

BOOST_AUTO_TEST_CASE(loses_no_row) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    const std::string content = cxr::test::read_file(*folder / "Data_Entry_2017_v2020.csv");
    const auto begin = std::chrono::steady_clock::now();
    const Result<DataEntries> entries = parse_data_entries(content, "Data_Entry_2017_v2020.csv");
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    BOOST_TEST_MESSAGE("parsed in " << took.count() << " ms");
    BOOST_REQUIRE(entries);
    BOOST_TEST(entries->faults.empty());
    BOOST_TEST(entries->rows.size() == 112120U);
    BOOST_CHECK(entries->release == Release::v2020);
    std::set<std::string_view> patients;
    std::map<Finding, int> images;
    std::size_t males = 0;
    std::size_t pa = 0;
    for (const ChestXRayRow& row : entries->rows) {
        patients.insert(row.patient_id());
        for (const Finding finding : row.findings) {
            ++images[finding];
        }
        males += row.sex == Sex::male ? 1U : 0U;
        pa += row.view == ViewPosition::pa ? 1U : 0U;
    }
    BOOST_TEST(patients.size() == 30805U);
    BOOST_TEST(images[Finding::no_finding] == 60361);
    BOOST_TEST(images[Finding::hernia] == 227);
    BOOST_TEST(males == 63340U);
    BOOST_TEST(pa == 67310U);
    BOOST_TEST(entries->rows[0].original_spacing_x_mm == 0.14300000000000002);
}

BOOST_AUTO_TEST_SUITE_END()
