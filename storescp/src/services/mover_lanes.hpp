#pragma once
/// What the two halves of Mover share: the objects of one batch and the lanes that send them.

#include "services/mover.hpp"
#include "storescp/association/signal.hpp"

#include <exception>
#include <utility>

namespace cxr::storescp {

/// The objects of one batch, for whichever lane is free next. Owned by the lanes together.
struct Mover::Work {
    Work(const boost::asio::any_io_executor& executor,
         std::vector<ProposedContext> proposed,
         std::shared_ptr<const Agreement> agreed,
         std::unique_ptr<LookAhead> objects,
         std::span<const InstanceReference> instances)
        : contexts(std::move(proposed)),
          agreement(std::move(agreed)),
          look_ahead(std::move(objects)),
          left(instances),
          changed(executor) {}

    const std::vector<ProposedContext> contexts;
    /// The first lane's: what the objects are loaded for.
    const std::shared_ptr<const Agreement> agreement;
    const std::unique_ptr<LookAhead> look_ahead;
    std::span<const InstanceReference> left;  ///< in the order in which they are loaded
    std::size_t further = 0;                  ///< lanes beside the first, also while they connect
    std::size_t lanes = 1;                    ///< that send
    bool no_more_lanes = false;               ///< the destination did not want another
    bool gave_way = false;                    ///< a lane, to those that send
    std::exception_ptr thrown{};
    Signal changed;  ///< a further lane has ended
};

/// One association with the destination, and what is on its way over it.
struct Mover::Lane {
    struct InFlight {
        std::uint16_t message_id;
        InstanceReference instance;
        std::size_t bytes;  ///< of its data set
    };

    Lane(std::shared_ptr<Mover> owner, Association& over, bool beside_others)
        : mover(std::move(owner)), association(over), is_further(beside_others) {
        mover->open_.push_back(&association);
    }
    ~Lane() { std::erase(mover->open_, &association); }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    const std::shared_ptr<Mover> mover;
    Association& association;
    const bool is_further;
    std::vector<InFlight> in_flight{};
    Fault lost{.kind = FaultKind::peer_gone, .doing = {}};  ///< why it was, if it was
};

}  // namespace cxr::storescp
