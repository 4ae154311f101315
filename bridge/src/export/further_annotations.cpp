#include "bridge/export/further_annotations.hpp"

#include "dicom/annotation/record_annotations.hpp"

#include <algorithm>
#include <cctype>

namespace cxr::bridge {

using dicom::Annotation;

std::string file_name_of(std::string_view text) {
    std::string name(text);
    std::ranges::replace_if(
        name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '.'; }, '-');
    return name.empty() ? "unnamed" : name;
}

void for_each_further_document(
    const dicom::ImageRecord& record,
    const dicom::MappingOptions& mapping,
    const AnnotationsByImage& received,
    const std::function<void(const std::string&, std::span<const Annotation>)>& visit) {
    for (std::size_t source = 0; source < record.sources.size(); ++source) {
        const auto said = dicom::source_annotations(record, source, mapping);
        if (!said.empty()) {
            visit("annotations_" + record.sources[source].source->name, said);
        }
    }
    const auto found = received.find(record.row.image_index);
    if (found == received.end()) {
        return;
    }
    const std::span<const Annotation> all = found->second;
    for (std::size_t first = 0; first < all.size();) {
        std::size_t last = first + 1;
        while (last < all.size() &&
               all[last].report.sop_instance_uid == all[first].report.sop_instance_uid) {
            ++last;
        }
        visit(file_name_of(all[first].observer.name), all.subspan(first, last - first));
        first = last;
    }
}

std::vector<Annotation> further_annotations(const dicom::ImageRecord& record,
                                            const dicom::MappingOptions& mapping,
                                            const AnnotationsByImage& received) {
    std::vector<Annotation> annotations;
    for_each_further_document(
        record, mapping, received, [&](const std::string&, std::span<const Annotation> said) {
            annotations.insert(annotations.end(), said.begin(), said.end());
        });
    return annotations;
}

}  // namespace cxr::bridge
