#pragma once
/// Storage commitment as a user (PS3.4 Annex J): the request, and the event that follows on the
/// same association or on a new one with our listener.

#include "conformance/own_provider.hpp"
#include "conformance/query_steps.hpp"

namespace cxr::storescp::conformance {

struct Reference {
    std::string sop_class_uid, sop_instance_uid;
    friend auto operator<=>(const Reference&, const Reference&) = default;
};

struct CommitmentRequest {
    std::string transaction_uid;
    std::vector<Reference> references;
    std::string sop_class_uid = std::string(sop::storage_commitment);
    std::string sop_instance_uid = std::string(storage_commitment_instance);
    std::uint16_t action_type_id = 1;
    bool without_transaction = false, without_references = false;
};

/// The N-EVENT-REPORT-RQ, read.
struct CommitmentEvent {
    std::uint16_t type = 0;
    std::string transaction_uid;
    std::vector<Reference> committed;
    struct Failed {
        Reference reference;
        std::string reason;  ///< "0112"
    };
    std::vector<Failed> failed;
    bool retrieve_ae_title_above = false, retrieve_ae_title_in_items = false;
    bool on_a_new_association = false;
};
/// "event type 2, 1 committed, 1 failed (0112)"
[[nodiscard]] std::string in_words(const CommitmentEvent& event);

class CommitmentDialogue {
public:
    /// Opens the association, and our listener where one is configured. NotPlayable: the peer
    /// offers no storage commitment.
    explicit CommitmentDialogue(Play& play);
    /// N-ACTION; the response.
    Seen request(const CommitmentRequest& request);
    /// The next event, which is answered 0000. NotPlayable when none comes on this association and
    /// no listener is configured; Deviation when none comes at all.
    CommitmentEvent await_event();
    void release() { probe_.release(); }
    /// After finish: the association requests of the peer to us.
    std::vector<Visit> finish();

private:
    Play& play_;
    std::unique_ptr<OwnProvider> provider_;
    Probe probe_;
};

/// What is held (or what we stored), as references.
[[nodiscard]] std::vector<Reference> held_references(const Play& play);

}  // namespace cxr::storescp::conformance
