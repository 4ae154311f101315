// Others may send objects into a series that the bridge itself makes, a viewer its corrected report
// for one. They are theirs: whatever becomes of the made ones, these stay, and the series is one.
#include "bridge/catalogue/generated_folder.hpp"
#include "bridge/catalogue/generated_objects.hpp"
#include "bridge/catalogue/queries.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using dicom::DerivedKind;

namespace {

using UIDs = std::set<std::string>;

/// A data set's catalogue with one received object, "1.9.1", in a made series.
class Shared {
public:
    explicit Shared(DerivedKind kind) : kind_(kind), folder(generated_folder(4)) {
        open({});
        need(catalogue->add_received(object("1.9.1"), false));
    }

    void open(const dicom::MappingOptions& mapping) {
        CatalogueSettings settings;
        settings.file = root / "catalogue.sqlite";
        settings.mapping = mapping;
        catalogue = need(Catalogue::open(settings));
        synchronise();
    }
    void synchronise() {
        touch(folder);
        need(catalogue->synchronise(folder));
    }
    dicom::ImageRecord& record() { return folder.records[1]; }

    ReceivedObject object(const std::string& uid) {
        ReceivedObject object = received_object(uid);
        object.study.study_instance_uid = study_uid(folder.records[1]);
        object.series.series_instance_uid = series();
        return object;
    }
    std::string series() const {
        return dicom::series_entity(folder.records[1], kind_, {}).series_instance_uid;
    }
    /// What a query finds in the series.
    UIDs found() const {
        UIDs uids;
        const auto images = find_all(*catalogue,
                                     query(dicom::QueryLevel::image,
                                           {key(DCM_StudyInstanceUID, study_uid(folder.records[1])),
                                            key(DCM_SeriesInstanceUID, series()),
                                            key(DCM_SOPInstanceUID)}));
        for (const auto& image : images) {
            uids.insert(text_of(image, DCM_SOPInstanceUID));
        }
        BOOST_TEST(uids.size() == images.size());
        return uids;
    }
    std::size_t series_found() const {
        return find_all(*catalogue,
                        query(dicom::QueryLevel::series,
                              {key(DCM_StudyInstanceUID, study_uid(folder.records[1])),
                               key(DCM_SeriesInstanceUID, series())}))
            .size();
    }
    bool is_kept(const std::string& uid) const {
        const auto origin = need(catalogue->find_instance(uid));
        return origin && std::holds_alternative<KeptObject>(*origin);
    }

private:
    DerivedKind kind_;
    TemporaryFolder root;

public:
    DataSetFolder folder;
    std::unique_ptr<Catalogue> catalogue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_received_object_in_a_made_series)

BOOST_AUTO_TEST_CASE(stays_when_the_row_behind_the_made_one_changes) {
    Shared shared(DerivedKind::label_report);
    BOOST_TEST(shared.found().size() == 2U);
    shared.record().row.findings = {dicom::Finding::hernia};
    shared.record().row.finding_labels = "Hernia";
    shared.synchronise();
    BOOST_TEST(shared.found().size() == 3U);  // two revisions and itself
    BOOST_TEST(shared.found().contains("1.9.1"));
    BOOST_TEST(shared.is_kept("1.9.1"));
    BOOST_TEST(shared.series_found() == 1U);
}

BOOST_AUTO_TEST_CASE(finds_room_beside_earlier_revisions) {
    Shared shared(DerivedKind::label_report);
    shared.record().row.findings = {dicom::Finding::hernia};
    shared.record().row.finding_labels = "Hernia";
    shared.synchronise();
    need(shared.catalogue->add_received(shared.object("1.9.2"), false));
    BOOST_TEST(shared.found().size() == 4U);
}

BOOST_AUTO_TEST_CASE(stays_when_the_image_goes_and_comes_back) {
    Shared shared(DerivedKind::label_report);
    const UIDs before = shared.found();
    auto image = shared.folder.images.extract(shared.record().row.image_index);
    shared.synchronise();
    BOOST_TEST((shared.found() == UIDs{"1.9.1"}));
    BOOST_TEST(shared.series_found() == 1U);
    shared.folder.images.insert(std::move(image));
    shared.synchronise();
    BOOST_TEST((shared.found() == before));
    BOOST_TEST(shared.series_found() == 1U);
}

BOOST_AUTO_TEST_CASE(stays_when_everything_is_built_anew) {
    Shared shared(DerivedKind::label_report);
    dicom::MappingOptions other;
    other.reports.code_scheme = dicom::CodeScheme::both;
    shared.open(other);
    BOOST_TEST(shared.found().contains("1.9.1"));
    BOOST_TEST(shared.is_kept("1.9.1"));
    BOOST_TEST(shared.series_found() == 1U);
}

BOOST_AUTO_TEST_CASE(stays_when_the_made_image_is_quarantined) {
    Shared shared(DerivedKind::image);
    const auto instances = need(shared.catalogue->instances(study_of(shared.record())));
    const auto made = std::ranges::find(
        instances,
        dicom::instance_entity(shared.record(), DerivedKind::image, {}).sop_instance_uid,
        &storescp::InstanceReference::sop_instance_uid);
    BOOST_REQUIRE((made != instances.end()));
    shared.catalogue->quarantine_image(made->handle, "no PNG");
    BOOST_TEST((shared.found() == UIDs{"1.9.1"}));
}

BOOST_AUTO_TEST_CASE(gives_way_to_another_of_its_uid_where_that_is_wanted) {
    Shared shared(DerivedKind::label_report);
    ReceivedObject again = shared.object("1.9.1");
    again.file = "objects/again";
    BOOST_TEST(!shared.catalogue->add_received(again, false));
    need(shared.catalogue->add_received(again, true));
    const auto kept = need(shared.catalogue->find_instance("1.9.1"));
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST(std::get<KeptObject>(*kept).file == "objects/again");
    BOOST_TEST(shared.found().size() == 2U);
}

BOOST_AUTO_TEST_CASE(leaves_the_made_one_when_it_goes_itself) {
    Shared shared(DerivedKind::label_report);
    need(shared.catalogue->remove_received("objects/1.9.1"));
    BOOST_TEST(shared.found().size() == 1U);
    BOOST_TEST(shared.series_found() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
