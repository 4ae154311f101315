#pragma once
/// What is known of a peer before the first case is played: what it accepts, and something that it
/// holds. Constant after Examiner::meet().

#include "dicom/core/attributes.hpp"
#include "storescp/conformance/examiner.hpp"
#include "storescp/upper_layer/pdu.hpp"

#include <map>
#include <set>

namespace cxr::storescp::conformance {

struct HeldInstance {
    std::string patient_id, study_instance_uid, series_instance_uid, sop_instance_uid,
        sop_class_uid;
};

struct Examiner::Known {
    PeerSummary summary;
    std::set<std::string, std::less<>> accepted;  ///< abstract syntaxes
    std::map<std::string, std::set<std::string>, std::less<>>
        storage_syntaxes;  ///< by abstract syntax: what of ours it takes
    /// Matches of one query at the STUDY level, some hundreds at most.
    std::vector<dicom::Attributes> studies;
    /// All of one study; empty: the peer holds nothing that can be found.
    std::vector<HeldInstance> instances;
    /// Of the test patient, stored by us; empty unless that was allowed.
    std::vector<HeldInstance> stored;
};

}  // namespace cxr::storescp::conformance
