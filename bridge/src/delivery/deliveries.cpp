#include "bridge/delivery/deliveries.hpp"

#include "bridge/daemon/composition.hpp"

#include <stdexcept>

namespace cxr::bridge {

namespace {

template <typename T>
T value_or_throw(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().doing);
    }
    return std::move(result).value();
}

DeliverySource source_of(const config::Config& config,
                         const Catalogue& catalogue,
                         CommitmentLedger& ledger) {
    return {.find =
                [&catalogue](std::vector<std::string> sop_instance_uids) {
                    dicom::RetrieveIdentifier identifier;
                    identifier.sop_instance_uids = std::move(sop_instance_uids);
                    return catalogue.instances(identifier);
                },
            .ledger = &ledger,
            .own_ae_title = config.node.aet};
}

}  // namespace

Deliveries::Deliveries(const config::Config& config,
                       Catalogue& catalogue,
                       CommitmentLedger& ledger,
                       Log& log)
    : catalogue_(catalogue),
      log_(log),
      queue_(value_or_throw(
          DeliveryQueue::open(queue_file(config), source_of(config, catalogue, ledger)))),
      routes_(value_or_throw(routes_of(config))),
      kept_for_(24 * config.state.keep_deliveries_days) {
    if (auto recovered = queue_->recover(); !recovered) {
        throw std::runtime_error(recovered.error().doing);
    }
}

Deliveries::~Deliveries() {
    stop();
}

void Deliveries::start(std::function<void()> deliver) {
    if (routes_.empty()) {
        return;
    }
    deliver_ = std::move(deliver);
    catalogue_.on_received([this](const ReceivedObject& object) { take_received(object); });
    enqueuing_ = std::jthread([this](const std::stop_token& stop) {
        try {
            enqueue_what_is_offered(stop);
            forget_what_is_gone(stop);
        } catch (const std::exception& fault) {
            log_.write(LogLevel::error, "deliveries not enqueued", {{"why", fault.what()}});
        }
    });
}

void Deliveries::stop() {
    if (enqueuing_.joinable()) {
        enqueuing_.request_stop();
        enqueuing_.join();
    }
}

void Deliveries::enqueue_what_is_offered(const std::stop_token& stop) {
    const auto added = enqueue_offered(catalogue_, routes_, *queue_, stop);
    if (!added) {
        log_.write(LogLevel::error, "deliveries not enqueued", {{"why", added.error().doing}});
    } else {
        log_.write(*added > 0 ? LogLevel::info : LogLevel::debug,
                   "deliveries enqueued",
                   {{"objects", static_cast<std::int64_t>(*added)}});
    }
    deliver_();
}

void Deliveries::forget_what_is_gone(const std::stop_token& stop) {
    const auto forgotten = queue_->forget_gone(std::chrono::system_clock::now(), kept_for_, stop);
    if (!forgotten) {
        log_.write(LogLevel::error, "deliveries not forgotten", {{"why", forgotten.error().doing}});
    } else if (*forgotten > 0) {
        log_.write(LogLevel::info,
                   "deliveries forgotten of what is not offered any more",
                   {{"objects", static_cast<std::int64_t>(*forgotten)}});
    }
}

/// What cannot be enqueued now is found missing at the next start.
void Deliveries::take_received(const ReceivedObject& object) {
    const auto added = enqueue_received(object, routes_, *queue_);
    if (!added) {
        log_.write(
            LogLevel::error,
            "delivery not enqueued: it is at the next start",
            {{"sop_instance_uid", object.instance.sop_instance_uid}, {"why", added.error().doing}});
    } else if (*added > 0) {
        deliver_();
    }
}

}  // namespace cxr::bridge
