#pragma once
/// One client's connection: requests one after the other, each read, answered and told of. Confined
/// to its strand, but for what says otherwise.

#include "bridge/web/live_pieces.hpp"
#include "bridge/web/server.hpp"
#include "request_reader.hpp"
#include "response_head.hpp"
#include "sending_time.hpp"
#include "storescp/association/transport.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <span>
#include <vector>

namespace cxr::bridge::web {

/// What all connections of a server share.
struct Shared {
    boost::asio::thread_pool& pool;
    const ServerSettings& settings;
    const Router& router;
    ExchangeSink& sink;
    const Server::Guard& guard;
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Clock = std::chrono::steady_clock;

    Connection(storescp::Transport transport, const Shared& shared);

    [[nodiscard]] boost::asio::any_io_executor executor() { return transport_.executor(); }
    [[nodiscard]] const std::string& peer() const { return peer_; }
    /// Any thread: is it waiting for a request, of which nothing has come?
    [[nodiscard]] bool is_idle() const { return idle_; }

    /// Until either side ends it.
    [[nodiscard]] Awaitable<void> serve();
    /// No further request is served; an idle connection ends.
    void wind_down();
    /// Ends it now.
    void shut_down();

private:
    class ArrivingBody;
    /// What is told of a request when it is over.
    struct Account {
        std::uint64_t received = 0, sent = 0;
        std::string why{};
    };

    void begin_account();
    [[nodiscard]] Awaitable<bool> secure();
    [[nodiscard]] Awaitable<bool> receive_head();
    /// False: the connection is to end.
    [[nodiscard]] Awaitable<bool> exchange();
    [[nodiscard]] Awaitable<void> refuse(Refused refused);
    [[nodiscard]] Request request_of(const RequestHead& head, Target target) const;
    [[nodiscard]] Awaitable<Response> answer(Request& request, const Resource*& resource);
    [[nodiscard]] Awaitable<Response> ask(const Resource& resource, Request& request);
    [[nodiscard]] Awaitable<bool> drain();

    /// Sets unframed_ while something is sent whose end is that of the connection.
    [[nodiscard]] Awaitable<bool> send(Response response, bool head_only, bool& keep_alive);
    [[nodiscard]] Awaitable<bool> send_pieces(std::string head,
                                              std::vector<dicom::Segment> first,
                                              const Content& content,
                                              bool chunked);
    [[nodiscard]] Awaitable<Result<std::vector<dicom::Segment>>> next_of(const Content& content);
    /// Adds to account_.sent what is behind the head.
    [[nodiscard]] Awaitable<bool> write(std::string head,
                                        std::span<const dicom::Segment> segments,
                                        std::string_view tail = {});
    [[nodiscard]] Awaitable<bool> receive();

    void expect_by(Clock::time_point deadline);
    void expect_within(std::chrono::milliseconds time) { expect_by(Clock::now() + time); }
    void expect_nothing() { deadline_ = Clock::time_point::max(); }
    void watch();

    const Shared& shared_;
    storescp::Transport transport_;
    const std::string peer_;
    RequestReader reader_;
    boost::asio::steady_timer timer_;
    Clock::time_point deadline_ = Clock::time_point::max(), armed_ = Clock::time_point::max();
    bool timed_out_ = false;
    bool writing_ = false;
    bool stopping_ = false;
    bool served_ = false;    ///< a request, at least
    bool ended_ = false;     ///< nothing more comes: to read on would wait for nothing
    bool unframed_ = false;  ///< to end now would look like the end of the answer
    std::atomic<bool> idle_{false};
    Account account_{};
    SendingTime sending_;  ///< of the answer at hand
};

}  // namespace cxr::bridge::web
