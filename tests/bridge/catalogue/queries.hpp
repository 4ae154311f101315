#pragma once
/// Short words for queries in tests.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/catalogue/generated_folder.hpp"
#include "dicom/query/identifier.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace cxr::test {

inline dicom::QueryKey key(const DcmTagKey& tag, std::string value = {}) {
    return {.supported = dicom::find_supported_key(tag),
            .value = std::move(value),
            .sequence_keys = {}};
}

inline dicom::QueryIdentifier query(
    dicom::QueryLevel level,
    std::vector<dicom::QueryKey> keys,
    dicom::InformationModel model = dicom::InformationModel::study_root) {
    std::ranges::sort(
        keys, [](const auto& a, const auto& b) { return a.supported->tag < b.supported->tag; });
    dicom::QueryIdentifier identifier;
    identifier.model = model;
    identifier.level = level;
    identifier.keys = std::move(keys);
    return identifier;
}

inline std::vector<dicom::Attributes> find_all(bridge::Catalogue& catalogue,
                                               const dicom::QueryIdentifier& identifier,
                                               std::size_t batch = 7) {
    const auto cursor = need(catalogue.find(identifier));
    std::vector<dicom::Attributes> all;
    while (true) {
        auto matches = need(cursor->next(batch));
        if (matches.empty()) {
            return all;
        }
        BOOST_TEST(matches.size() <= batch);
        std::ranges::move(matches, std::back_inserter(all));
    }
}

inline std::vector<dicom::Attributes> find_all(bridge::Catalogue& catalogue,
                                               dicom::QueryLevel level,
                                               std::vector<dicom::QueryKey> keys) {
    return find_all(catalogue, query(level, std::move(keys)));
}

inline std::string text_of(const dicom::Attributes& attributes, const DcmTagKey& tag) {
    const dicom::Attribute* found = dicom::find(attributes, tag);
    return found != nullptr ? found->value : "(absent)";
}

inline std::string study_uid(const dicom::ImageRecord& record) {
    return dicom::study_entity(record, {}).study_instance_uid;
}

inline dicom::RetrieveIdentifier study_of(const dicom::ImageRecord& record) {
    dicom::RetrieveIdentifier identifier;
    identifier.study_instance_uids = {study_uid(record)};
    return identifier;
}

}  // namespace cxr::test
