#pragma once
/// Ourselves as a provider of storage, and as a user who awaits storage commitment: where the peer
/// connects to while a dialogue moves objects, plain or by TLS. Listens while it lives, in threads
/// of its own.

#include "conformance/play.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace cxr::storescp::conformance {

struct ProviderScript {
    StoreAnswer answer = store_success;
    /// Accepted abstract syntaxes; empty: all. Others get result 3, with a transfer syntax that is
    /// none: it is not significant.
    std::set<std::string, std::less<>> accept = {};
    bool reject = false;  ///< A-ASSOCIATE-RJ 1/1/7
    bool implicit_only = false;
    std::uint32_t pdu_bytes_max = 65'536;
    bool vanish_after_first = false;  ///< closes the connection after one object
    bool collide_at_release = false;  ///< sends A-RELEASE-RQ where A-RELEASE-RP was due
    milliseconds before_each_answer{0};
};

/// An N-EVENT-REPORT-RQ, and the transfer syntax of its context.
struct ReceivedEvent {
    Message message;
    std::string transfer_syntax;
};

/// One association of the peer with us.
struct Visit {
    pdu::AssociateRQ request;
    std::vector<Received> received;
    std::vector<ReceivedEvent> events;
    std::string end;  ///< "A-RELEASE-RQ", or what came instead
    std::size_t longest_p_data = 0;
};

class OwnProvider {
public:
    /// Throws NotPlayable when no listener is configured or its port is taken.
    OwnProvider(const ExaminerSettings& settings, ProviderScript script);
    ~OwnProvider();
    OwnProvider(const OwnProvider&) = delete;
    OwnProvider& operator=(const OwnProvider&) = delete;

    /// Ends what is open within this time; then nobody listens any more.
    std::vector<Visit> finish(milliseconds within);
    /// Waits for the first N-EVENT-REPORT-RQ of any visit.
    std::optional<ReceivedEvent> await_event(milliseconds within);

private:
    void accept_visits();
    void serve(Wire wire);
    void talk(Probe probe, Visit& visit);
    void answer(Probe& probe, Message message, Visit& visit);
    void end_association(Probe& probe, Visit& visit);

    const ExaminerSettings& settings_;
    const ProviderScript script_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::atomic<bool> stop_{false};
    std::mutex mutex_;                 ///< of visits_, events_ and visitors_
    std::condition_variable changed_;  ///< a visit ended or an event came
    std::vector<Visit> visits_;
    std::vector<ReceivedEvent> events_;
    std::vector<std::thread> visitors_;
    std::thread acceptor_thread_;
};

}  // namespace cxr::storescp::conformance
