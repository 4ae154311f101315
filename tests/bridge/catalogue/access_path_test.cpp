// One study among 112,120 is found without reading the others: what SQLite plans for each kind of
// key.
#include "bridge/catalogue/catalogue.hpp"
#include "bridge/catalogue/queries.hpp"
#include "catalogue/query_compiler.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr;
using namespace cxr::test;
using dicom::QueryLevel;

namespace {

struct AccessPath {
    const char* says;
    QueryLevel level;
    DcmTagKey tag;
    const char* value;
    const char* begins_with;  ///< the first step of the plan
};
std::ostream& operator<<(std::ostream& out, const AccessPath& path) {
    return out << path.says;
}

const AccessPath access_paths[] = {
    {"Patient ID", QueryLevel::study, DCM_PatientID, "00000007", "INDEX patient_by_id"},
    {"the beginning of a Patient ID",
     QueryLevel::study,
     DCM_PatientID,
     "0000*",
     "INDEX patient_by_id"},
    {"the beginning of a name",
     QueryLevel::study,
     DCM_PatientName,
     "NIHCXR14^0000*",
     "SEARCH p USING INTEGER PRIMARY KEY"},
    {"Study Instance UID",
     QueryLevel::study,
     DCM_StudyInstanceUID,
     "2.25.1\\1.2",
     "INDEX study_by_uid"},
    {"the series of a study",
     QueryLevel::series,
     DCM_StudyInstanceUID,
     "2.25.1",
     "INDEX study_by_uid"},
    {"Accession Number",
     QueryLevel::study,
     DCM_AccessionNumber,
     "CXR1",
     "INDEX study_by_accession_number"},
    {"Study Date", QueryLevel::study, DCM_StudyDate, "20000101-", "INDEX study_by_date"},
    {"Series Instance UID",
     QueryLevel::series,
     DCM_SeriesInstanceUID,
     "1.2",
     "INDEX series_by_uid"},
    {"SOP Instance UID", QueryLevel::image, DCM_SOPInstanceUID, "1.2", "INDEX instance_by_uid"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_key_with_an_index_is_searched_by_it)

BOOST_DATA_TEST_CASE(and_nothing_below_it_is_scanned, access_paths, path) {
    const TemporaryFolder state;
    need(bridge::Catalogue::open({.file = state / "catalogue.sqlite"}));
    auto connection = need(bridge::sqlite::Connection::open(state / "catalogue.sqlite",
                                                            bridge::sqlite::Access::read_only));
    need(bridge::register_query_functions(connection));
    const dicom::QueryIdentifier identifier =
        query(path.level, {key(path.tag, path.value), key(DCM_NumberOfStudyRelatedInstances)});
    const auto compiled = need(bridge::compile(identifier, {.retrieve_ae_title = "AE"}));
    auto plan = need(connection.prepare("EXPLAIN QUERY PLAN " + compiled.sql));
    std::string steps;
    while (need(plan.step())) {
        steps += std::string(plan.text(3)) + "\n";
    }
    BOOST_TEST(steps.substr(0, steps.find('\n')).find(path.begins_with) != std::string::npos,
               steps);
    for (const char* scanned : {"SCAN p", "SCAN t", "SCAN s", "SCAN i", "SCAN y"}) {
        BOOST_TEST(steps.find(scanned) == std::string::npos, steps);
    }
}

BOOST_AUTO_TEST_SUITE_END()
