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
#include <set>
#include <utility>

namespace cxr::bridge {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::uint16_t medium_priority = 0;

std::string reason_of(const dicom::Result<storescp::StoreResponse>& response) {
    if (!response) {
        return response.error().doing;
    }
    return fmt::format("refused with status {:04X}H{}{}",
                       response->status,
                       response->error_comment.empty() ? "" : ": ",
                       response->error_comment);
}

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
    struct Postponed {
        storescp::InstanceReference instance;
        std::string why;
    };

    storescp::Awaitable<void> send_all() {
        std::vector<storescp::InstanceReference> left;  // of the rounds after the first
        std::span<const storescp::InstanceReference> round = instances_;
        for (unsigned in_vain = 0; !round.empty();) {
            const std::uint64_t before = stored();
            co_await send_round(round);
            in_vain = stored() > before ? 1 : in_vain + 1;
            const auto postponed = std::exchange(postponed_, {});
            const auto pause = settings_.retry.wait_after(in_vain);
            left.clear();
            for (const Postponed& each : postponed) {
                if (pause) {
                    left.push_back(each.instance);
                } else {
                    fail(each.instance, each.why);
                }
            }
            round = left;
            if (!round.empty()) {
                co_await wait(postponed.front().why, *pause, left.size());
            }
        }
    }

    storescp::Awaitable<void> send_round(std::span<const storescp::InstanceReference> round) {
        for (std::size_t i = 0; i < round.size(); ++i) {
            co_await wait_until_due(sent_);
            const bool connected = co_await connect();
            if (!connected) {
                for (const storescp::InstanceReference& instance : round.subspan(i)) {
                    postponed_.push_back({.instance = instance, .why = unreachable_});
                }
                co_return;
            }
            if (!sequence_) {
                sequence_.emplace(*association_,
                                  pool_,
                                  objects_,
                                  round.subspan(i),
                                  settings_.peer.preferred_transfer_syntaxes);
            }
            co_await send_one(round[i], static_cast<std::uint16_t>(sent_++ % 65'535 + 1));
            if (!association_->is_open()) {
                sequence_.reset();
                association_.reset();
            }
        }
        sequence_.reset();
        if (association_) {
            co_await association_->release();
            association_.reset();
        }
    }

    storescp::Awaitable<void> wait(const std::string& why,
                                   std::chrono::milliseconds pause,
                                   std::size_t left) {
        if (settings_.waiting) {
            settings_.waiting(why, pause, left);
        }
        asio::steady_timer timer(io_, pause);
        co_await timer.async_wait(asio::use_awaitable);
    }

    /// Object number `index` is due at begin + index / rate, however long its predecessors took.
    storescp::Awaitable<void> wait_until_due(std::uint64_t index) {
        if (settings_.rate <= 0) {
            co_return;
        }
        const std::chrono::duration<double> offset(static_cast<double>(index) / settings_.rate);
        asio::steady_timer timer(
            io_, begin_ + std::chrono::duration_cast<steady_clock::duration>(offset));
        co_await timer.async_wait(asio::use_awaitable);
    }

    storescp::Awaitable<bool> connect() {
        if (association_) {
            co_return true;
        }
        storescp::AssociationRequest request;
        request.peers = {.calling = settings_.calling_ae_title, .called = settings_.peer.ae_title};
        address_to(request, settings_.peer, *settings_.access);
        const auto kinds = one_of_each_kind();
        request.contexts =
            storescp::contexts_for(kinds, objects_, settings_.peer.preferred_transfer_syntaxes);
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
        if (storescp::may_pass(response)) {
            postponed_.push_back({.instance = instance, .why = reason_of(response)});
            co_return;
        }
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
                fail(instance, reason_of(response));
                co_return;
        }
        if (settings_.stored) {
            settings_.stored(instance);
        }
        report_.references.push_back({instance.sop_class_uid, instance.sop_instance_uid});
        finished_();
    }

    /// What contexts are proposed for: objects of a SOP class that are kept alike need the same.
    [[nodiscard]] std::vector<storescp::InstanceReference> one_of_each_kind() const {
        std::vector<storescp::InstanceReference> kinds;
        std::set<std::pair<std::string_view, std::string_view>> seen;
        for (const storescp::InstanceReference& instance : instances_) {
            if (seen.emplace(instance.sop_class_uid, instance.transfer_syntax_uid).second) {
                kinds.push_back(instance);
            }
        }
        return kinds;
    }

    [[nodiscard]] std::uint64_t stored() const {
        return report_.stored + report_.stored_with_warning;
    }

    void fail(const storescp::InstanceReference& instance, const std::string& why) {
        report_.failures.push_back(fmt::format("{}: {}", instance.sop_instance_uid, why));
        finished_();
    }

    storescp::RetrievePort& objects_;
    std::span<const storescp::InstanceReference> instances_;
    const TransmissionSettings& settings_;
    const std::function<void()>& finished_;
    const steady_clock::time_point begin_ = steady_clock::now();
    asio::io_context io_{1};
    asio::thread_pool pool_{settings_.threads};
    std::unique_ptr<storescp::Association> association_;
    std::optional<storescp::StoreSequence> sequence_;  ///< over that association
    std::string unreachable_;
    std::uint64_t sent_ = 0;  ///< how often something was sent, or tried to
    std::vector<Postponed> postponed_;
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
