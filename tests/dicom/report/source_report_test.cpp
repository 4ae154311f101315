#include "dicom/codec/codec.hpp"
#include "dicom/report/foreign_reports.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "dicom/report/report_reader.hpp"
#include "support/dcmtk_ready.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

ImageRecord record_with_sources() {
    ImageRecord record = invented_boxed_record();
    auto model = std::make_shared<AnnotationSource>();
    model->name = "chestnet";
    model->observer = {.type = ObserverType::device,
                       .name = "ChestNet",
                       .organization = {},
                       .manufacturer = "Example Lab",
                       .model_name = "chestnet-121",
                       .software_version = "2.1",
                       .device_uid = {}};
    auto reader = std::make_shared<AnnotationSource>();
    reader->name = "reader 1";
    reader->observer.name = "Doe^Jane";
    record.sources = {
        {model,
         {{.finding = Finding::mass,
           .label_as_written = "Mass",
           .x_y_width_height = std::array{10.5, 20.25, 30.0, 40.0},
           .certainty_percent = 87.5},
          {.finding = Finding::edema, .label_as_written = "Edema", .certainty_percent = 12}}},
        {reader, {{.finding = Finding::no_finding, .label_as_written = "No Finding"}}}};
    return record;
}

const DerivedKind models = source_report(0);
const DerivedKind readers = source_report(1);

std::string tree(DcmDataset& report) {
    DSRDocument document;
    BOOST_REQUIRE(document.read(report).good());
    std::ostringstream text;
    BOOST_REQUIRE(document.print(text, DSRTypes::PF_printAllCodes).good());
    return text.str();
}

std::unique_ptr<DcmDataset> built(const ImageRecord& record, DerivedKind kind) {
    auto report = build_report(record, kind, {});
    BOOST_REQUIRE(report.has_value());
    return std::move(report).value();
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

ReadReport read_back(const ImageRecord& record, DerivedKind kind) {
    const auto encoded = encode_report(record, kind, explicit_vr_little_endian, {});
    BOOST_REQUIRE(encoded.has_value());
    auto report = read_report(bytes_of(*encoded),
                              explicit_vr_little_endian,
                              CodeTable::built_in(),
                              derived_image_names({}));
    BOOST_REQUIRE(report.has_value());
    return std::move(report).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reports_of_further_sources)

BOOST_AUTO_TEST_CASE(a_model_names_its_algorithm_and_its_certainty) {
    const auto report = built(record_with_sources(), models);
    const std::string text = tree(*report);
    BOOST_TEST(count(text, "\"Algorithm Name\")=\"chestnet-121\"") == 2U, text);
    BOOST_TEST(count(text, "\"Algorithm Version\")=\"2.1\"") == 2U);
    BOOST_TEST(count(text, "\"Certainty of Finding\")=\"87.5\" (%,UCUM,\"Percent\")") == 1U);
    BOOST_TEST(count(text, "\"Certainty of Finding\")=\"12\"") == 1U);
    BOOST_TEST(count(text, "\"Device Observer Name\")=\"ChestNet\"") == 1U);
    DcmItem* equipment = nullptr;
    BOOST_REQUIRE(
        report->findAndGetSequenceItem(DCM_ContributingEquipmentSequence, equipment).good());
    BOOST_TEST(value(*equipment, DCM_Manufacturer) == "Example Lab");
    BOOST_TEST(value(*equipment, DCM_ManufacturerModelName) == "chestnet-121");
    BOOST_TEST(value(*equipment, DCM_SoftwareVersions) == "2.1");
}

BOOST_AUTO_TEST_CASE(each_source_has_its_own_series) {
    const ImageRecord record = record_with_sources();
    const SeriesEntity model = series_entity(record, models, {});
    const SeriesEntity reader = series_entity(record, readers, {});
    BOOST_TEST(model.series_instance_uid != reader.series_instance_uid);
    BOOST_TEST(model.series_number == "704");
    BOOST_TEST(reader.series_number == "703");
    BOOST_TEST(model.series_description == "Annotations: chestnet");
    BOOST_TEST(value(*built(record, readers), DCM_SeriesInstanceUID) == reader.series_instance_uid);
}

BOOST_AUTO_TEST_CASE(what_a_source_said_is_read_back) {
    const ImageRecord record = record_with_sources();
    const ReadReport model = read_back(record, models);
    BOOST_TEST(model.rejected.size() == 0U);
    BOOST_REQUIRE(model.annotations.size() == 2U);
    BOOST_TEST((model.annotations[0].finding == Finding::mass));
    BOOST_TEST(model.annotations[0].certainty_percent.value() == 87.5);
    BOOST_TEST(model.annotations[0].box->y == 20.25);
    BOOST_TEST((model.annotations[1].finding == Finding::edema));
    BOOST_TEST(!model.annotations[1].box.has_value());
    BOOST_TEST(model.observer.software_version == "2.1");
    const ReadReport reader = read_back(record, readers);
    BOOST_REQUIRE(reader.annotations.size() == 1U);
    BOOST_TEST((reader.annotations[0].finding == Finding::no_finding));
    BOOST_TEST(reader.observer.name == "Doe^Jane");
}

BOOST_AUTO_TEST_CASE(a_uid_stays_with_its_source_when_another_comes_before_it) {
    ImageRecord record = record_with_sources();
    const std::string uid = report_sop_instance_uid(record, readers, {});
    std::swap(record.sources[0], record.sources[1]);
    BOOST_TEST(report_sop_instance_uid(record, models, {}) == uid);
}

BOOST_AUTO_TEST_CASE(another_certainty_or_version_is_another_content) {
    ImageRecord record = record_with_sources();
    const std::string uid = report_sop_instance_uid(record, models, {});
    record.sources[0].statements[0].certainty_percent = 88;
    BOOST_TEST(report_sop_instance_uid(record, models, {}) != uid);
    record = record_with_sources();
    auto other = std::make_shared<AnnotationSource>(*record.sources[0].source);
    other->observer.software_version = "2.2";
    record.sources[0].source = other;
    BOOST_TEST(report_sop_instance_uid(record, models, {}) != uid);
}

BOOST_AUTO_TEST_CASE(another_site_is_another_content_of_what_has_a_region) {
    const ImageRecord record = record_with_sources();
    std::string text = CodeTable::built_in().text();
    for (std::size_t at = text.find("39607008"); at != std::string::npos;
         at = text.find("39607008", at + 1)) {
        text.replace(at, 8, "80891009");
    }
    MappingOptions options;
    options.reports.codes = std::make_shared<const CodeTable>(CodeTable::parse(text, "x").value());
    BOOST_TEST(report_sop_instance_uid(record, models, options) !=
               report_sop_instance_uid(record, models, {}));
    BOOST_TEST(report_sop_instance_uid(record, readers, options) ==
               report_sop_instance_uid(record, readers, {}));
}

BOOST_AUTO_TEST_CASE(measuring_changes_nothing_where_there_is_no_region) {
    const ImageRecord record = record_with_sources();
    MappingOptions options;
    options.reports.measurements = Measurements::pixels;
    BOOST_TEST(report_sop_instance_uid(record, models, options) !=
               report_sop_instance_uid(record, models, {}));
    BOOST_TEST(report_sop_instance_uid(record, readers, options) ==
               report_sop_instance_uid(record, readers, {}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_3_c_17_2_predecessor_documents)

BOOST_AUTO_TEST_CASE(a_later_revision_names_the_one_before_it) {
    ImageRecord record = invented_boxed_record();
    const std::string first = report_sop_instance_uid(record, DerivedKind::box_report, {});
    record.boxes.pop_back();
    const std::string unrevised = report_sop_instance_uid(record, DerivedKind::box_report, {});
    record.revisions = {{.kind = DerivedKind::box_report,
                         .number = 2,
                         .predecessor_sop_class_uid = std::string(ReportOptions{}.sop_class_uid()),
                         .predecessor_sop_instance_uid = first}};
    const auto report = built(record, DerivedKind::box_report);
    BOOST_TEST(value(*report, DCM_InstanceNumber) == "2");
    BOOST_TEST(value(*report, DCM_SOPInstanceUID) != first);
    BOOST_TEST(value(*report, DCM_SOPInstanceUID) != unrevised);
    BOOST_TEST(
        value(*report, DCM_SeriesInstanceUID) ==
        series_entity(invented_boxed_record(), DerivedKind::box_report, {}).series_instance_uid);
    BOOST_TEST(read_back(record, DerivedKind::box_report).origin.predecessor == first);
    BOOST_TEST(value(*built(record, DerivedKind::label_report), DCM_InstanceNumber) == "1");
    DSRDocument document;
    BOOST_REQUIRE(document.read(*report).good());
    BOOST_TEST(document.getPredecessorDocuments().getNumberOfInstances() == 1U);
}

BOOST_AUTO_TEST_CASE(the_last_boxes_withdrawal_is_said_by_a_document) {
    ImageRecord record = invented_boxed_record();
    record.boxes.clear();
    BOOST_TEST(!is_made_of(record, DerivedKind::box_report));
    record.revisions = {{.kind = DerivedKind::box_report,
                         .number = 3,
                         .predecessor_sop_class_uid = std::string(ReportOptions{}.sop_class_uid()),
                         .predecessor_sop_instance_uid = "2.25.1"}};
    BOOST_TEST(is_made_of(record, DerivedKind::box_report));
    const std::string text = tree(*built(record, DerivedKind::box_report));
    BOOST_TEST(text.find("all boxes withdrawn") != std::string::npos, text);
    const ReadReport report = read_back(record, DerivedKind::box_report);
    BOOST_TEST(report.annotations.size() == 0U);
    BOOST_TEST(report.origin.predecessor == "2.25.1");
}

BOOST_AUTO_TEST_SUITE_END()
