#include "bridge/cli/commands.hpp"

#include <fmt/ostream.h>

namespace cxr::bridge::cli {

std::optional<DataSetFolder> read(const DataSetChoice& choice, std::ostream& err) {
    auto folder = read_data_set(choice.path, choice.mapping);
    if (!folder) {
        fmt::print(err, "{}\n", folder.error().doing);
        return std::nullopt;
    }
    // The tables' own faults are for `verify` to tell.
    const std::size_t faults_before = folder->faults.size();
    if (auto added = add_annotations(*folder, choice.annotations); !added) {
        fmt::print(err, "{}\n", added.error().doing);
        return std::nullopt;
    }
    for (std::size_t i = faults_before; i < folder->faults.size(); ++i) {
        const dicom::RowFault& fault = folder->faults[i];
        fmt::print(err, "{}:{}: {}: {}\n", fault.file, fault.line, fault.column, fault.reason);
    }
    return *std::move(folder);
}

}  // namespace cxr::bridge::cli
