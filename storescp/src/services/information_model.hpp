#pragma once
/// The Query/Retrieve SOP classes (PS3.4 C.6) and what an association's extended negotiation says
/// about them (PS3.4 C.5).

#include "dicom/query/identifier.hpp"
#include "services/request.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cxr::storescp {

struct QueryRetrieveClass {
    std::string_view uid;
    dicom::InformationModel model;
    CommandField command;
    bool retired;
};
[[nodiscard]] std::span<const QueryRetrieveClass> query_retrieve_classes();
[[nodiscard]] const QueryRetrieveClass* find_query_retrieve_class(std::string_view uid);

/// The model of a class in the table.
[[nodiscard]] dicom::InformationModel information_model(std::string_view sop_class_uid);
/// The configured rules, widened by what was negotiated for the request's class.
[[nodiscard]] dicom::QueryRules query_rules(dicom::QueryRules configured, const Request& request);

}  // namespace cxr::storescp
