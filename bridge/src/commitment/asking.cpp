#include "bridge/commitment/asking.hpp"

#include "commitment/transaction_uid.hpp"
#include "storescp/association/listener.hpp"
#include "storescp/association/requestor.hpp"
#include "storescp/services/commitment_scu.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <system_error>

namespace cxr::bridge {

namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using storescp::Awaitable;

/// How often the ledger is looked at: another process may write the answer into it.
constexpr std::chrono::milliseconds glance{50};
constexpr std::chrono::milliseconds no_grace{0};

struct NoEvents final : storescp::EventSink {
    void on(const storescp::Event& /*event*/) override {}
};

/// On one thread.
class Asking {
public:
    Asking(CommitmentLedger& ledger,
           std::vector<storescp::SOPReference> references,
           const AskingSettings& settings)
        : ledger_(ledger),
          settings_(settings),
          request_{.transaction_uid = new_transaction_uid(), .references = std::move(references)} {}

    Result<CommitmentAnswer> run() {
        answer_.transaction_uid = request_.transaction_uid;
        if (auto noted = ledger_.ask(request_, settings_.peer.ae_title, settings_.calling_ae_title);
            !noted) {
            return noted.error();
        }
        listen();
        asio::co_spawn(io_, ask_and_wait(), [](const std::exception_ptr& thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        });
        io_.run();
        pool_.join();
        if (fault_) {
            return *fault_;
        }
        return std::move(answer_);
    }

private:
    /// By TLS, too, where that is wanted and its port is free.
    void listen() {
        storescp::AccessPolicy access;
        access.ae_titles = {settings_.calling_ae_title};
        access.tls = settings_.listen_tls;
        storescp::NodeSettings node;
        node.listen_address = settings_.listen_address;
        node.port = settings_.listen_port;
        node.tls_listen = settings_.tls_listen;
        node.access = std::make_shared<const storescp::AccessPolicy>(std::move(access));
        if (node.tls_listen && !listen(node)) {
            node.tls_listen.reset();
        }
        answer_.listened = listener_ != nullptr || listen(node);
    }

    /// False: a port is taken.
    bool listen(const storescp::NodeSettings& node) {
        try {
            listener_ = std::make_unique<storescp::Listener>(
                io_,
                node,
                storescp::report_contexts(),
                [this](storescp::Association& association) {
                    return storescp::take_reports(association, pool_, ledger_);
                },
                events_);
            listener_->start();
            return true;
        } catch (const std::system_error&) {
            listener_.reset();
            return false;
        }
    }

    Awaitable<void> ask_and_wait() {
        if (co_await ask()) {
            if (association_) {
                asio::co_spawn(io_, listen_on_the_same(), [this](const std::exception_ptr& thrown) {
                    same_is_over_ = true;
                    if (thrown) {
                        std::rethrow_exception(thrown);
                    }
                });
            }
            co_await wait_for_answer();
            if (association_) {
                co_await association_->release();
                while (!same_is_over_) {
                    co_await pause();
                }
            }
        }
        if (listener_) {
            co_await listener_->stop(no_grace);
        }
    }

    /// False: it was not taken on.
    Awaitable<bool> ask() {
        storescp::AssociationRequest request;
        request.peers = {.calling = settings_.calling_ae_title, .called = settings_.peer.ae_title};
        address_to(request, settings_.peer, *settings_.access);
        request.contexts = {storescp::commitment_context()};
        request.timeouts = settings_.timeouts;
        request.timeouts.idle = std::max<std::chrono::milliseconds>(
            settings_.timeouts.idle, settings_.wait + std::chrono::seconds(60));
        auto association = co_await storescp::request_association(std::move(request));
        if (!association) {
            give_up(association.error());
            co_return false;
        }
        constexpr std::uint16_t message_id = 1;
        const auto requested =
            co_await storescp::request_commitment(**association, request_, message_id);
        if (requested) {
            association_ = *std::move(association);
            co_return true;
        }
        if (requested.error().kind == FaultKind::refused) {
            give_up(requested.error());
            co_await (*association)->release();
            co_return false;
        }
        co_return true;  // lost after it was sent: the peer may have taken it on
    }

    void give_up(const Fault& fault) {
        fault_ = fault;
        // Unwritten, it is listed as pending for ever: the fault is told all the same.
        static_cast<void>(ledger_.withdraw(request_.transaction_uid, fault.doing));
    }

    Awaitable<void> listen_on_the_same() {
        // Longer than the answer is waited for: whoever waits for that ends the association.
        const auto patience = settings_.wait + std::chrono::seconds(30);
        const auto report =
            co_await storescp::wait_for_report(*association_, request_.transaction_uid, patience);
        if (report && *report) {
            if (auto known = ledger_.conclude(**report, settings_.peer.ae_title); !known) {
                fault_ = known.error();
            }
        }
    }

    Awaitable<void> wait_for_answer() {
        const auto until = steady_clock::now() + settings_.wait;
        while (!fault_) {
            auto answer = ledger_.answer(request_.transaction_uid);
            if (!answer) {
                fault_ = answer.error();
            } else if (*answer) {
                answer_.report = **std::move(answer);
                co_return;
            }
            if (steady_clock::now() >= until) {
                co_return;
            }
            co_await pause();
        }
    }

    Awaitable<void> pause() {
        asio::steady_timer timer(io_, glance);
        co_await timer.async_wait(asio::use_awaitable);
    }

    CommitmentLedger& ledger_;
    const AskingSettings& settings_;
    const storescp::CommitmentRequest request_;
    CommitmentAnswer answer_;
    std::optional<Fault> fault_;
    NoEvents events_;
    asio::io_context io_{1};
    asio::thread_pool pool_{1};
    std::unique_ptr<storescp::Listener> listener_;
    std::unique_ptr<storescp::Association> association_;
    bool same_is_over_ = false;
};

}  // namespace

Result<CommitmentAnswer> ask_for_commitment(CommitmentLedger& ledger,
                                            std::vector<storescp::SOPReference> references,
                                            const AskingSettings& settings) {
    return Asking(ledger, std::move(references), settings).run();
}

}  // namespace cxr::bridge
