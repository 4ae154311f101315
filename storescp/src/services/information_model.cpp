#include "services/information_model.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace cxr::storescp {

namespace {

using dicom::InformationModel;

constexpr std::array classes{
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.1.1",
                       InformationModel::patient_root,
                       CommandField::c_find_rq,
                       false},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.1.2",
                       InformationModel::patient_root,
                       CommandField::c_move_rq,
                       false},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.1.3",
                       InformationModel::patient_root,
                       CommandField::c_get_rq,
                       false},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.2.1",
                       InformationModel::study_root,
                       CommandField::c_find_rq,
                       false},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.2.2",
                       InformationModel::study_root,
                       CommandField::c_move_rq,
                       false},
    QueryRetrieveClass{
        "1.2.840.10008.5.1.4.1.2.2.3", InformationModel::study_root, CommandField::c_get_rq, false},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.3.1",
                       InformationModel::patient_study_only,
                       CommandField::c_find_rq,
                       true},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.3.2",
                       InformationModel::patient_study_only,
                       CommandField::c_move_rq,
                       true},
    QueryRetrieveClass{"1.2.840.10008.5.1.4.1.2.3.3",
                       InformationModel::patient_study_only,
                       CommandField::c_get_rq,
                       true},
};

}  // namespace

std::span<const QueryRetrieveClass> query_retrieve_classes() {
    return classes;
}

const QueryRetrieveClass* find_query_retrieve_class(std::string_view uid) {
    const auto* const found =
        std::find_if(classes.begin(), classes.end(), [uid](const QueryRetrieveClass& candidate) {
            return candidate.uid == uid;
        });
    return found == classes.end() ? nullptr : found;
}

dicom::InformationModel information_model(std::string_view sop_class_uid) {
    const auto* const found = find_query_retrieve_class(sop_class_uid);
    if (found == nullptr) {
        throw std::logic_error("not a Query/Retrieve SOP class: " + std::string(sop_class_uid));
    }
    return found->model;
}

dicom::QueryRules query_rules(dicom::QueryRules configured, const Request& request) {
    const Agreement& agreement = request.association().agreement();
    const auto agreed = agreement.extended_negotiation.find(request.context()->abstract_syntax);
    if (agreed == agreement.extended_negotiation.end()) {
        return configured;
    }
    const auto negotiated = [&](std::size_t byte) {
        return byte < agreed->second.size() && agreed->second[byte] == 1;
    };
    configured.relational = configured.relational || negotiated(0);
    if (request.command().is(CommandField::c_find_rq)) {
        configured.combined_date_time = configured.combined_date_time || negotiated(1);
        configured.fuzzy_names = configured.fuzzy_names || negotiated(2);
        configured.timezone_adjustment = configured.timezone_adjustment || negotiated(3);
        configured.empty_values = configured.empty_values || negotiated(5);
    }
    return configured;
}

}  // namespace cxr::storescp
