#pragma once
/// Wraps chosen images as Part 10 files, offline (PS3.10 §7), and indexes them by a DICOMDIR.

#include "bridge/data_set/folder.hpp"
#include "bridge/export/part10_folder.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct WrapJob {
    std::filesystem::path output;
    dicom::MappingOptions mapping;
    dicom::TransferSyntax transfer_syntax = dicom::explicit_vr_little_endian;
    /// Files `<patient>/<stem>.dcm`; with a DICOMDIR, whose media allow eight upper-case characters
    /// a name (PS3.10 8.2), `<patient>/IMG<last five digits of the stem>`.
    bool for_dicomdir = false;
    std::size_t threads = 0;  ///< 0: as many as cores
};

struct WrapOutcome {
    std::uint64_t written = 0;
    std::uint64_t unchanged = 0;        ///< were there already, byte for byte
    std::vector<std::string> failures;  ///< one line each: image, why
    std::vector<std::string> files;     ///< relative to the output, in the order of the records
};

/// One failure does not stop the others.
/// @param finished called after every image, from any thread.
[[nodiscard]] WrapOutcome wrap_images(const DataSetFolder& folder,
                                      std::span<const dicom::ImageRecord* const> records,
                                      const WrapJob& job,
                                      const std::function<void()>& finished);

/// Writes `<root>/DICOMDIR` (PS3.3 Annex F, profile STD-GEN-CD of PS3.11) over files below `root`.
/// Returns the files that it cannot index, each with its reason. Faults: storage.
[[nodiscard]] Result<std::vector<std::string>> write_dicomdir(const std::filesystem::path& root,
                                                              std::span<const std::string> files);

}  // namespace cxr::bridge
