#include "dicom/report/report_reader.hpp"

#include <fmt/format.h>

#include <memory>
#include <unordered_map>

namespace cxr::dicom {

ImageNames names_of_images(std::span<const ImageRecord> records, const MappingOptions& options) {
    auto names = std::make_shared<std::unordered_map<std::string, std::string>>();
    names->reserve(records.size());
    for (const ImageRecord& record : records) {
        names->emplace(instance_entity(record, DerivedKind::image, options).sop_instance_uid,
                       record.row.image_index);
    }
    return [names = std::shared_ptr<const std::unordered_map<std::string, std::string>>(
                std::move(names))](const std::string& uid, const std::string&) {
        const auto found = names->find(uid);
        return found == names->end() ? std::nullopt : std::optional(found->second);
    };
}

ImageNames derived_image_names(const MappingOptions& options) {
    return [options](const std::string& uid,
                     const std::string& patient_id) -> std::optional<std::string> {
        constexpr std::size_t patient_id_length = 8;
        if (patient_id.size() != patient_id_length) {
            return std::nullopt;
        }
        ImageRecord candidate;
        for (int number = 0; number < 1000; ++number) {
            candidate.row.image_index = fmt::format("{}_{:03}.png", patient_id, number);
            if (instance_entity(candidate, DerivedKind::image, options).sop_instance_uid == uid) {
                return candidate.row.image_index;
            }
        }
        return std::nullopt;
    };
}

}  // namespace cxr::dicom
