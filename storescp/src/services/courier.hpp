#pragma once
/// Delivers to one destination what is owed to it: one association for many objects, the next ones
/// loading while one is on the wire. A destination that is not there, is lost before it took
/// anything or has no resources (A7xxH) is paused; an object that fails for a reason that may pass
/// is tried again; both by the destination's schedule. Everything that must survive is the port's:
/// each object is settled as soon as its response is there.

#include "services/request.hpp"
#include "storescp/association/signal.hpp"
#include "storescp/events.hpp"
#include "storescp/services/store_scu.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <deque>
#include <memory>
#include <mutex>

namespace cxr::storescp {

class Courier : public std::enable_shared_from_this<Courier> {
public:
    struct Environment {  // all outlive it
        boost::asio::thread_pool& pool;
        DeliveryPort& port;
        RetrievePort& objects;
        CommitmentResultPort* commitment_results;  ///< of reports on an association of ours
        const NodeSettings& settings;
        EventSink& events;
        RequestAssociation request_association;
    };
    Courier(boost::asio::io_context& io,
            Environment environment,
            const DeliveryDestination& destination);

    void start();
    // From any thread.
    /// There may be something new.
    void wake();
    void replace_access(std::shared_ptr<const AccessPolicy> access);
    /// Nothing new is begun from now on.
    void begin_stop();
    /// Completes when the object under way has its answer, or was aborted after `grace`.
    [[nodiscard]] Awaitable<void> stop(std::chrono::milliseconds grace);

private:
    struct Session;

    Awaitable<void> run(std::shared_ptr<Courier> self);
    Awaitable<bool> work();
    Awaitable<void> deliver(std::vector<OwedObject> batch);
    Awaitable<void> send(Session& session, std::span<const OwedObject> batch);
    Awaitable<void> send_each(Session& session, std::span<const OwedObject> batch);
    Awaitable<void> audit(DeliveryAudited::Stage stage, std::vector<InstanceReference> instances);
    Awaitable<void> settle(Session& session, const OwedObject& owed, ObjectDelivery delivery);
    Awaitable<bool> commit();
    Awaitable<bool> ask_to_commit(const CommitmentRequest& request);
    Awaitable<void> withdraw(std::string transaction_uid, std::string why, bool again);
    Awaitable<std::vector<OwedObject>> take_due();
    Awaitable<Result<std::unique_ptr<Association>>> associate(
        std::vector<ProposedContext> contexts);
    Awaitable<DestinationPause> pause(std::string why);
    Awaitable<void> mark_reached();
    [[nodiscard]] std::span<const std::string> preferred();
    [[nodiscard]] ObjectDelivery delivery_of(const OwedObject& owed,
                                             const Result<StoreResponse>& response) const;
    [[nodiscard]] std::shared_ptr<const AccessPolicy> access() const;
    void report_trouble(const std::exception_ptr& thrown);

    // Constant after construction.
    const Environment environment_;
    const DeliveryDestination destination_;

    // Confined to the strand.
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::steady_timer timer_;
    Signal ended_;
    Association* association_ = nullptr;
    const std::shared_ptr<Interruption> interruption_ = std::make_shared<Interruption>();
    std::deque<std::vector<std::string>> preferences_;  ///< transfer syntaxes, the last in force
    std::uint16_t message_id_ = 0;
    bool some_taken_ = false;  ///< of the port, and perhaps not settled
    bool news_ = false;
    bool running_ = false;
    bool stopping_ = false;

    mutable std::mutex access_mutex_;
    std::shared_ptr<const AccessPolicy> access_;  ///< guarded by access_mutex_
};

}  // namespace cxr::storescp
