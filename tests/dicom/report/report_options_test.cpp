#include "dicom/codec/codec.hpp"
#include "dicom/report/code_table.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "support/dcmtk_ready.hpp"
#include "support/files.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>
#include <sstream>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

ImageRecord record_with_spacing() {
    ImageRecord record = invented_boxed_record();
    record.row.original_width = 2048;
    record.row.original_height = 3072;
    record.row.original_spacing_x_mm = 0.15;
    record.row.original_spacing_y_mm = 0.2;
    return record;
}

std::unique_ptr<DcmDataset> built(DerivedKind kind,
                                  const MappingOptions& options,
                                  const ImageRecord& record = record_with_spacing()) {
    auto report = build_report(record, kind, options);
    BOOST_REQUIRE(report.has_value());
    return std::move(report).value();
}

std::string tree(DcmDataset& report) {
    DSRDocument document;
    BOOST_REQUIRE(document.read(report).good());
    std::ostringstream text;
    BOOST_REQUIRE(document.print(text, DSRTypes::PF_printAllCodes).good());
    return text.str();
}

std::string value(DcmItem& item, const DcmTagKey& tag) {
    OFString text;
    return item.findAndGetOFString(tag, text).good() ? text.c_str() : "(absent)";
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
        ++found;
    }
    return found;
}

MappingOptions with(const std::function<void(ReportOptions&)>& change) {
    MappingOptions options;
    change(options.reports);
    return options;
}

std::shared_ptr<const CodeTable> site_table() {
    std::string text = cxr::test::read_file("dicom/data/codes.tsv");
    const std::string built_in = "4147007\tSCT\tMass";
    text.replace(text.find(built_in), built_in.size(), "309529002\tSCT\tMass of lung");
    auto table = CodeTable::parse(text, "site.tsv");
    BOOST_REQUIRE(table.has_value());
    return std::make_shared<const CodeTable>(*std::move(table));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_options)

BOOST_AUTO_TEST_CASE(each_sop_class_holds_the_same_tree) {
    const std::string standard = tree(*built(DerivedKind::box_report, {}));
    const std::pair<ReportClass, const char*> classes[] = {
        {ReportClass::comprehensive_3d, "1.2.840.10008.5.1.4.1.1.88.34"},
        {ReportClass::comprehensive, "1.2.840.10008.5.1.4.1.1.88.33"},
        {ReportClass::enhanced, "1.2.840.10008.5.1.4.1.1.88.22"}};
    for (const auto& [sop_class, uid] : classes) {
        const auto options = with([&](ReportOptions& r) { r.sop_class = sop_class; });
        const auto report = built(DerivedKind::box_report, options);
        BOOST_TEST(value(*report, DCM_SOPClassUID) == uid);
        const std::string text = tree(*report);
        BOOST_TEST(text.substr(text.find('<')) == standard.substr(standard.find('<')));
        BOOST_TEST(instance_entity(record_with_spacing(), DerivedKind::box_report, options)
                       .sop_class_uid == uid);
    }
}

BOOST_AUTO_TEST_CASE(the_other_title_is_that_of_label_reports_only) {
    const auto options =
        with([](ReportOptions& r) { r.label_title = LabelTitle::diagnostic_imaging_report; });
    const std::string title = "(18748-4,LN,\"Diagnostic Imaging Report\")";
    BOOST_TEST(tree(*built(DerivedKind::label_report, options)).find(title) != std::string::npos);
    BOOST_TEST(tree(*built(DerivedKind::box_report, options)).find(title) == std::string::npos);
    BOOST_TEST(instance_entity(record_with_spacing(), DerivedKind::label_report, options)
                   .concept_name_code.value == "18748-4");
}

BOOST_AUTO_TEST_CASE(radlex_stands_where_there_is_a_code_and_the_other_where_there_is_none) {
    const auto options = with([](ReportOptions& r) { r.code_scheme = CodeScheme::radlex; });
    const std::string text = tree(*built(DerivedKind::label_report, options));
    BOOST_TEST(text.find("(RID34539,RADLEX,\"pleural effusion\")") != std::string::npos, text);
    BOOST_TEST(text.find("(409609008,SCT,\"Radiologic infiltrate of lung\")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(both_codes_are_one_with_its_equivalent) {
    const auto options = with([](ReportOptions& r) { r.code_scheme = CodeScheme::both; });
    const auto report = built(DerivedKind::label_report, options);
    std::vector<std::string> equivalents;
    const std::function<void(DcmItem&)> visit = [&](DcmItem& item) {
        DcmSequenceOfItems* children = nullptr;
        DcmItem* coded = nullptr;
        DcmItem* equivalent = nullptr;
        if (item.findAndGetSequenceItem(DCM_ConceptCodeSequence, coded).good() &&
            coded->findAndGetSequenceItem(DCM_EquivalentCodeSequence, equivalent).good()) {
            equivalents.push_back(value(*coded, DCM_CodeValue) + "=" +
                                  value(*equivalent, DCM_CodeValue) + " " +
                                  value(*equivalent, DCM_CodingSchemeDesignator));
        }
        if (item.findAndGetSequence(DCM_ContentSequence, children).good()) {
            for (unsigned long i = 0; i < children->card(); ++i) {
                visit(*children->getItem(i));
            }
        }
    };
    visit(*report);
    const std::vector<std::string> expected{"60046008=RID34539 RADLEX"};
    BOOST_TEST(equivalents == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_measurement_has_the_region_as_its_own_child) {
    const auto options = with([](ReportOptions& r) { r.measurements = Measurements::pixels; });
    const std::string text = tree(*built(DerivedKind::box_report, options));
    BOOST_TEST(count(text, "<contains NUM:") == 3U * 3U);
    BOOST_TEST(count(text, "<inferred from SCOORD:=(POLYLINE") == 3U * 3U, text);
    BOOST_TEST(text.find("\"Width\")=\"50.25\" ({pixels},UCUM,\"pixels\")") != std::string::npos,
               text);
    BOOST_TEST(text.find("\"Height\")=\"75.125\"") != std::string::npos);
    BOOST_TEST(text.find("\"Area\")=\"3775.03125\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(millimetres_are_of_the_detector_plane) {
    const auto options = with([](ReportOptions& r) { r.measurements = Measurements::mm; });
    const std::string text = tree(*built(DerivedKind::box_report, options));
    // 0.15 mm × 2048 / 1024 = 0.3 mm across, 0.2 × 3072 / 1024 = 0.6 mm down.
    BOOST_TEST(text.find("\"Width\")=\"15.075\" (mm,UCUM,\"mm\")") != std::string::npos, text);
    BOOST_TEST(text.find("\"Height\")=\"45.075\" (mm") != std::string::npos);
    BOOST_TEST(text.find("\"Area\")=\"679.505625\" (mm2,UCUM") != std::string::npos);
    const std::string unknown =
        tree(*built(DerivedKind::box_report, options, invented_boxed_record()));
    BOOST_TEST(count(unknown, "NUM:") == 0U);
}

BOOST_AUTO_TEST_CASE(air_names_the_algorithm_in_the_words_of_contributing_equipment) {
    const auto options = with([](ReportOptions& r) { r.profile = ReportProfile::air; });
    const auto report = built(DerivedKind::label_report, options);
    const std::string text = tree(*report);
    BOOST_TEST(count(text, "\"Algorithm Name\")=\"Data_Entry_2017\"") == 2U, text);
    BOOST_TEST(count(text, "\"Algorithm Version\")=\"v2020\"") == 2U);
    DcmItem* equipment = nullptr;
    BOOST_REQUIRE(
        report->findAndGetSequenceItem(DCM_ContributingEquipmentSequence, equipment).good());
    BOOST_TEST(value(*equipment, DCM_ManufacturerModelName) == "Data_Entry_2017");
    BOOST_TEST(value(*equipment, DCM_SoftwareVersions) == "v2020");
    BOOST_TEST(count(tree(*built(DerivedKind::box_report, options)), "Algorithm") == 0U);
}

BOOST_AUTO_TEST_CASE(sites_change_nothing_in_label_reports_which_write_none) {
    std::string text = cxr::test::read_file("dicom/data/codes.tsv");
    const std::string lung = "39607008\tSCT\tLung";
    for (std::size_t at = text.find(lung); at != std::string::npos; at = text.find(lung, at + 1)) {
        text.replace(at, lung.size(), "OurLung\t99NIHCXR14\tLung");
    }
    MappingOptions options;
    options.reports.codes =
        std::make_shared<const CodeTable>(CodeTable::parse(text, "site.tsv").value());
    const ImageRecord record = invented_boxed_record();
    BOOST_TEST(report_sop_instance_uid(record, DerivedKind::label_report, options) ==
               report_sop_instance_uid(record, DerivedKind::label_report, {}));
    BOOST_TEST(!built(DerivedKind::label_report, options, record)
                    ->tagExists(DCM_CodingSchemeIdentificationSequence));
    BOOST_TEST(built(DerivedKind::box_report, options, record)
                   ->tagExists(DCM_CodingSchemeIdentificationSequence));
}

BOOST_AUTO_TEST_CASE(a_sites_own_table_is_written) {
    ImageRecord record = record_with_spacing();
    record.row.findings = {Finding::mass};
    const auto options = with([](ReportOptions& r) { r.codes = site_table(); });
    BOOST_TEST(tree(*built(DerivedKind::label_report, options, record))
                   .find("(309529002,SCT,\"Mass of lung\")") != std::string::npos);
}

struct Change {
    const char* says;
    std::function<void(ReportOptions&)> apply;
    bool renames_labels, renames_boxes;
};
std::ostream& operator<<(std::ostream& out, const Change& change) {
    return out << change.says;
}

const Change changes[] = {
    {"none", [](ReportOptions&) {}, false, false},
    {"SOP class", [](ReportOptions& r) { r.sop_class = ReportClass::enhanced; }, true, true},
    {"label title",
     [](ReportOptions& r) { r.label_title = LabelTitle::diagnostic_imaging_report; },
     true,
     false},
    {"RadLex", [](ReportOptions& r) { r.code_scheme = CodeScheme::radlex; }, true, true},
    {"both schemes", [](ReportOptions& r) { r.code_scheme = CodeScheme::both; }, true, true},
    {"pixels", [](ReportOptions& r) { r.measurements = Measurements::pixels; }, false, true},
    {"mm", [](ReportOptions& r) { r.measurements = Measurements::mm; }, false, true},
    {"AIR", [](ReportOptions& r) { r.profile = ReportProfile::air; }, true, false},
    {"a table that codes another finding differently",
     [](ReportOptions& r) { r.codes = site_table(); },
     false,
     false},
};

BOOST_DATA_TEST_CASE(another_content_has_another_uid_and_the_same_the_same, changes, change) {
    const ImageRecord record = record_with_spacing();
    const MappingOptions options = with(change.apply);
    const auto renamed = [&](DerivedKind kind) {
        const bool other_uid = report_sop_instance_uid(record, kind, options) !=
                               report_sop_instance_uid(record, kind, {});
        const auto bytes = [&](const MappingOptions& by) {
            const auto report = encode_report(record, kind, explicit_vr_little_endian, by);
            BOOST_REQUIRE(report.has_value());
            std::vector<std::byte> all;
            for (const Segment& segment : report->segments) {
                all.insert(all.end(), segment.bytes.begin(), segment.bytes.end());
            }
            return all;
        };
        BOOST_TEST((bytes(options) != bytes({})) == other_uid);
        BOOST_TEST(series_entity(record, kind, options).series_instance_uid ==
                   series_entity(record, kind, {}).series_instance_uid);
        return other_uid;
    };
    BOOST_TEST(renamed(DerivedKind::label_report) == change.renames_labels);
    BOOST_TEST(renamed(DerivedKind::box_report) == change.renames_boxes);
    BOOST_TEST(instance_entity(record, DerivedKind::image, options).sop_instance_uid ==
               instance_entity(record, DerivedKind::image, {}).sop_instance_uid);
}

BOOST_DATA_TEST_CASE(kept_options_come_back_as_they_were, changes, change) {
    MappingOptions options = with(change.apply);
    options.spacing = Spacing::pixel;
    options.clinical_trial = false;
    const auto restored = MappingOptions::restore(options.stored());
    BOOST_REQUIRE(restored.has_value());
    BOOST_TEST((*restored == options));
    BOOST_TEST((*restored != MappingOptions{}));
}

BOOST_AUTO_TEST_CASE(options_of_another_release_are_refused) {
    const std::string stored = MappingOptions{}.stored();
    BOOST_TEST(!MappingOptions::restore("9" + stored.substr(1)).has_value());
    BOOST_TEST(!MappingOptions::restore("1 " + stored).has_value());
    BOOST_TEST(!MappingOptions::restore("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
