#pragma once
/// What the dialogues of the retrieve cases have in common: C-GET with roles, C-MOVE to ourselves.

#include "conformance/own_provider.hpp"
#include "conformance/query_steps.hpp"

namespace cxr::storescp::conformance {

/// C-GET Study Root, and storage of these classes with the SCP role for us (unless `roles` is
/// false). An empty class, of a peer that does not tell it, stands for the usual ones. NotPlayable:
/// no C-GET.
[[nodiscard]] pdu::AssociateRQ get_request(const Play& play,
                                           const std::vector<std::string>& classes,
                                           bool roles = true);
[[nodiscard]] Probe open_get(Play& play,
                             const std::vector<std::string>& classes,
                             bool roles = true);
/// The classes of the held study; empty ones among them as above.
[[nodiscard]] std::vector<std::string> held_classes(const Play& play);

/// IMAGE level: this one.
[[nodiscard]] Attributes one_instance(const HeldInstance& held);
/// STUDY level: the study that is held.
[[nodiscard]] Attributes whole_study(const HeldInstance& held);
/// STUDY level: the held study and the instances it is known to have. NotPlayable: fewer than that.
struct Several {
    Attributes identifier;
    std::vector<std::string> sop_instance_uids;
};
[[nodiscard]] Several several_instances(const Play& play, std::size_t at_least);

/// C-MOVE Study Root to our own listener, which does as `script` says. NotPlayable without
/// --move-destination.
struct MoveOptions {
    std::uint16_t priority = 0;
};
struct MoveResult {
    Retrieval retrieval;
    std::vector<Visit> visits;
};
[[nodiscard]] MoveResult move_to_us(Play& play,
                                    const Attributes& identifier,
                                    const ProviderScript& script,
                                    const MoveOptions& options = {});
/// C-MOVE to any destination; nobody of ours listens.
[[nodiscard]] Retrieval move_to(Play& play,
                                const std::optional<std::string>& destination,
                                const Attributes& identifier,
                                std::string_view command_class = sop::study_root_move);
/// What follows a C-MOVE-RQ or C-GET-RQ without sub-operations of ours.
[[nodiscard]] Retrieval collect_responses(Probe& probe);

/// Which of completed, failed, warning, remaining are present and not zero.
[[nodiscard]] std::set<std::string> counters(const Seen& response);
/// "C-GET-RSP B000, 1 completed, 2 failed"
[[nodiscard]] std::string in_words(const Seen& response);

/// All of the held study by C-GET, each object answered by `answer`.
[[nodiscard]] Retrieval got(Play& play, const StoreAnswer& answer = store_success);
[[nodiscard]] StoreAnswer always(std::uint16_t status);
/// This status for the first object, success for the others.
[[nodiscard]] StoreAnswer failing_first(std::uint16_t status);
/// The final response's command. Deviation: there is none.
[[nodiscard]] const CommandSet& command_of(const Retrieval& retrieval);
void expect_status(Play& play, std::string_view expected, const Retrieval& retrieval);
/// The final response counts as many failures as its list names, and has nothing but that list.
void expect_failed_list(Play& play, const Retrieval& retrieval, std::size_t failed);
/// The same where all of the held study failed: the list names each.
void expect_all_failed(Play& play, const Retrieval& retrieval);
/// Counters of the final response. They may be absent (PS3.4 C.4.2.1.6 to 9); what is there is
/// right.
struct Counts {
    std::size_t completed = 0, failed = 0, warning = 0;
};
void expect_counters(Play& play, const Retrieval& retrieval, const Counts& counts);
/// Can the peer move to our listener?
[[nodiscard]] bool moves_to_us(const Play& play);
/// Instance UIDs of the held study, sorted.
[[nodiscard]] std::vector<std::string> held_instances(const Play& play);

}  // namespace cxr::storescp::conformance
