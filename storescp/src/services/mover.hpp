#pragma once
/// One C-MOVE under way (PS3.4 C.4.2): its objects go to the destination over one association, or
/// over several at a time where the destination is configured for that.
///
/// All on the requester's strand. Coroutines: one sends (and is the first association's lane), one
/// for each further lane, one reports progress to the requester, by count and by time, so that a
/// slow destination never looks like a dead node.
///  - Each coroutine holds the Mover: it is destroyed after the last of them, however they end.
///  - send_batch() ends after all its lanes, also when something is thrown, the request is
///  cancelled
///    or the requester goes; so run() ends after all coroutines, and nothing is counted after the
///    final response is made.
///  - An object is taken by one lane, and counted once: by that lane, or as failed with what no
///  lane
///    took.

#include "services/look_ahead.hpp"
#include "services/move_shares.hpp"
#include "services/retrieval.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace cxr::storescp {

class Mover : public std::enable_shared_from_this<Mover> {
public:
    Mover(const ServiceEnvironment& environment,
          Request& request,
          const Peer& destination,
          RetrieveTask task);

    /// Throws what a lane or the reporter threw.
    [[nodiscard]] Awaitable<Completion> run();

private:
    struct Work;
    struct Lane;

    Awaitable<void> send_all(std::shared_ptr<Mover> self);
    Awaitable<bool> send_batch(const Batch& batch);
    Awaitable<void> report_progress(std::shared_ptr<Mover> self);
    [[nodiscard]] AssociationRequest association_request(
        std::vector<ProposedContext> contexts) const;
    void fail_all(std::span<const InstanceReference> instances, const Fault& fault);

    // Lanes (mover_lanes.cpp).
    void open_further_lanes(const std::shared_ptr<Work>& work);
    Awaitable<void> end_further_lanes(std::shared_ptr<Work> work);
    Awaitable<void> further_lane(std::shared_ptr<Mover> self, std::shared_ptr<Work> work);
    Awaitable<bool> run_lane(const std::shared_ptr<Work>& work, Lane& lane);
    Awaitable<bool> send_next(const std::shared_ptr<Work>& work, Lane& lane);
    Awaitable<bool> take_response(Lane& lane);
    [[nodiscard]] bool may_take(const Work& work, const Lane& lane) const;
    [[nodiscard]] std::size_t lanes_max() const;

    [[nodiscard]] bool is_report_due() const;
    /// Also from destructors: without exceptions.
    void notify_progress() noexcept;

    const ServiceEnvironment& environment_;
    Request& request_;
    const Peer& destination_;
    std::vector<InstanceReference> instances_;
    SubOperations operations_;
    MoveShares::Share share_;
    boost::asio::steady_timer progress_;  ///< cancelled when there is something to report
    std::vector<Association*> open_;      ///< with the destination
    /// Of attempts to associate with it, when nobody waits for them any more.
    const std::shared_ptr<Interruption> interruption_ = std::make_shared<Interruption>();
    std::size_t reported_ = 0;
    std::uint16_t next_message_id_ = 1;
    bool finished_ = false;
};

}  // namespace cxr::storescp
