#pragma once
/// A drawn chest radiograph: rays through ellipsoids of tissue, air and bone, so that organs have
/// the edges and the brightness of a real one. For trying software out; it teaches no anatomy.
/// Pixels are the same on every machine: only + - * / and sqrt of doubles, never contracted to
/// fused operations (bridge/CMakeLists.txt), and randomness of our own.

#include "dicom/chestxray/data_set.hpp"

#include <cstdint>
#include <vector>

namespace cxr::bridge::sample {

/// Rows and columns, as in the collection.
inline constexpr int image_size = 1024;

struct PhantomSpec {
    std::uint64_t anatomy_seed = 0;   ///< of the patient: the same chest in every image
    std::uint64_t exposure_seed = 0;  ///< of the image: noise, place of the findings
    bool female = false;
    bool ap = false;               ///< scapulae over the lungs, larger heart
    double size = 1;               ///< 1 is an adult
    double field_width_mm = 400;   ///< what the 1024 columns show
    double field_height_mm = 400;  ///< what the 1024 rows show
    std::vector<dicom::Finding> findings;
};

/// Where a finding was drawn, in pixels of the image.
struct DrawnFinding {
    dicom::Finding finding;
    double x, y, width, height;
};

struct Radiograph {
    std::vector<std::uint8_t> pixels;  ///< row-major, image_size squared
    std::vector<DrawnFinding> drawn;   ///< one for each finding but No Finding
};

[[nodiscard]] Radiograph draw_radiograph(const PhantomSpec& spec);

}  // namespace cxr::bridge::sample
