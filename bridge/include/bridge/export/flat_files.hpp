#pragma once
/// Annotations of chosen images in one file a format, whatever their number: csv, json, coco.
/// Memory does not grow with them, but for coco, which holds its boxes, and what was received.

#include "bridge/data_set/folder.hpp"
#include "bridge/export/further_annotations.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct FlatFileJob {
    const DataSetFolder& folder;
    std::span<const dicom::ImageRecord* const> records;  ///< of the folder
    const dicom::MappingOptions& mapping;
    std::filesystem::path output;         ///< made when it is not there
    AnnotationsByImage received = {};     ///< what others sent in
    std::function<void()> finished = {};  ///< called after every image
};

struct FlatFile {
    std::string name;
    std::uint64_t rows = 0;  ///< boxes, images or annotations, as the format has them
};

/// BBox_List_2017.csv, in the order of the data set's own table, and Finding_Labels.csv, in that of
/// the images. All images chosen: both equal what they were read from, byte for byte. Where others
/// say something of the images, Further_Annotations.csv has that.
[[nodiscard]] Result<std::vector<FlatFile>> write_csv(const FlatFileJob& job);
/// annotations.json (docs/annotations.schema.json).
[[nodiscard]] Result<std::vector<FlatFile>> write_json(const FlatFileJob& job);
/// coco.json has the data set's own boxes; coco_OBSERVER.json each further observer's.
[[nodiscard]] Result<std::vector<FlatFile>> write_coco(const FlatFileJob& job);

}  // namespace cxr::bridge
