// DICOM XML against DCMTK's dcm2xml, which writes the Native DICOM Model (PS3.19) of its own.
#include "interop/web_bridge.hpp"

#include <boost/test/unit_test.hpp>

using namespace cxr::test;

BOOST_AUTO_TEST_SUITE(ps3_19_a_1_native_dicom_model)

BOOST_AUTO_TEST_CASE(is_what_dcmtk_writes_of_the_same_objects) {
    const TemporaryFolder folder;
    const RunningBridge bridge({}, sample(), web_on);
    const Finished client = run({"/usr/bin/python3",
                                 "tests/interop/native_model.py",
                                 web_root(bridge) + "/dicom-web",
                                 boxed_images(sample()).front(),
                                 (folder / "file").string()});
    BOOST_TEST(client.exit_code == 0, client.errors);
    BOOST_TEST_MESSAGE(client.output);
}

BOOST_AUTO_TEST_SUITE_END()
