#include "dicom/presentation/presentation_state.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "support/dcmtk_ready.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <boost/test/unit_test.hpp>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;
using cxr::test::invented_record;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

std::unique_ptr<DcmDataset> built(const ImageRecord& record = invented_boxed_record()) {
    auto state = build_presentation_state(record, {});
    BOOST_REQUIRE(state.has_value());
    return *std::move(state);
}

std::vector<DcmItem*> items(DcmItem& parent, const DcmTagKey& tag) {
    std::vector<DcmItem*> found;
    DcmSequenceOfItems* sequence = nullptr;
    if (parent.findAndGetSequence(tag, sequence).good()) {
        for (unsigned long i = 0; i < sequence->card(); ++i) {
            found.push_back(sequence->getItem(i));
        }
    }
    return found;
}

std::vector<float> floats(DcmItem& item, const DcmTagKey& tag) {
    const Float32* values = nullptr;
    unsigned long count = 0;
    BOOST_REQUIRE(item.findAndGetFloat32Array(tag, values, &count).good());
    return {values, values + count};
}

std::string text(DcmItem& item, const DcmTagKey& tag) {
    OFString value;
    return item.findAndGetOFStringArray(tag, value).good() ? value.c_str() : "(absent)";
}

/// Graphic Data of every SCOORD of a document, in order.
void collect_regions(DcmItem& item, std::vector<std::vector<float>>& regions) {
    if (text(item, DCM_ValueType) == "SCOORD") {
        regions.push_back(floats(item, DCM_GraphicData));
    }
    for (DcmItem* child : items(item, DCM_ContentSequence)) {
        collect_regions(*child, regions);
    }
}

DcmItem& annotation(DcmItem& state) {
    const auto annotations = items(state, DCM_GraphicAnnotationSequence);
    BOOST_REQUIRE(annotations.size() == 1U);
    return *annotations[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_3_c_10_5_graphic_annotation)

BOOST_AUTO_TEST_CASE(its_outlines_are_the_box_reports_regions_float_by_float) {
    const auto state = built();
    auto report = build_report(invented_boxed_record(), DerivedKind::box_report, {});
    BOOST_REQUIRE(report.has_value());
    std::vector<std::vector<float>> regions;
    collect_regions(**report, regions);
    std::vector<std::vector<float>> outlines;
    for (DcmItem* graphic : items(annotation(*state), DCM_GraphicObjectSequence)) {
        BOOST_TEST(text(*graphic, DCM_GraphicType) == "POLYLINE");
        BOOST_TEST(text(*graphic, DCM_GraphicAnnotationUnits) == "PIXEL");
        BOOST_TEST(text(*graphic, DCM_GraphicFilled) == "N");
        BOOST_TEST(text(*graphic, DCM_NumberOfGraphicPoints) == "5");
        outlines.push_back(floats(*graphic, DCM_GraphicData));
    }
    BOOST_TEST(outlines.size() == 3U);
    BOOST_TEST((outlines == regions));
}

BOOST_AUTO_TEST_CASE(its_labels_are_spelt_as_the_table_spells_them) {
    const auto state = built();
    std::vector<std::string> labels;
    for (DcmItem* label : items(annotation(*state), DCM_TextObjectSequence)) {
        labels.push_back(text(*label, DCM_UnformattedTextValue));
    }
    const std::vector<std::string> expected{"Infiltrate", "Effusion", "Infiltrate"};
    BOOST_TEST(labels == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_label_lies_within_the_picture_and_outside_its_box_where_there_is_room) {
    ImageRecord record = invented_record("Mass", {Finding::mass});
    const std::array<double, 4> places[] = {
        {500, 500, 40, 40}, {0, 0, 1024, 1024}, {1000, 10, 20, 20}, {990.5, 1000, 33, 23.9}};
    for (const auto& place : places) {
        record.boxes = {cxr::test::invented_box(Finding::mass, "Mass", place)};
        const auto state = built(record);
        DcmItem& label = *items(annotation(*state), DCM_TextObjectSequence).at(0);
        const auto upper = floats(label, DCM_BoundingBoxTopLeftHandCorner);
        const auto lower = floats(label, DCM_BoundingBoxBottomRightHandCorner);
        BOOST_TEST(upper[0] >= 0);
        BOOST_TEST(upper[1] >= 0);
        BOOST_TEST(lower[0] <= 1024);
        BOOST_TEST(lower[1] <= 1024);
        BOOST_TEST(lower[0] - upper[0] == 200);
        BOOST_TEST(lower[1] - upper[1] == 24);
        BOOST_TEST((place[1] < 24 || lower[1] == static_cast<float>(place[1])));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_3_a_33_1_grayscale_softcopy_presentation_state)

BOOST_AUTO_TEST_CASE(it_is_of_the_images_study_and_refers_to_the_image_everywhere) {
    const ImageRecord record = invented_boxed_record();
    const auto state = built(record);
    const std::string image = instance_entity(record, DerivedKind::image, {}).sop_instance_uid;
    BOOST_TEST(text(*state, DCM_StudyInstanceUID) == study_entity(record, {}).study_instance_uid);
    BOOST_TEST(text(*state, DCM_Modality) == "PR");
    BOOST_TEST(text(*state, DCM_SeriesNumber) == "801");
    const auto refers = [&image](DcmItem& item) {
        const auto references = items(item, DCM_ReferencedImageSequence);
        return references.size() == 1 &&
               text(*references[0], DCM_ReferencedSOPInstanceUID) == image;
    };
    DcmItem& series = *items(*state, DCM_ReferencedSeriesSequence).at(0);
    BOOST_TEST(text(series, DCM_SeriesInstanceUID) ==
               series_entity(record, DerivedKind::image, {}).series_instance_uid);
    BOOST_TEST(refers(series));
    BOOST_TEST(refers(annotation(*state)));
    BOOST_TEST(refers(*items(*state, DCM_DisplayedAreaSelectionSequence).at(0)));
}

BOOST_AUTO_TEST_CASE(its_identity_is_what_the_catalogue_announces) {
    const ImageRecord record = invented_boxed_record();
    const auto encoded = encode_presentation_state(record, explicit_vr_little_endian, {});
    BOOST_REQUIRE(encoded.has_value());
    const InstanceEntity announced = instance_entity(record, DerivedKind::presentation_state, {});
    BOOST_TEST(encoded->sop_instance_uid == announced.sop_instance_uid);
    BOOST_TEST(encoded->sop_class_uid == announced.sop_class_uid);
    BOOST_TEST(encoded->sop_class_uid == "1.2.840.10008.5.1.4.1.1.11.1");
}

BOOST_AUTO_TEST_CASE(an_image_without_boxes_has_none) {
    const auto none =
        build_presentation_state(invented_record("No Finding", {Finding::no_finding}), {});
    BOOST_REQUIRE(!none.has_value());
    BOOST_TEST((none.error().kind == FaultKind::not_found));
}

BOOST_AUTO_TEST_CASE(its_uid_stays_what_it_was_in_the_first_release) {
    // A change here renames every presentation state in every archive that has one.
    BOOST_TEST(presentation_state_sop_instance_uid(invented_boxed_record(), {}) ==
               "2.25.261658333821783330910948069033917412311");
    BOOST_TEST(series_entity(invented_boxed_record(), DerivedKind::presentation_state, {})
                   .series_instance_uid == UIDSource().derive("series|gsps|99990001_007.png"));
}

BOOST_AUTO_TEST_CASE(other_boxes_labels_or_profiles_are_other_objects) {
    const ImageRecord record = invented_boxed_record();
    const std::string before = presentation_state_sop_instance_uid(record, {});
    ImageRecord moved = record;
    moved.boxes[0].x = 100.123456789013;
    ImageRecord named = record;
    named.boxes[0].label_as_written = "Infiltration";
    MappingOptions undated;
    undated.dates = Dates::none;
    BOOST_TEST(presentation_state_sop_instance_uid(moved, {}) != before);
    BOOST_TEST(presentation_state_sop_instance_uid(named, {}) != before);
    BOOST_TEST(presentation_state_sop_instance_uid(record, undated) != before);
    ImageRecord other_labels = record;
    other_labels.row.finding_labels = "Mass";
    BOOST_TEST(presentation_state_sop_instance_uid(other_labels, {}) == before);
}

BOOST_AUTO_TEST_SUITE_END()
