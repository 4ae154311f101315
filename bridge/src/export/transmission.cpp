#include "bridge/export/transmission.hpp"

#include "storescp/services/store_scu.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <chrono>
#include <optional>

namespace cxr::bridge {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::uint16_t medium_priority = 0;

class Transmission {
public:
    Transmission(storescp::RetrievePort& objects,
                 std::span<const storescp::InstanceReference> instances,
                 const TransmissionSettings& settings,
                 const std::function<void()>& finished)
        : objects_(objects), instances_(instances), settings_(settings), finished_(finished) {}

    TransmissionReport run() {
        asio::co_spawn(io_, send_all(), [](const std::exception_ptr& thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        });
        io_.run();
        pool_.join();
        return std::move(report_);
    }

private:
    storescp::Awaitable<void> send_all() {
        const auto begin = steady_clock::now();
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            co_await wait_until_due(begin, i);
            const bool connected = co_await connect();
            if (!connected) {
                for (; i < instances_.size(); ++i) {
                    fail(instances_[i], unreachable_);
                }
                co_return;
            }
            if (!sequence_) {
                sequence_.emplace(*association_,
                                  pool_,
                                  objects_,
                                  instances_.subspan(i),
                                  settings_.peer.preferred_transfer_syntaxes);
            }
            co_await send_one(instances_[i], static_cast<std::uint16_t>(i % 65'535 + 1));
            if (!association_->is_open()) {
                sequence_.reset();
                association_.reset();
            }
        }
        if (association_) {
            co_await association_->release();
        }
    }

    /// Object number `index` is due at begin + index / rate, however long its predecessors took.
    storescp::Awaitable<void> wait_until_due(steady_clock::time_point begin, std::size_t index) {
        if (settings_.rate <= 0) {
            co_return;
        }
        const std::chrono::duration<double> offset(static_cast<double>(index) / settings_.rate);
        asio::steady_timer timer(
            io_, begin + std::chrono::duration_cast<steady_clock::duration>(offset));
        co_await timer.async_wait(asio::use_awaitable);
    }

    storescp::Awaitable<bool> connect() {
        if (association_) {
            co_return true;
        }
        storescp::AssociationRequest request;
        request.peers = {.calling = settings_.calling_ae_title, .called = settings_.peer.ae_title};
        address_to(request, settings_.peer, *settings_.access);
        request.contexts = storescp::contexts_for(
            instances_, objects_, settings_.peer.preferred_transfer_syntaxes);
        auto association = co_await storescp::request_association(std::move(request));
        if (!association) {
            unreachable_ = association.error().doing;
            co_return false;
        }
        association_ = std::move(*association);
        co_return true;
    }

    storescp::Awaitable<void> send_one(const storescp::InstanceReference& instance,
                                       std::uint16_t message_id) {
        const auto response = co_await sequence_->store_next(message_id, medium_priority);
        if (!response) {
            fail(instance, response.error().doing);
            co_return;
        }
        switch (storescp::verdict_of(response->status)) {
            case storescp::StoreVerdict::success:
                ++report_.stored;
                break;
            case storescp::StoreVerdict::warning:
                ++report_.stored_with_warning;
                break;
            case storescp::StoreVerdict::failure:
                fail(instance,
                     fmt::format("refused with status {:04X}H{}{}",
                                 response->status,
                                 response->error_comment.empty() ? "" : ": ",
                                 response->error_comment));
                co_return;
        }
        report_.references.push_back({instance.sop_class_uid, instance.sop_instance_uid});
        finished_();
    }

    void fail(const storescp::InstanceReference& instance, const std::string& why) {
        report_.failures.push_back(fmt::format("{}: {}", instance.sop_instance_uid, why));
        finished_();
    }

    storescp::RetrievePort& objects_;
    std::span<const storescp::InstanceReference> instances_;
    const TransmissionSettings& settings_;
    const std::function<void()>& finished_;
    asio::io_context io_{1};
    asio::thread_pool pool_{2};
    std::unique_ptr<storescp::Association> association_;
    std::optional<storescp::StoreSequence> sequence_;  ///< over that association
    std::string unreachable_;
    TransmissionReport report_;
};

}  // namespace

TransmissionReport transmit(storescp::RetrievePort& objects,
                            std::span<const storescp::InstanceReference> instances,
                            const TransmissionSettings& settings,
                            const std::function<void()>& finished) {
    return Transmission(objects, instances, settings, finished).run();
}

}  // namespace cxr::bridge
