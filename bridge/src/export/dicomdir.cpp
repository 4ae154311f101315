#include "bridge/export/wrap.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcddirif.h>

#include <fmt/format.h>

namespace cxr::bridge {

Result<std::vector<std::string>> write_dicomdir(const std::filesystem::path& root,
                                                std::span<const std::string> files) {
    DicomDirInterface directory;
    const std::filesystem::path path = root / "DICOMDIR";
    const auto fault = [&path](const OFCondition& condition) {
        return Fault{.kind = FaultKind::storage,
                     .doing = fmt::format("{}: {}", path.string(), condition.text())};
    };
    OFCondition condition = directory.createNewDicomDir(
        DicomDirInterface::AP_GeneralPurpose, path.c_str(), "CHESTXRAY14");
    if (condition.bad()) {
        return fault(condition);
    }
    std::vector<std::string> failures;
    for (const std::string& file : files) {
        condition = directory.addDicomFile(file.c_str(), root.c_str());
        if (condition.bad()) {
            failures.push_back(fmt::format("{}: not in the DICOMDIR: {}", file, condition.text()));
        }
    }
    condition = directory.writeDicomDir();
    if (condition.bad()) {
        return fault(condition);
    }
    return failures;
}

}  // namespace cxr::bridge
