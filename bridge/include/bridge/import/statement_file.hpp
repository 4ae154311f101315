#pragma once
/// What becomes of statements that were read from reports: one file of flat annotations. Each
/// format keeps of a statement what its row needs, so that a whole collection's fit in little
/// memory.

#include "bridge/data_set/folder.hpp"
#include "dicom/annotation/annotation.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cxr::bridge {

enum class ImportFormat : std::uint8_t { csv, labels, json, coco };

class StatementFile {
public:
    /// @param output the file; nothing is there before write().
    /// @param data_set whose order and digits rows keep; outlives the file.
    /// Faults: storage.
    [[nodiscard]] static Result<std::unique_ptr<StatementFile>> begin(
        ImportFormat format, std::filesystem::path output, const DataSetFolder* data_set);

    virtual ~StatementFile() = default;
    StatementFile(const StatementFile&) = delete;
    StatementFile& operator=(const StatementFile&) = delete;

    /// Statements are numbered in this order, from 0.
    virtual void take(dicom::Annotation statement) = 0;

    /// Whole or not at all. @param current for each statement that was taken: is it written?
    /// @param unmapped whose label is none of ours: JSON alone has a place for them.
    /// @return how many statements are in the file. Faults: storage.
    [[nodiscard]] virtual Result<std::size_t> write(
        const std::vector<bool>& current, std::span<const dicom::Annotation> unmapped) = 0;

protected:
    StatementFile() = default;
};

}  // namespace cxr::bridge
