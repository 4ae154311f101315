// Reports that change: a new SOP Instance UID in the same series, Instance Number and predecessor;
// the old ones stay and are the same bytes.
#include "bridge/catalogue/queries.hpp"
#include "bridge/objects/object_source.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/report/report.hpp"
#include "dicom/report/report_reader.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/unit_test.hpp>

#include <map>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using dicom::DerivedKind;

namespace {

struct SetUpDcmtk {
    SetUpDcmtk() { dicom::initialise_dcmtk(); }
};
BOOST_TEST_GLOBAL_FIXTURE(SetUpDcmtk);

struct Document {
    std::string sop_instance_uid;
    std::vector<std::byte> bytes;
    dicom::ReadReport report;
};
/// By Instance Number.
using Documents = std::map<int, Document>;

/// A node's state folder with one changing data set.
class State {
public:
    State() : folder(generated_folder(6)) {
        dicom::BoundingBox box;
        box.image_index = record().row.image_index;
        box.finding = dicom::Finding::mass;
        box.label_as_written = "Mass";
        box.x = 10.5;
        box.y = 20;
        box.width = 30;
        box.height = 40;
        record().boxes = {box};
        synchronise();
    }

    dicom::ImageRecord& record() { return folder.records[2]; }

    void synchronise() {
        touch(folder);
        CatalogueSettings settings;
        settings.file = root / "catalogue.sqlite";
        settings.mapping = mapping;
        settings.made_kinds = kinds;
        catalogue = need(Catalogue::open(settings));
        need(catalogue->synchronise(folder));
        objects = std::make_unique<ObjectSource>(*catalogue,
                                                 ObjectSourceSettings{.data_set = root.path(),
                                                                      .store = root / "received",
                                                                      .mapping = mapping,
                                                                      .cache_bytes_max = 1 << 20});
    }

    Documents documents(DerivedKind kind) {
        dicom::RetrieveIdentifier identifier;
        identifier.level = dicom::QueryLevel::series;
        identifier.series_instance_uids = {
            dicom::series_entity(record(), kind, mapping).series_instance_uid};
        Documents found;
        for (const auto& instance : need(objects->instances(identifier))) {
            const auto object = need(objects->load(instance, "1.2.840.10008.1.2.1"));
            BOOST_TEST(object.sop_instance_uid == instance.sop_instance_uid);
            Document document{
                .sop_instance_uid = instance.sop_instance_uid, .bytes = {}, .report = {}};
            for (const auto& segment : object.segments) {
                document.bytes.insert(
                    document.bytes.end(), segment.bytes.begin(), segment.bytes.end());
            }
            document.report = need(dicom::read_report(document.bytes,
                                                      dicom::explicit_vr_little_endian,
                                                      dicom::CodeTable::built_in(),
                                                      dicom::derived_image_names(mapping)));
            const int number = std::stoi(document.report.origin.instance_number);
            BOOST_TEST(found.emplace(number, std::move(document)).second);
        }
        return found;
    }

    /// The bytes of what is no report.
    std::map<int, std::vector<std::byte>> objects_of(DerivedKind kind) {
        dicom::RetrieveIdentifier identifier;
        identifier.level = dicom::QueryLevel::series;
        identifier.series_instance_uids = {
            dicom::series_entity(record(), kind, mapping).series_instance_uid};
        std::map<int, std::vector<std::byte>> found;
        for (const auto& instance : need(objects->instances(identifier))) {
            const auto object = need(objects->load(instance, "1.2.840.10008.1.2.1"));
            std::vector<std::byte> bytes;
            for (const auto& segment : object.segments) {
                bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
            }
            const auto parsed =
                need(dicom::parse_data_set(bytes, dicom::explicit_vr_little_endian));
            OFString number;
            BOOST_REQUIRE(parsed->findAndGetOFString(DCM_InstanceNumber, number).good());
            BOOST_TEST(found.emplace(std::stoi(number.c_str()), std::move(bytes)).second);
        }
        return found;
    }

    TemporaryFolder root;
    DataSetFolder folder;
    dicom::MappingOptions mapping;
    std::vector<DerivedKind> kinds{DerivedKind::image,
                                   DerivedKind::label_report,
                                   DerivedKind::box_report,
                                   DerivedKind::presentation_state,
                                   DerivedKind::key_objects};
    std::unique_ptr<Catalogue> catalogue;
    std::unique_ptr<ObjectSource> objects;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_revision_log)

BOOST_AUTO_TEST_CASE(keeps_a_document_that_a_changed_label_replaces) {
    State state;
    const Documents first = state.documents(DerivedKind::label_report);
    BOOST_REQUIRE(first.size() == 1U);
    const Documents boxes = state.documents(DerivedKind::box_report);

    state.record().row.findings = {dicom::Finding::hernia};
    state.record().row.finding_labels = "Hernia";
    state.synchronise();

    const Documents second = state.documents(DerivedKind::label_report);
    BOOST_REQUIRE(second.size() == 2U);
    BOOST_TEST((second.at(1).bytes == first.at(1).bytes));
    BOOST_TEST(second.at(2).sop_instance_uid != first.at(1).sop_instance_uid);
    BOOST_TEST(second.at(2).report.origin.predecessor == first.at(1).sop_instance_uid);
    BOOST_TEST(second.at(2).report.annotations.at(0).label_as_written == "Hernia");
    BOOST_TEST(second.at(1).report.origin.predecessor == "");
    const Documents boxes_after = state.documents(DerivedKind::box_report);
    BOOST_REQUIRE(boxes_after.size() == 1U);
    BOOST_TEST((boxes_after.at(1).bytes == boxes.at(1).bytes));
}

BOOST_AUTO_TEST_CASE(goes_on_over_restarts_and_back_to_an_earlier_content) {
    State state;
    const Documents first = state.documents(DerivedKind::box_report);
    state.record().boxes[0].x = 11;
    state.synchronise();
    const Documents second = state.documents(DerivedKind::box_report);
    state.record().boxes[0].x = 10.5;
    state.synchronise();
    state.synchronise();  // nothing changed: nothing new
    const Documents third = state.documents(DerivedKind::box_report);
    BOOST_REQUIRE(third.size() == 3U);
    BOOST_TEST((third.at(1).bytes == first.at(1).bytes));
    BOOST_TEST((third.at(2).bytes == second.at(2).bytes));
    BOOST_TEST(third.at(3).report.origin.predecessor == third.at(2).sop_instance_uid);
    BOOST_TEST(third.at(3).sop_instance_uid != third.at(1).sop_instance_uid);
    BOOST_TEST(third.at(3).report.annotations.at(0).tracking_uid ==
               third.at(1).report.annotations.at(0).tracking_uid);
}

BOOST_AUTO_TEST_CASE(says_that_all_boxes_were_withdrawn) {
    State state;
    const Documents first = state.documents(DerivedKind::box_report);
    state.record().boxes.clear();
    state.synchronise();
    const Documents second = state.documents(DerivedKind::box_report);
    BOOST_REQUIRE(second.size() == 2U);
    BOOST_TEST((second.at(1).bytes == first.at(1).bytes));
    BOOST_TEST(second.at(2).report.annotations.empty());
    BOOST_TEST(second.at(2).report.origin.predecessor == first.at(1).sop_instance_uid);
    state.synchronise();
    BOOST_TEST(state.documents(DerivedKind::box_report).size() == 2U);
}

BOOST_AUTO_TEST_CASE(keeps_presentation_states_and_key_objects_that_changed) {
    State state;
    std::map<DerivedKind, std::vector<std::byte>> first;
    for (const DerivedKind kind : {DerivedKind::presentation_state, DerivedKind::key_objects}) {
        const auto objects = state.objects_of(kind);
        BOOST_REQUIRE(objects.size() == 1U);
        first[kind] = objects.at(1);
    }
    state.record().boxes[0].label_as_written = "Nodule";
    state.record().boxes[0].finding = dicom::Finding::nodule;
    state.synchronise();
    for (const auto& [kind, bytes] : first) {
        const auto objects = state.objects_of(kind);
        BOOST_REQUIRE(objects.size() == 2U);
        BOOST_TEST((objects.at(1) == bytes));
        BOOST_TEST((objects.at(2) != bytes));
    }
    // What says the same as the first is a third one all the same, and as an export writes it.
    state.record().boxes[0].label_as_written = "Mass";
    state.record().boxes[0].finding = dicom::Finding::mass;
    state.synchronise();
    BOOST_TEST(state.objects_of(DerivedKind::presentation_state).size() == 3U);
    const auto earlier = need(state.catalogue->revise(state.folder.records));
    BOOST_TEST(earlier.size() == 6U);  // two each of boxes, presentation state, key objects
}

BOOST_AUTO_TEST_CASE(has_a_presentation_state_that_draws_nothing_once_all_boxes_are_withdrawn) {
    State state;
    const auto first = state.objects_of(DerivedKind::presentation_state);
    state.record().boxes.clear();
    state.synchronise();
    const auto second = state.objects_of(DerivedKind::presentation_state);
    BOOST_REQUIRE(second.size() == 2U);
    BOOST_TEST((second.at(1) == first.at(1)));
    const auto drawn = need(dicom::parse_data_set(second.at(2), dicom::explicit_vr_little_endian));
    BOOST_TEST(!drawn->tagExists(DCM_GraphicAnnotationSequence));
    BOOST_TEST(state.objects_of(DerivedKind::key_objects).empty());
}

BOOST_AUTO_TEST_CASE(holds_nothing_of_what_is_not_offered) {
    State state;
    state.kinds.resize(3);
    state.synchronise();
    state.record().boxes[0].x = 11;
    state.synchronise();
    const auto earlier = need(state.catalogue->revise(state.folder.records));
    BOOST_REQUIRE(earlier.size() == 1U);
    BOOST_TEST((earlier[0].kind == DerivedKind::box_report));
}

BOOST_AUTO_TEST_CASE(keeps_what_other_options_replace) {
    State state;
    const Documents first = state.documents(DerivedKind::box_report);
    state.mapping.reports.code_scheme = dicom::CodeScheme::both;
    state.synchronise();
    const Documents second = state.documents(DerivedKind::box_report);
    BOOST_REQUIRE(second.size() == 2U);
    BOOST_TEST((second.at(1).bytes == first.at(1).bytes));
    BOOST_TEST((second.at(2).bytes != first.at(1).bytes));
}

BOOST_AUTO_TEST_CASE(takes_other_profiles_for_other_studies) {
    State state;
    state.mapping.spacing = dicom::Spacing::pixel;
    state.synchronise();
    BOOST_TEST(state.documents(DerivedKind::label_report).size() == 1U);
    state.mapping.spacing = dicom::Spacing::nominal;
    state.synchronise();
    BOOST_TEST(state.documents(DerivedKind::label_report).size() == 1U);
}

BOOST_AUTO_TEST_CASE(shows_every_revision_to_queries) {
    State state;
    state.record().boxes[0].x = 11;
    state.synchronise();
    const auto found =
        find_all(*state.catalogue,
                 query(dicom::QueryLevel::image,
                       {key(DCM_StudyInstanceUID, study_uid(state.record())),
                        key(DCM_SeriesInstanceUID,
                            dicom::series_entity(state.record(), DerivedKind::box_report, {})
                                .series_instance_uid),
                        key(DCM_SOPInstanceUID),
                        key(DCM_InstanceNumber)}));
    std::vector<std::string> numbers;
    for (const auto& one : found) {
        numbers.push_back(text_of(one, DCM_InstanceNumber));
    }
    std::ranges::sort(numbers);
    const std::vector<std::string> expected{"1", "2"};
    BOOST_TEST(numbers == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follows_a_further_source) {
    State state;
    auto source = std::make_shared<dicom::AnnotationSource>();
    source->name = "reader-1";
    source->observer.name = "Doe^Jane";
    state.record().sources = {
        {source, {{.finding = dicom::Finding::mass, .label_as_written = "Mass"}}}};
    state.synchronise();
    const DerivedKind kind = dicom::source_report(0);
    const Documents first = state.documents(kind);
    BOOST_REQUIRE(first.size() == 1U);
    BOOST_TEST(first.at(1).report.observer.name == "Doe^Jane");
    state.record().sources[0].statements[0] = {.finding = dicom::Finding::nodule,
                                               .label_as_written = "Nodule"};
    state.synchronise();
    const Documents second = state.documents(kind);
    BOOST_REQUIRE(second.size() == 2U);
    BOOST_TEST((second.at(1).bytes == first.at(1).bytes));
    BOOST_TEST(second.at(2).report.origin.predecessor == first.at(1).sop_instance_uid);
}

BOOST_AUTO_TEST_SUITE_END()
