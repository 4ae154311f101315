#pragma once
/// What a sample holds, before anything is drawn: patients, images, findings, splits.

#include "sample/phantom.hpp"

#include <string>
#include <vector>

namespace cxr::bridge::sample {

struct PlannedImage {
    dicom::ChestXRayRow row;
    std::string spacing_as_written;  ///< with the float noise of the v2020 file
    PhantomSpec phantom;
    bool rgba = false;           ///< a few of the collection's PNGs are
    bool test = false;           ///< official split, by patient; boxed images are all in it
    bool boxed = false;          ///< a reader drew boxes
    std::string by_image_split;  ///< "train", "val", "test": another split, by patient too
};

/// Sorted by patient and follow-up number, as the collection's table is: not by file name.
[[nodiscard]] std::vector<PlannedImage> plan_sample(std::size_t patients, std::uint64_t seed);

/// Has the collection boxes of it? 8 of the 14 it has.
[[nodiscard]] bool is_boxed_finding(dicom::Finding finding);

}  // namespace cxr::bridge::sample
