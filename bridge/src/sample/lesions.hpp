#pragma once
/// The 14 findings, drawn where a reader would look for them.

#include "sample/anatomy.hpp"

namespace cxr::bridge::sample {

/// Draws it and says where. Cardiomegaly and emphysema are shapes of the anatomy already.
[[nodiscard]] Area draw_finding(Canvas& canvas,
                                const Anatomy& anatomy,
                                dicom::Finding finding,
                                std::uint64_t seed);

}  // namespace cxr::bridge::sample
