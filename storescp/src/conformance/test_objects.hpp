#pragma once
/// What is stored at a peer when that is allowed: small Secondary Capture images of the patient
/// CXR^CONFORM (PS3.3 A.8.1), complete and valid.

#include "conformance/play.hpp"

namespace cxr::storescp::conformance {

inline constexpr std::string_view test_patient_id = "CXR-CONFORM";
inline constexpr std::string_view test_patient_name = "CXR^CONFORM";

struct TestObjectIdentity {
    std::string study_instance_uid, series_instance_uid, sop_instance_uid;
};
/// 8 × 8 pixels, MONOCHROME2, 8 bits: a ramp.
[[nodiscard]] Attributes test_object(const TestObjectIdentity& identity);
/// One that no other case uses: study, series and instance of this case and name.
[[nodiscard]] Attributes test_object(const Play& play, std::string_view name);
/// How the stored object is found again.
[[nodiscard]] HeldInstance held_instance(const Attributes& object);

}  // namespace cxr::storescp::conformance
