#include "dicom/key_objects/key_objects.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/report/records.hpp"
#include "support/dcmtk_ready.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;
using cxr::test::invented_record;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_16_tid_2010_key_object_selection)

BOOST_AUTO_TEST_CASE(dcmtk_reads_the_image_and_the_labels_of_its_boxes) {
    const ImageRecord record = invented_boxed_record();
    auto built = build_key_objects(record, {});
    BOOST_REQUIRE(built.has_value());
    DSRDocument document;
    BOOST_REQUIRE(document.read(**built).good());
    BOOST_TEST(document.isValid());
    BOOST_TEST((document.getDocumentType() == DSRTypes::DT_KeyObjectSelectionDocument));
    std::ostringstream printed;
    const auto flags = DSRTypes::PF_printConceptNameCodes | DSRTypes::PF_printAllCodes |
                       DSRTypes::PF_printSOPInstanceUID | DSRTypes::PF_printNoDocumentHeader |
                       DSRTypes::PF_printTemplateIdentification;
    BOOST_REQUIRE(document.print(printed, flags).good());
    const std::string image = instance_entity(record, DerivedKind::image, {}).sop_instance_uid;
    BOOST_TEST(
        printed.str() ==
        "<CONTAINER:(113000,DCM,\"Of Interest\")=SEPARATE>  # TID 2010 (DCMR, "
        "1.2.840.10008.8.1.1)\n"
        "  <has concept mod CODE:(121049,DCM,\"Language of Content Item and "
        "Descendants\")=(en-US,RFC5646,\"English (United States)\")>\n"
        "  <contains IMAGE:=(SC image,\"" +
            image +
            "\")>\n"
            "  <contains TEXT:(113012,DCM,\"Key Object Description\")=\"Boxes were drawn on this "
            "image: Infiltrate, Effusion, Infiltrate\">\n");
    BOOST_TEST(document.getCurrentRequestedProcedureEvidence().getNumberOfInstances() == 1U);
}

BOOST_AUTO_TEST_CASE(its_identity_is_what_the_catalogue_announces) {
    const ImageRecord record = invented_boxed_record();
    const auto encoded = encode_key_objects(record, explicit_vr_little_endian, {});
    BOOST_REQUIRE(encoded.has_value());
    const InstanceEntity announced = instance_entity(record, DerivedKind::key_objects, {});
    BOOST_TEST(encoded->sop_instance_uid == announced.sop_instance_uid);
    BOOST_TEST(encoded->sop_class_uid == announced.sop_class_uid);
    BOOST_TEST((announced.concept_name_code == key_objects_title()));
    const SeriesEntity series = series_entity(record, DerivedKind::key_objects, {});
    BOOST_TEST(series.modality == "KO");
    BOOST_TEST(series.series_number == "901");
    BOOST_TEST(series.series_instance_uid == UIDSource().derive("series|ko|99990001_007.png"));
}

BOOST_AUTO_TEST_CASE(its_uid_follows_the_labels_and_not_where_the_boxes_lie) {
    const ImageRecord record = invented_boxed_record();
    // A change here renames every selection in every archive that has one.
    BOOST_TEST(key_objects_sop_instance_uid(record, {}) ==
               "2.25.178429803899010800338907258979004873645");
    ImageRecord moved = record;
    moved.boxes[0].x += 1;
    BOOST_TEST(key_objects_sop_instance_uid(moved, {}) == key_objects_sop_instance_uid(record, {}));
    ImageRecord fewer = record;
    fewer.boxes.pop_back();
    BOOST_TEST(key_objects_sop_instance_uid(fewer, {}) != key_objects_sop_instance_uid(record, {}));
}

BOOST_AUTO_TEST_CASE(an_image_without_boxes_is_not_selected) {
    const auto none = build_key_objects(invented_record("No Finding", {Finding::no_finding}), {});
    BOOST_REQUIRE(!none.has_value());
    BOOST_TEST((none.error().kind == FaultKind::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
