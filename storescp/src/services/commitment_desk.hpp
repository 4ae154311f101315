#pragma once
/// Decides the storage commitment transactions that are owed and tells their requesters (PS3.4
/// J.3.3): over an association that the requester has open, or over a new one in which we ask for
/// the SCP role, as the settings say. What fails is tried again later, then abandoned; everything
/// that must survive is the port's. Requesters are served side by side, each one report at a time.

#include "services/commitment_line.hpp"
#include "services/request.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace cxr::storescp {

class CommitmentDesk : public std::enable_shared_from_this<CommitmentDesk> {
public:
    /// All arguments outlive it.
    CommitmentDesk(boost::asio::io_context& io,
                   boost::asio::thread_pool& pool,
                   CommitmentPort& port,
                   const NodeSettings& settings,
                   EventSink& events,
                   RequestAssociation request_association);

    void start();
    /// Nothing new is begun from now on.
    void begin_stop();
    /// Completes when nothing is under way any more.
    [[nodiscard]] Awaitable<void> stop();

    // From any thread.
    void replace_access(std::shared_ptr<const AccessPolicy> access);
    /// An association that reports can go over.
    void enter(std::uint64_t association,
               const AssociationPeers& peers,
               boost::asio::any_io_executor executor,
               std::shared_ptr<CommitmentLine> line);
    void leave(std::uint64_t association);
    /// A transaction was accepted on this association.
    void accepted(std::int64_t id, std::uint64_t association);

private:
    /// Also without news the port is asked so often: a person may have put a transaction back.
    static constexpr std::chrono::seconds sleep_max{10};

    struct Presence {
        std::string requester_ae_title;
        boost::asio::any_io_executor executor;
        std::shared_ptr<CommitmentLine> line;
        bool usable = true;  ///< until it failed to take a report
    };
    /// What an attempt came to: a status, or why there is none.
    struct Attempt {
        Result<std::uint16_t> status;
        std::string over;
    };

    Awaitable<void> run(std::shared_ptr<CommitmentDesk> self);
    Awaitable<void> begin_what_is_owed();
    Awaitable<void> sleep();
    Awaitable<void> serve(OwedCommitment owed);
    Awaitable<void> serve_safely(std::shared_ptr<CommitmentDesk> self, OwedCommitment owed);
    Awaitable<Result<CommitmentReport>> decide(std::int64_t id);
    Awaitable<Attempt> tell(const OwedCommitment& owed, const CommitmentReport& report);
    Awaitable<Attempt> tell_on_new_association(const OwedCommitment& owed,
                                               const CommitmentReport& report);
    Awaitable<Result<std::uint16_t>> tell_over(Association& association,
                                               const CommitmentReport& report);
    Awaitable<void> settle(OwedCommitment owed, CommitmentReport report, Attempt attempt);
    [[nodiscard]] std::uint64_t association_for(const OwedCommitment& owed) const;
    [[nodiscard]] std::vector<std::string> present() const;
    [[nodiscard]] CommitmentDelivery delivery_of(const OwedCommitment& owed,
                                                 const Result<std::uint16_t>& status) const;
    [[nodiscard]] std::shared_ptr<const AccessPolicy> access() const;
    void report_trouble(const std::exception_ptr& thrown);
    void wake();

    // Constant after construction.
    boost::asio::thread_pool& pool_;
    CommitmentPort& port_;
    const NodeSettings& settings_;
    EventSink& events_;
    const RequestAssociation request_association_;

    // Confined to the strand.
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::steady_timer changed_;
    Signal turn_;  ///< to decide
    bool deciding_ = false;
    std::map<std::uint64_t, Presence> associations_;
    std::map<std::int64_t, std::uint64_t> asked_on_;  ///< transactions by their association
    std::set<std::string> served_;                    ///< requesters
    /// Requesters left alone for a while: what became of their last attempt could not be kept.
    std::map<std::string, std::chrono::steady_clock::time_point> held_;
    std::set<Association*> own_associations_;  ///< that we asked for
    const std::shared_ptr<Interruption> interruption_ = std::make_shared<Interruption>();
    std::chrono::system_clock::time_point looked_at_{};
    bool news_ = false;
    bool running_ = false;
    bool stopping_ = false;

    mutable std::mutex access_mutex_;
    std::shared_ptr<const AccessPolicy> access_;  ///< guarded by access_mutex_
};

}  // namespace cxr::storescp
