#include "dicom/report/report.hpp"

#include "dicom/report/code_table.hpp"
#include "dicom/report/records.hpp"
#include "support/files.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <functional>
#include <ostream>
#include <sstream>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;
using cxr::test::invented_record;

namespace {

std::unique_ptr<DcmDataset> built(const ImageRecord& record,
                                  DerivedKind kind,
                                  const MappingOptions& options = {}) {
    auto report = build_report(record, kind, options);
    BOOST_REQUIRE(report.has_value());
    return *std::move(report);
}

/// The document as DCMTK's own reader understands it, which refuses what its IOD forbids.
std::string tree_of(DcmDataset& report) {
    DSRDocument document;
    BOOST_REQUIRE(document.read(report).good());
    BOOST_REQUIRE(document.isValid());
    std::ostringstream text;
    const auto flags = DSRTypes::PF_printConceptNameCodes | DSRTypes::PF_printAllCodes |
                       DSRTypes::PF_printLongSOPClassName | DSRTypes::PF_printSOPInstanceUID |
                       DSRTypes::PF_printNoDocumentHeader |
                       DSRTypes::PF_printTemplateIdentification |

                       DSRTypes::PF_indicateEnhancedEncodingMode | DSRTypes::PF_printItemPosition;
    BOOST_REQUIRE(document.print(text, flags).good());
    return text.str();
}

std::string value(DcmItem& item, const DcmTagKey& tag) {
    OFString text;
    if (item.findAndGetOFStringArray(tag, text).bad()) {
        return "(absent)";
    }
    return text.c_str();
}

std::string code(DcmItem& item, const DcmTagKey& sequence) {
    DcmItem* coded = nullptr;
    if (item.findAndGetSequenceItem(sequence, coded).bad()) {
        return "(absent)";
    }
    const bool is_long = coded->tagExists(DCM_LongCodeValue);
    return value(*coded, is_long ? DCM_LongCodeValue : DCM_CodeValue) + "," +
           value(*coded, DCM_CodingSchemeDesignator);
}

void for_each_content_item(DcmItem& item, const std::function<void(DcmItem&, DcmItem&)>& visit) {
    DcmSequenceOfItems* children = nullptr;
    if (item.findAndGetSequence(DCM_ContentSequence, children).bad()) {
        return;
    }
    for (unsigned long i = 0; i < children->card(); ++i) {
        visit(*children->getItem(i), item);
        for_each_content_item(*children->getItem(i), visit);
    }
}

ImageRecord every_label() {
    std::vector<Finding> findings;
    std::string labels;
    for (std::size_t i = 0; i + 1 < finding_count; ++i) {
        findings.push_back(static_cast<Finding>(i));
        labels += (labels.empty() ? "" : "|") + std::string(label_of(findings.back()));
    }
    return invented_record(labels, findings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_16_tid_1500_measurement_report)

BOOST_AUTO_TEST_CASE(box_report_reads_as_the_reader_drew_it) {
    BOOST_TEST(tree_of(*built(invented_boxed_record(), DerivedKind::box_report)) ==
               cxr::test::read_file("tests/data/reports/boxes.txt"));
}

BOOST_AUTO_TEST_CASE(label_report_reads_as_the_miner_found_it) {
    BOOST_TEST(tree_of(*built(invented_boxed_record(), DerivedKind::label_report)) ==
               cxr::test::read_file("tests/data/reports/labels.txt"));
}

BOOST_AUTO_TEST_CASE(no_finding_is_a_finding_of_the_data_set_and_nothing_else) {
    BOOST_TEST(tree_of(*built(invented_record("No Finding", {Finding::no_finding}),
                              DerivedKind::label_report)) ==
               cxr::test::read_file("tests/data/reports/no_finding.txt"));
}

BOOST_AUTO_TEST_CASE(every_label_is_written_in_file_order_with_its_code) {
    const ImageRecord record = every_label();
    const auto report = built(record, DerivedKind::label_report);
    std::vector<std::string> codes;
    for_each_content_item(*report, [&](DcmItem& item, DcmItem&) {
        if (code(item, DCM_ConceptNameCodeSequence) == "121071,DCM") {
            codes.push_back(code(item, DCM_ConceptCodeSequence));
        }
    });
    std::vector<std::string> expected;
    for (const Finding finding : record.row.findings) {
        const CodedConcept& expected_code = finding_code(finding).code;
        expected.push_back(expected_code.value + "," + expected_code.scheme);
    }
    BOOST_TEST(codes == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(labels_of_over_64_characters_are_kept_whole) {
    const auto report = built(every_label(), DerivedKind::label_report);
    bool kept = false;
    for_each_content_item(*report, [&](DcmItem& item, DcmItem&) {
        kept = kept || value(item, DCM_TextValue).find(every_label().row.finding_labels) !=
                           std::string::npos;
    });
    BOOST_TEST(kept);
}

BOOST_AUTO_TEST_CASE(an_image_of_unknown_view_names_none) {
    ImageRecord record = invented_boxed_record();
    record.row.view = ViewPosition::unknown;
    const std::string tree = tree_of(*built(record, DerivedKind::box_report));
    BOOST_TEST(tree.find("Image View") == std::string::npos);
    BOOST_TEST(tree.find("Target Region") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_16_tid_1410_planar_roi)

BOOST_AUTO_TEST_CASE(every_group_child_has_a_concept_name) {
    const auto report = built(invented_boxed_record(), DerivedKind::box_report);
    std::size_t children = 0;
    for_each_content_item(*report, [&](DcmItem& item, DcmItem& parent) {
        if (code(parent, DCM_ConceptNameCodeSequence) == "125007,DCM") {
            ++children;
            BOOST_TEST(code(item, DCM_ConceptNameCodeSequence) != "(absent)");
            BOOST_TEST(value(item, DCM_ValueType) != "NUM");
        }
    });
    BOOST_TEST(children == 3U * 6U);
}

BOOST_AUTO_TEST_CASE(coordinates_are_the_boxs_within_single_precision) {
    const ImageRecord record = invented_boxed_record();
    const auto report = built(record, DerivedKind::box_report);
    std::size_t at = 0;
    for_each_content_item(*report, [&](DcmItem& item, DcmItem&) {
        const Float32* data = nullptr;
        unsigned long count = 0;
        if (item.findAndGetFloat32Array(DCM_GraphicData, data, &count).bad()) {
            return;
        }
        BOOST_REQUIRE(count == 10U);
        const BoundingBox& box = record.boxes.at(at++);
        const double right = box.x + box.width;
        const double bottom = box.y + box.height;
        const std::array<double, 10> corners{
            box.x, box.y, right, box.y, right, bottom, box.x, bottom, box.x, box.y};
        for (std::size_t i = 0; i < corners.size(); ++i) {
            BOOST_TEST(data[i] == static_cast<Float32>(corners[i]));
        }
    });
    BOOST_TEST(at == record.boxes.size());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_3_c_17_2_sr_document_general)

BOOST_AUTO_TEST_CASE(evidence_lists_every_image_that_the_tree_refers_to) {
    const ImageRecord record = invented_boxed_record();
    for (const DerivedKind kind : {DerivedKind::label_report, DerivedKind::box_report}) {
        const auto report = built(record, kind);
        DcmItem* study = nullptr;
        DcmItem* series = nullptr;
        DcmItem* instance = nullptr;
        BOOST_REQUIRE(
            report->findAndGetSequenceItem(DCM_CurrentRequestedProcedureEvidenceSequence, study)
                .good());
        BOOST_REQUIRE(study->findAndGetSequenceItem(DCM_ReferencedSeriesSequence, series).good());
        BOOST_REQUIRE(series->findAndGetSequenceItem(DCM_ReferencedSOPSequence, instance).good());
        BOOST_TEST(value(*study, DCM_StudyInstanceUID) ==
                   study_entity(record, {}).study_instance_uid);
        BOOST_TEST(value(*series, DCM_SeriesInstanceUID) ==
                   series_entity(record, DerivedKind::image, {}).series_instance_uid);
        const std::string image = instance_entity(record, DerivedKind::image, {}).sop_instance_uid;
        BOOST_TEST(value(*instance, DCM_ReferencedSOPInstanceUID) == image);
        for_each_content_item(*report, [&](DcmItem& item, DcmItem&) {
            DcmItem* reference = nullptr;
            if (value(item, DCM_ValueType) == "IMAGE") {
                BOOST_REQUIRE(
                    item.findAndGetSequenceItem(DCM_ReferencedSOPSequence, reference).good());
                BOOST_TEST(value(*reference, DCM_ReferencedSOPInstanceUID) == image);
                BOOST_TEST(!reference->tagExists(DCM_ReferencedFrameNumber));
            }
        });
    }
}

struct Expected {
    const char* keyword;
    DcmTagKey tag;
    const char* labels;
    const char* boxes;
};
std::ostream& operator<<(std::ostream& out, const Expected& expected) {
    return out << expected.keyword;
}

const Expected header[] = {
    {"Specific Character Set", DCM_SpecificCharacterSet, "ISO_IR 192", "ISO_IR 192"},
    {"Content Date", DCM_ContentDate, "20170101", "20170101"},
    {"Content Time", DCM_ContentTime, "000000", "000000"},
    {"Completion Flag", DCM_CompletionFlag, "COMPLETE", "COMPLETE"},
    {"Verification Flag", DCM_VerificationFlag, "UNVERIFIED", "UNVERIFIED"},
    {"Preliminary Flag", DCM_PreliminaryFlag, "(absent)", "(absent)"},
    {"Modality", DCM_Modality, "SR", "SR"},
    {"Series Number", DCM_SeriesNumber, "701", "702"},
    {"Series Description", DCM_SeriesDescription, "ChestX-ray14 labels", "ChestX-ray14 boxes"},
    {"Instance Number", DCM_InstanceNumber, "1", "1"},
    {"Patient ID", DCM_PatientID, "99990001", "99990001"},
    {"Patient's Sex", DCM_PatientSex, "F", "F"},
    {"Patient's Age", DCM_PatientAge, "061Y", "061Y"},
    {"Study Date", DCM_StudyDate, "19990901", "19990901"},
    {"Accession Number", DCM_AccessionNumber, "CXR99990001_007", "CXR99990001_007"},
    {"Study ID", DCM_StudyID, "3", "3"},
    {"Clinical Trial Series ID", DCM_ClinicalTrialSeriesID, "test", "test"},
};

BOOST_DATA_TEST_CASE(header_says, header, expected) {
    const ImageRecord record = invented_boxed_record();
    BOOST_TEST(value(*built(record, DerivedKind::label_report), expected.tag) == expected.labels);
    BOOST_TEST(value(*built(record, DerivedKind::box_report), expected.tag) == expected.boxes);
}

BOOST_AUTO_TEST_CASE(content_date_needs_no_study_date) {
    ImageRecord record = invented_boxed_record();
    record.dates = {};
    MappingOptions options;
    options.dates = Dates::none;
    const auto report = built(record, DerivedKind::label_report, options);
    BOOST_TEST(value(*report, DCM_StudyDate) == "");
    BOOST_TEST(value(*report, DCM_ContentDate) == "20170101");
    BOOST_TEST(value(*report, DCM_LongitudinalTemporalInformationModified) == "REMOVED");
}

BOOST_AUTO_TEST_CASE(text_miner_is_contributing_equipment_of_labels_only) {
    const ImageRecord record = invented_boxed_record();
    const auto labels = built(record, DerivedKind::label_report);
    DcmItem* equipment = nullptr;
    BOOST_REQUIRE(
        labels->findAndGetSequenceItem(DCM_ContributingEquipmentSequence, equipment).good());
    BOOST_TEST(code(*equipment, DCM_PurposeOfReferenceCodeSequence) == "109102,DCM");
    BOOST_TEST(value(*equipment, DCM_Manufacturer) == "NIH Clinical Center");
    BOOST_TEST(value(*equipment, DCM_ManufacturerModelName) == "Data_Entry_2017");
    BOOST_TEST(value(*equipment, DCM_SoftwareVersions) == "v2020");
    BOOST_TEST(value(*equipment, DCM_DeviceUID) == "2.25.221872784920212243947898624793255653958");
    BOOST_TEST(
        !built(record, DerivedKind::box_report)->tagExists(DCM_ContributingEquipmentSequence));
}

BOOST_AUTO_TEST_CASE(private_scheme_is_identified_where_it_is_used_and_only_there) {
    const auto plain = built(invented_boxed_record(), DerivedKind::label_report);
    BOOST_TEST(!plain->tagExists(DCM_CodingSchemeIdentificationSequence));
    const auto with_private = built(every_label(), DerivedKind::label_report);
    DcmItem* scheme = nullptr;
    BOOST_REQUIRE(
        with_private->findAndGetSequenceItem(DCM_CodingSchemeIdentificationSequence, scheme)
            .good());
    BOOST_TEST(value(*scheme, DCM_CodingSchemeDesignator) == "99NIHCXR14");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reports_that_cannot_be)

BOOST_AUTO_TEST_CASE(boxes_of_an_image_without_any) {
    const auto report =
        build_report(invented_record("Effusion", {Finding::effusion}), DerivedKind::box_report, {});
    BOOST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error().kind == FaultKind::not_found));
    BOOST_TEST(report.error().doing == "99990001_007.png has no boxes");
}

BOOST_AUTO_TEST_CASE(a_report_that_is_an_image) {
    const auto report = build_report(invented_boxed_record(), DerivedKind::image, {});
    BOOST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error().kind == FaultKind::unsupported));
}

BOOST_AUTO_TEST_SUITE_END()
