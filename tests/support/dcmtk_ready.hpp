#pragma once
/// DCMTK's process-wide set-up, once before the first test: BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady).

#include "dicom/codec/codec.hpp"

namespace cxr::test {

struct DcmtkReady {
    DcmtkReady() { dicom::initialise_dcmtk(); }
};

}  // namespace cxr::test
