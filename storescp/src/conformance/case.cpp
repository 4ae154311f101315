#include "storescp/conformance/case.hpp"

#include "conformance/cases.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace cxr::storescp::conformance {

std::span<const Case> all_cases() {
    static const std::vector<Case> all = [] {
        std::vector<Case> joined;
        for (const auto part : {association_negotiation_cases(),
                                association_context_cases(),
                                association_protocol_cases(),
                                association_data_cases(),
                                association_idle_cases(),
                                verification_cases(),
                                dimse_cases(),
                                storage_cases(),
                                query_rule_cases(),
                                query_response_cases(),
                                query_matching_cases(),
                                query_option_cases(),
                                query_flow_cases(),
                                retrieve_outcome_cases(),
                                retrieve_identifier_cases(),
                                retrieve_request_cases(),
                                commitment_cases(),
                                security_cases()}) {
            joined.insert(joined.end(), part.begin(), part.end());
        }
        return joined;
    }();
    return all;
}

const Case* find_case(std::string_view id) {
    const auto all = all_cases();
    const auto found = std::ranges::find(all, id, &Case::id);
    return found == all.end() ? nullptr : &*found;
}

std::string_view group_name(char group) {
    switch (group) {
        case 'A':
            return "Association";
        case 'V':
            return "Verification, DIMSE";
        case 'S':
            return "Storage";
        case 'F':
            return "Query";
        case 'R':
            return "Retrieve";
        case 'K':
            return "Storage commitment";
        case 'X':
            return "Security";
        default:
            return "";
    }
}

bool is_named_by(const Case& one, std::string_view pattern) {
    const bool any_end = pattern.ends_with('*');
    if (any_end) {
        pattern.remove_suffix(1);
    }
    const auto same_letter = [](unsigned char a, unsigned char b) {
        return std::toupper(a) == std::toupper(b);
    };
    return any_end ? std::ranges::equal(one.id.substr(0, pattern.size()), pattern, same_letter)
                   : std::ranges::equal(one.id, pattern, same_letter);
}

}  // namespace cxr::storescp::conformance
