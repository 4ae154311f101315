#pragma once
/// Made objects straight from a data set folder, without a catalogue: what `send` and `export --to`
/// hand to the C-STORE user. The folder must outlive it.

#include "bridge/data_set/folder.hpp"
#include "storescp/ports.hpp"

#include <span>
#include <utility>
#include <vector>

namespace cxr::bridge {

class FolderSource final : public storescp::RetrievePort {
public:
    FolderSource(const DataSetFolder& folder, dicom::MappingOptions mapping)
        : folder_(folder), mapping_(std::move(mapping)) {}

    /// The chosen records' objects of the chosen kinds; box reports only where there are boxes.
    [[nodiscard]] std::vector<storescp::InstanceReference> references(
        std::span<const dicom::ImageRecord* const> records,
        std::span<const dicom::DerivedKind> kinds) const;

    /// Not a query port: refuses (unsupported).
    [[nodiscard]] Result<std::vector<storescp::InstanceReference>> instances(
        const dicom::RetrieveIdentifier& identifier) override;
    [[nodiscard]] std::vector<std::string> transfer_syntaxes(
        const storescp::InstanceReference& instance) override;
    [[nodiscard]] Result<dicom::EncodedObject> load(
        const storescp::InstanceReference& instance,
        const std::string& transfer_syntax_uid) override;

private:
    const DataSetFolder& folder_;
    dicom::MappingOptions mapping_;
};

}  // namespace cxr::bridge
