// A courier's way to its destination: one association, the objects over it, what becomes of each.
#include "services/courier.hpp"
#include "storescp/on_pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp {

using std::chrono::system_clock;

namespace {

constexpr std::uint16_t medium_priority = 0;

std::vector<InstanceReference> instances_of(std::span<const OwedObject> batch) {
    std::vector<InstanceReference> instances;
    instances.reserve(batch.size());
    for (const OwedObject& owed : batch) {
        instances.push_back(owed.instance);
    }
    return instances;
}

/// Every SOP class of the batch was proposed: what the peer refused then, it would refuse again.
bool were_proposed(std::span<const OwedObject> batch, const Agreement& agreement) {
    return std::ranges::all_of(batch, [&agreement](const OwedObject& owed) {
        return std::ranges::find(agreement.contexts,
                                 owed.instance.sop_class_uid,
                                 &PresentationContext::abstract_syntax) != agreement.contexts.end();
    });
}

}  // namespace

/// One association with the destination.
struct Courier::Session {
    std::unique_ptr<Association> association;
    DeliveryFinished outcome;
    std::string trouble;  ///< why nothing more goes over it
    bool no_resources = false;
    std::vector<InstanceReference> delivered, failed;  ///< of the batch under way, to be audited

    [[nodiscard]] bool took_something() const { return outcome.delivered > 0; }
};

Awaitable<void> Courier::deliver(std::vector<OwedObject> batch) {
    const auto begin = std::chrono::steady_clock::now();
    Session session;
    session.outcome.destination = destination_.ae_title;
    auto plan = [this, instances = instances_of(batch), preferred = preferred()] {
        return contexts_for(instances, environment_.objects, preferred);
    };
    auto contexts = co_await on_pool(environment_.pool, std::move(plan));
    auto association = co_await associate(std::move(contexts));
    if (!association) {
        session.trouble = association.error().doing;
    } else {
        session.association = std::move(*association);
        session.outcome.association = session.association->number();
        struct Current {
            Courier& courier;
            ~Current() { courier.association_ = nullptr; }
        };
        const Current current{*this};
        association_ = session.association.get();
        const Agreement agreement = session.association->agreement();
        while (!batch.empty() && session.trouble.empty() && were_proposed(batch, agreement)) {
            co_await send(session, batch);
            batch.clear();
            if (!stopping_ && session.trouble.empty()) {
                batch = co_await take_due();
            }
        }
        if (session.association->is_open()) {
            co_await session.association->release();
        }
    }
    if (!session.trouble.empty() && (session.no_resources || !session.took_something())) {
        session.outcome.pause = co_await pause(session.trouble);
    } else {
        session.outcome.pause.why = session.trouble;  // lost on the way: asked for again at once
    }
    session.outcome.took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    environment_.events.on(session.outcome);
}

/// Kept for as long as the courier is: loads that nobody waits for any more may still look at it.
std::span<const std::string> Courier::preferred() {
    const auto policy = access();
    const auto peer = policy->peers.find(destination_.ae_title);
    const auto now = peer == policy->peers.end() ? std::vector<std::string>()
                                                 : peer->second.preferred_transfer_syntaxes;
    if (preferences_.empty() || preferences_.back() != now) {
        preferences_.push_back(now);
    }
    return preferences_.back();
}

Awaitable<void> Courier::send(Session& session, std::span<const OwedObject> batch) {
    using Stage = DeliveryAudited::Stage;
    session.delivered.clear();
    session.failed.clear();
    co_await audit(Stage::begun, instances_of(batch));
    co_await send_each(session, batch);
    co_await audit(Stage::delivered, std::move(session.delivered));
    co_await audit(Stage::failed, std::move(session.failed));
}

Awaitable<void> Courier::audit(DeliveryAudited::Stage stage,
                               std::vector<InstanceReference> instances) {
    if (!environment_.settings.audit || instances.empty()) {
        co_return;
    }
    auto whose = [this, of = std::move(instances)] { return environment_.objects.subjects(of); };
    auto subjects = co_await on_pool(environment_.pool, std::move(whose));
    environment_.events.on(DeliveryAudited{
        .stage = stage, .destination = destination_.ae_title, .subjects = std::move(subjects)});
}

Awaitable<void> Courier::send_each(Session& session, std::span<const OwedObject> batch) {
    const auto instances = instances_of(batch);
    StoreSequence sequence(
        *session.association, environment_.pool, environment_.objects, instances, preferred());
    for (const OwedObject& owed : batch) {
        if (stopping_) {
            co_return;
        }
        if (!session.association->is_open()) {
            session.trouble = "the destination ended the association";
            co_return;
        }
        message_id_ = message_id_ == 65'535 ? 1 : message_id_ + 1;
        const auto response = co_await sequence.store_next(message_id_, medium_priority);
        if (!response && response.error().kind == FaultKind::peer_gone) {
            session.trouble = response.error().doing;
        } else if (response && may_pass(response)) {
            session.trouble = fmt::format("out of resources, status {:04X}H", response->status);
            session.no_resources = true;
        }
        co_await settle(session, owed, delivery_of(owed, response));
        if (!session.trouble.empty()) {
            co_return;
        }
    }
}

/// PS3.4 B.2.3: success and warnings are stored; A7xxH may pass; all else is for a person.
ObjectDelivery Courier::delivery_of(const OwedObject& owed,
                                    const Result<StoreResponse>& response) const {
    using Outcome = ObjectDelivery::Outcome;
    ObjectDelivery delivery;
    if (!response) {
        delivery.why = response.error().doing;
    } else {
        delivery.status = response->status;
        const StoreVerdict verdict = verdict_of(response->status);
        if (verdict == StoreVerdict::success) {
            return delivery;
        }
        delivery.why = fmt::format("{} {:04X}H{}{}",
                                   verdict == StoreVerdict::warning ? "warning" : "status",
                                   response->status,
                                   response->error_comment.empty() ? "" : ": ",
                                   response->error_comment);
        if (verdict == StoreVerdict::warning) {
            return delivery;
        }
    }
    delivery.outcome = Outcome::failed;
    const auto wait = destination_.retry.wait_after(owed.attempts + 1);
    if (wait && may_pass(response)) {
        delivery.outcome = Outcome::postponed;
        delivery.next_attempt = system_clock::now() + *wait;
    }
    return delivery;
}

Awaitable<void> Courier::settle(Session& session, const OwedObject& owed, ObjectDelivery delivery) {
    using Outcome = ObjectDelivery::Outcome;
    DeliveryFinished& outcome = session.outcome;
    if (delivery.outcome == Outcome::delivered) {
        if (!session.took_something()) {
            co_await mark_reached();
        }
        ++outcome.delivered;
        outcome.warnings += delivery.why.empty() ? 0 : 1;
        session.delivered.push_back(owed.instance);
    } else if (delivery.outcome == Outcome::postponed) {
        ++outcome.postponed;
    } else {
        ++outcome.failed;
        session.failed.push_back(owed.instance);
        environment_.events.on(DeliveryFailed{.destination = destination_.ae_title,
                                              .sop_instance_uid = owed.instance.sop_instance_uid,
                                              .why = delivery.why});
    }
    auto write = [this, id = owed.id, what = std::move(delivery)] {
        return environment_.port.settle(id, what);
    };
    // Unwritten, it is owed as before; better a pause than the same objects for ever.
    if (const auto written = co_await on_pool(environment_.pool, std::move(write)); !written) {
        session.trouble = written.error().doing;
        session.no_resources = true;
    }
}

Awaitable<void> Courier::mark_reached() {
    auto mark = [this]() -> Result<void> {
        const auto attempts = environment_.port.attempts(destination_.ae_title);
        if (!attempts || *attempts == 0) {
            return {};
        }
        return environment_.port.pause(destination_.ae_title, {});
    };
    // Unwritten, its next trouble counts as one more of the same.
    static_cast<void>(co_await on_pool(environment_.pool, std::move(mark)));
}

Awaitable<DestinationPause> Courier::pause(std::string why) {
    auto write = [this, reason = std::move(why)] {
        DestinationPause pause{.attempts = 1, .next_attempt = {}, .why = reason};
        if (const auto attempts = environment_.port.attempts(destination_.ae_title)) {
            pause.attempts = *attempts + 1;
        }
        if (const auto wait = destination_.retry.wait_after(pause.attempts)) {
            pause.next_attempt = system_clock::now() + *wait;
        }
        // Unwritten, it is tried again at once: the rest between attempts holds all the same.
        static_cast<void>(environment_.port.pause(destination_.ae_title, pause));
        return pause;
    };
    co_return co_await on_pool(environment_.pool, std::move(write));
}

}  // namespace cxr::storescp
