// The lanes of a C-MOVE: each sends what it takes over its own association, as many operations at a
// time as its peer granted (PS3.7 D.3.3.3).
#include "services/mover_lanes.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace cxr::storescp {

namespace {

/// Objects loaded for one association can go over another that agreed on the same.
bool agree_alike(const Agreement& first, const Agreement& other) {
    return std::ranges::all_of(first.contexts, [&other](const PresentationContext& context) {
        const PresentationContext* const same = other.accepted(context.id);
        return context.result != ContextResult::acceptance ||
               (same != nullptr && same->transfer_syntax == context.transfer_syntax);
    });
}

}  // namespace

std::size_t Mover::lanes_max() const {
    return share_.of(destination_.associations);
}

/// The first lane stays as long as there is anything; a further one gives way to other moves.
bool Mover::may_take(const Work& work, const Lane& lane) const {
    return request_.is_wanted() && !work.left.empty() && !work.thrown &&
           (!lane.is_further || work.lanes <= lanes_max());
}

void Mover::open_further_lanes(const std::shared_ptr<Work>& work) {
    while (!work->no_more_lanes && work->further < work->left.size() &&
           work->further + 1 < lanes_max()) {
        ++work->further;
        boost::asio::co_spawn(request_.association().executor(),
                              further_lane(shared_from_this(), work),
                              [work](const std::exception_ptr& thrown) {
                                  if (thrown && !work->thrown) {
                                      work->thrown = thrown;
                                  }
                                  --work->further;
                                  work->changed.notify();
                              });
    }
}

/// A destination that wants no further association has the objects over those that it took.
Awaitable<void> Mover::further_lane(std::shared_ptr<Mover> self, std::shared_ptr<Work> work) {
    auto request = association_request(work->contexts);
    auto association = co_await environment_.request_association(std::move(request));
    if (!association) {
        work->no_more_lanes = true;
        co_return;
    }
    Association& further = **association;
    bool is_alive = true;
    if (!agree_alike(*work->agreement, further.agreement())) {
        work->no_more_lanes = true;
    } else {
        struct Counted {
            std::shared_ptr<Work> work;
            ~Counted() { --work->lanes; }
        };
        ++work->lanes;
        const Counted counted{work};
        Lane lane(self, further, true);
        is_alive = co_await run_lane(work, lane);
        work->gave_way = work->gave_way || (is_alive && !work->left.empty());
    }
    if (is_alive) {
        co_await further.release();
    } else {
        work->no_more_lanes = true;
    }
}

/// After the first. Lanes may have given way to one that was lost and not known to be: one comes
/// back for what is left.
Awaitable<void> Mover::end_further_lanes(std::shared_ptr<Work> work) {
    for (bool ended = false; !ended;) {
        while (work->further > 0) {
            co_await work->changed.wait();
        }
        ended = !std::exchange(work->gave_way, false) || work->left.empty() || work->thrown ||
                !request_.is_wanted();
        if (!ended) {
            try {
                co_await further_lane(shared_from_this(), work);
            } catch (...) {
                work->thrown = std::current_exception();
            }
        }
    }
}

/// False when the association was lost; what was on its way over it has failed.
Awaitable<bool> Mover::run_lane(const std::shared_ptr<Work>& work, Lane& lane) {
    const std::size_t window =
        std::max<std::size_t>(1, lane.association.agreement().operations_invoked_max);
    bool is_alive = true;
    while (is_alive) {
        while (is_alive && lane.in_flight.size() < window && may_take(*work, lane)) {
            is_alive = co_await send_next(work, lane);
        }
        if (lane.in_flight.empty()) {
            break;
        }
        if (is_alive) {
            is_alive = co_await take_response(lane);
        }
    }
    if (!is_alive) {
        for (const Lane::InFlight& unanswered : lane.in_flight) {
            operations_.fail(unanswered.instance, lane.lost);
        }
    }
    co_return is_alive;
}

/// False when the association was lost.
Awaitable<bool> Mover::send_next(const std::shared_ptr<Work>& work, Lane& lane) {
    const InstanceReference& instance = work->left.front();
    work->left = work->left.subspan(1);
    open_further_lanes(work);
    auto loaded = co_await work->look_ahead->next();
    if (!request_.is_wanted()) {
        co_return true;
    }
    if (!loaded) {
        operations_.fail(instance, loaded.error());
        notify_progress();
        co_return true;
    }
    const std::uint16_t message_id = next_message_id_++;
    StoreInvocation invocation{
        .message_id = message_id,
        .priority = request_.command().priority.value_or(0),
        .originator = MoveOriginator{request_.peers().calling, request_.message_id()}};
    lane.in_flight.push_back(
        {.message_id = message_id, .instance = instance, .bytes = loaded->object.size_bytes()});
    const auto sent =
        co_await send_store_request(lane.association, std::move(*loaded), std::move(invocation));
    if (!sent) {
        lane.lost = sent.error();
    }
    co_return sent.has_value();
}

/// Of any object on its way. False when the association was lost.
Awaitable<bool> Mover::take_response(Lane& lane) {
    std::vector<std::uint16_t> message_ids;
    for (const Lane::InFlight& sent : lane.in_flight) {
        message_ids.push_back(sent.message_id);
    }
    const auto response =
        co_await receive_response(lane.association, CommandField::c_store_rsp, message_ids);
    if (!response) {
        lane.lost = response.error();
        co_return false;
    }
    const auto answered = std::ranges::find(
        lane.in_flight, *response->message_id_being_responded_to, &Lane::InFlight::message_id);
    operations_.count(answered->instance, store_response_of(*response), answered->bytes);
    lane.in_flight.erase(answered);
    if (is_report_due()) {
        notify_progress();
    }
    co_return true;
}

}  // namespace cxr::storescp
