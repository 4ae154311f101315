#include "dicom/core/uid.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::dicom;

namespace {

struct Derived {
    const char* name;
    const char* uid;
};
std::ostream& operator<<(std::ostream& out, const Derived& derived) {
    return out << derived.name;
}

const Derived published_vectors[] = {
    {"study/00000001_000", "2.25.318424404168148998903012345617311179748"},
    {"series/00000001_000", "2.25.193102619674225714264151511668179445177"},
    {"instance/00000001_000", "2.25.260826027948085336926964867739199015441"},
    {"study/00000013_022", "2.25.200828254276389858576755597699639003116"},
    {"series/00000013_022", "2.25.52266409163721519453936390256092575061"},
    {"instance/00000013_022", "2.25.4912640154344545838478789779770993976"},
    {"track|00013118_008.png|Atelectasis|1", "2.25.185896681134440475290146523906860046090"},
    {"device|nlp-labeler", "2.25.221872784920212243947898624793255653958"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_b_2_uuid_derived_uids)

BOOST_DATA_TEST_CASE(a_name_gives_its_published_uid, published_vectors, vector) {
    BOOST_TEST(UIDSource().derive(vector.name) == vector.uid);
}

BOOST_AUTO_TEST_CASE(another_profile_gives_another_uid) {
    BOOST_TEST(UIDSource("spacing=pixel;").derive("instance/00000001_000") !=
               UIDSource().derive("instance/00000001_000"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_9_1_uid_encoding_rules)

struct Candidate {
    const char* says;
    const char* uid;
    bool valid;
};
std::ostream& operator<<(std::ostream& out, const Candidate& candidate) {
    return out << candidate.says;
}

const Candidate candidates[] = {
    {"a plain UID", "1.2.840.10008.1.1", true},
    {"a component of zero", "1.0.3", true},
    {"a leading zero", "1.02.3", false},
    {"empty", "", false},
    {"two dots", "1..2", false},
    {"a trailing dot", "1.2.", false},
    {"a path", "../x", false},
    {"65 characters", "1.2345678901234567890123456789012345678901234567890123456789012.4", false},
};

BOOST_DATA_TEST_CASE(is_judged_as_written, candidates, candidate) {
    BOOST_TEST(is_valid_uid(candidate.uid) == candidate.valid);
}

BOOST_AUTO_TEST_CASE(a_sop_class_is_named_by_uid_or_keyword) {
    const std::string uid = "1.2.840.10008.5.1.4.1.1.7";
    BOOST_TEST(sop_class_uid(uid).value() == uid);
    BOOST_TEST(sop_class_uid("SecondaryCaptureImageStorage").value() == uid);
    BOOST_TEST(!sop_class_uid("Pictures").has_value());
    BOOST_TEST(!sop_class_uid("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
