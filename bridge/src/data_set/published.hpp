#pragma once
/// The counts that were published of the whole collection, to be shown beside those found.

#include "bridge/data_set/audit.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace cxr::bridge::published {

inline constexpr std::size_t rows = 112'120;
/// What every released table holds. The paper (Wang et al., CVPR 2017) says 32,717.
inline constexpr std::size_t patients = 30'805;
inline constexpr std::size_t patients_of_the_paper = 32'717;
inline constexpr std::size_t train_val = 86'524;
inline constexpr std::size_t test = 25'596;
inline constexpr std::size_t boxes = 984;
inline constexpr std::size_t boxed_images = 880;

/// The class table published with the lists by image. Its No Finding row and its totals are one
/// short of the lists themselves, whose first line, a No Finding image, was taken for a header; its
/// row of Pleural_Thickening is missing.
struct ClassTable {
    std::string_view split;                                ///< as the lists are named
    std::array<std::size_t, dicom::finding_count> labels;  ///< 0: not in the table
    std::size_t images;
};
inline constexpr std::array<ClassTable, 3> class_tables{
    {{"train",
      {7996, 1950, 9261, 13914, 3988, 4375, 978, 3705, 3263, 1690, 1799, 1158, 0, 144, 42404},
      78467},
     {"test",
      {2420, 582, 2754, 3938, 1133, 1335, 242, 1089, 957, 413, 509, 362, 0, 42, 11927},
      22432},
     {"val", {1119, 240, 1292, 2018, 625, 613, 133, 504, 447, 200, 208, 166, 0, 41, 6078}, 11218}}};

[[nodiscard]] inline const ClassTable* class_table(std::string_view split) {
    for (const ClassTable& table : class_tables) {
        if (table.split == split) {
            return &table;
        }
    }
    return nullptr;
}

/// The published figure, and what the lists hold where it is known to be one short.
[[nodiscard]] constexpr bool agrees(std::size_t found, std::size_t published, bool one_short) {
    return published == 0 || found == published + (one_short ? 1 : 0);
}

}  // namespace cxr::bridge::published
