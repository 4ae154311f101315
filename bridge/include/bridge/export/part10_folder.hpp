#pragma once
/// A folder of Part 10 files (PS3.10 §7) that an offline job fills: patient folders, whole files
/// only, and a job that was cut short is simply run again.

#include "bridge/export/whole_file.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

class Part10Folder {
public:
    /// @param root made when it is not there.
    /// @param extension of every file; media with a DICOMDIR have none (PS3.10 8.2).
    explicit Part10Folder(std::filesystem::path root, std::string extension = ".dcm")
        : root_(std::move(root)), extension_(std::move(extension)) {}

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }

    /// Writes `<patient_id>/<name><extension>`, replacing what differs. A file is there whole or
    /// not at all: it is written beside its place and renamed. Not forced to the disk, since a
    /// second run compares bytes and mends what a power failure left. Safe from several threads,
    /// for different files. Faults: malformed (a name that is more than letters, digits, '_', '-'
    /// and '.'), storage.
    [[nodiscard]] Result<Kept> keep(std::string_view patient_id,
                                    std::string_view name,
                                    const dicom::EncodedObject& object) const;

private:
    std::filesystem::path root_;
    std::string extension_;
};

}  // namespace cxr::bridge
