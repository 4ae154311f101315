#include "dicom/chestxray/data_set.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <locale>
#include <ostream>
#include <string>

using namespace cxr::dicom;

namespace {

const std::string v2020_header =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]";

std::string failure_of(const std::string& content) {
    const Result<DataEntries> entries = parse_data_entries(content, "entries.csv");
    BOOST_REQUIRE(!entries);
    return entries.error().doing;
}

/// What the two rows of every release below say.
const ChestXRayRow first_row{.image_index = "00000007_001.png",
                             .finding_labels = "Effusion|Pleural_Thickening",
                             .findings = {Finding::effusion, Finding::pleural_thickening},
                             .follow_up = 1,
                             .age = Age{58, 'Y'},
                             .sex = Sex::female,
                             .view = ViewPosition::ap,
                             .original_width = 2500,
                             .original_height = 2048,
                             .original_spacing_x_mm = 0.171,
                             .original_spacing_y_mm = 0.171};
const ChestXRayRow second_row{.image_index = "00030805_000.png",
                              .finding_labels = "No Finding",
                              .findings = {Finding::no_finding},
                              .follow_up = 0,
                              .age = Age{7, 'Y'},
                              .sex = Sex::male,
                              .view = ViewPosition::pa,
                              .original_width = 2992,
                              .original_height = 2991,
                              .original_spacing_x_mm = 0.14300000000000002,
                              .original_spacing_y_mm = 0.14300000000000002};

}  // namespace

BOOST_AUTO_TEST_SUITE(the_header_of_every_release)

struct Variant {
    const char* says;
    std::string content;
};
std::ostream& operator<<(std::ostream& out, const Variant& variant) {
    return out << variant.says;
}

const std::string v2020_rows =
    "00000007_001.png,Effusion|Pleural_Thickening,1,7,58,F,AP,2500,2048,0.171,0.171\n"
    "00030805_000.png,No Finding,0,30805,7,M,PA,2992,2991,0.14300000000000002,0.14300000000000002";

const Variant variants[] = {
    {"v2020: commas in two names, no final newline", v2020_header + "\n" + v2020_rows},
    {"a final newline", v2020_header + "\n" + v2020_rows + "\n"},
    {"a byte order mark", "\xef\xbb\xbf" + v2020_header + "\n" + v2020_rows},
    {"v1 of 2017: one trailing comma in the header only",
     v2020_header +
         ",\n00000007_001.png,Effusion|Pleural_Thickening,001,00000007,058Y,F,AP,2500,2048,0.171,"
         "0.171\n"
         "00030805_000.png,No Finding,000,00030805,007Y,M,PA,2992,2991,0.14300000000000002,"
         "0.14300000000000002\n"},
    {"Kaggle's sample: other names, CRLF",
     "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
     "OriginalImageWidth,OriginalImageHeight,OriginalImagePixelSpacing_x,OriginalImagePixelSpacing_"
     "y\r\n00000007_001.png,Effusion|Pleural_Thickening,001,00000007,058Y,F,AP,2500,2048,0.171,"
     "0.171\r\n00030805_000.png,No Finding,000,00030805,007Y,M,PA,2992,2991,0.14300000000000002,"
     "0.14300000000000002\r\n"},
    {"Google's of 2019: five more columns",
     v2020_header +
         ",Fracture,Pneumothorax,Airspace opacity,Nodule or mass,Set Id\r\n"
         "00000007_001.png,Effusion|Pleural_Thickening,1,7,58,F,AP,2500,2048,0.171,0.171,NO,YES,NO,"
         "NO,validation\r\n"
         "00030805_000.png,No Finding,0,30805,7,M,PA,2992,2991,0.14300000000000002,"
         "0.14300000000000002,NO,NO,NO,NO,test\r\n"},
    {"names without blanks, Patient Sex",
     "ImageIndex,FindingLabels,Follow-up,PatientID,PatientAge,Patient Sex,ViewPosition,"
     "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n" +
         v2020_rows},
    {"two names quoted as one cell each",
     "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
     "\"OriginalImage[Width,Height]\",\"OriginalImagePixelSpacing[x,y]\"\n" +
         v2020_rows},
    {"saved by pandas: an index before, an unnamed column after",
     "," + v2020_header +
         ",Unnamed: 11\n"
         "0,00000007_001.png,Effusion|Pleural_Thickening,1,7,58,F,AP,2500,2048,0.171,0.171,\n"
         "1,00030805_000.png,No Finding,0,30805,7,M,PA,2992,2991,0.14300000000000002,"
         "0.14300000000000002,\n"},
    {"columns in another order, quoted values",
     "Finding Labels,Image Index,Patient ID,Follow-up #,View Position,Patient Gender,Patient Age,"
     "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n"
     "\"Effusion|Pleural_Thickening\",\"00000007_001.png\",7,1,AP,F,58,2500,2048,0.171,0.171\n"
     "\"No Finding\",00030805_000.png,30805,\"0\",PA,M,7,2992,2991,0.14300000000000002,"
     "0.14300000000000002\n"},
    {"blank lines between and after", v2020_header + "\n\n" + v2020_rows + "\n\n  \n"},
};

BOOST_DATA_TEST_CASE(gives_the_same_rows, variants, variant) {
    const Result<DataEntries> entries = parse_data_entries(variant.content, "entries.csv");
    BOOST_REQUIRE_MESSAGE(entries, (entries ? "" : entries.error().doing));
    BOOST_TEST(entries->faults.empty());
    BOOST_REQUIRE(entries->rows.size() == 2U);
    BOOST_CHECK(entries->rows[0] == first_row);
    BOOST_CHECK(entries->rows[1] == second_row);
}

BOOST_AUTO_TEST_CASE(no_locale_changes_a_number) {
    struct DecimalComma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    const std::locale before =
        std::locale::global(std::locale(std::locale::classic(), new DecimalComma));
    const auto entries = parse_data_entries(variants[0].content, "entries.csv");
    std::locale::global(before);
    BOOST_REQUIRE(entries);
    BOOST_CHECK(entries->rows.at(0) == first_row);
}

BOOST_AUTO_TEST_CASE(geometry_may_lack_two_columns_at_most) {
    const std::string names =
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
        "Position,OriginalImageWidth";
    const auto nine = parse_data_entries(
        names + ",OriginalImageHeight\n00000001_000.png,Mass,0,1,2,M,PA,10,20\n", "entries.csv");
    BOOST_REQUIRE(nine);
    BOOST_TEST(nine->rows.at(0).original_height == 20U);
    BOOST_TEST(nine->rows.at(0).original_spacing_x_mm == 0.0);
    BOOST_TEST(failure_of(names + "\n")
                   .find("'OriginalImage Height', "
                         "'OriginalImagePixelSpacing x', "
                         "'OriginalImagePixelSpacing y'") != std::string::npos);
}

struct Refused {
    const char* says;
    std::string content;
    const char* reason;
};
std::ostream& operator<<(std::ostream& out, const Refused& refused) {
    return out << refused.says;
}
const Refused refusals[] = {
    {"nothing at all", "", "entries.csv is empty"},
    {"a git-lfs pointer",
     "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9003499\n",
     "git-lfs pointer"},
    {"a mandatory column missing",
     "Image Index,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage["
     "Width,Height],OriginalImagePixelSpacing[x,y]\n",
     "lacks 'Finding Labels'"},
    {"rows without a header",
     "00000001_000.png,Mass,0,1,41,F,AP,2500,2048,0.168,0.168\n",
     "lacks 'Image Index', 'Finding Labels'"},
    {"a column twice", v2020_header + ",Patient Age\n", "'Patient Age' twice"},
    {"UTF-16", std::string("\xff\xfeI\0m\0", 6), "UTF-16"},
    {"an archive", "PK\x03\x04....", "archive"},
};
BOOST_DATA_TEST_CASE(is_refused_with_its_reason, refusals, refused) {
    BOOST_TEST(failure_of(refused.content).find(refused.reason) != std::string::npos,
               failure_of(refused.content));
}

BOOST_AUTO_TEST_SUITE_END()
