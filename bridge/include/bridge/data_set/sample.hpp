#pragma once
/// A synthetic data set in ChestX-ray14's own shape, for demonstrations and tests: phantom
/// radiographs, tables with the real ones' quirks, boxes that lie on what was drawn. Nothing in it
/// is of a real patient; patient numbers begin at 90000001, where the collection has none.
/// Same settings, same tables and pixels, on every machine.

#include "bridge/data_set/folder.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace cxr::bridge {

struct SampleSettings {
    std::size_t patients = 20;  ///< 1 to 99,999; 20 give 52 images, every label among them
    std::uint64_t seed = 1;
    std::size_t threads = 0;  ///< 0: as many as cores
};

struct SampleCounts {
    std::size_t patients = 0, images = 0, boxes = 0;
};

/// Writes images/, split_by_image/ and the tables of v2020, Data_Entry last: a folder without it
/// was not finished. `image_written` is called from several threads. Faults: refused (the folder is
/// not empty, patients out of range), storage.
[[nodiscard]] Result<SampleCounts> write_sample(const std::filesystem::path& folder,
                                                const SampleSettings& settings,
                                                const std::function<void()>& image_written);
/// How many images the settings give.
[[nodiscard]] std::size_t sample_image_count(const SampleSettings& settings);

}  // namespace cxr::bridge
