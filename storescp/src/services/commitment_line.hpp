#pragma once
/// N-EVENT-REPORTs over an association that the requester opened (PS3.4 J.3.3), beside the requests
/// that it makes there: its dispatcher says when a request begins and ends and hands responses
/// over. Confined to the association's strand, destruction apart. One report at a time.

#include "storescp/association/association.hpp"
#include "storescp/association/signal.hpp"
#include "storescp/ports.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>

namespace cxr::storescp {

class CommitmentLine {
public:
    struct Settings {
        std::chrono::milliseconds quiet;     ///< before a report
        std::chrono::milliseconds response;  ///< due within
        std::string retrieve_ae_title;
    };
    /// The association lives until end() has returned.
    CommitmentLine(Association& association, Settings settings);

    void request_begins() { busy_ = true; }
    void request_ends();
    /// Is it the response to a report of ours?
    [[nodiscard]] bool takes(const CommandSet& response);
    /// The association is over. Returns when nothing looks at it any more.
    [[nodiscard]] Awaitable<void> end();

    /// Waits for a quiet moment, sends the report and gives the status of its response. Faults:
    /// peer_gone (before or after the report was sent), unsupported (a context we cannot encode
    /// for).
    [[nodiscard]] Awaitable<Result<std::uint16_t>> tell(CommitmentReport report);

private:
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] Awaitable<bool> wait_until_quiet();
    [[nodiscard]] Awaitable<Result<std::uint16_t>> exchange(CommitmentReport report);
    [[nodiscard]] Awaitable<Result<std::uint16_t>> wait_for_response();

    Association& association_;
    const Settings settings_;
    boost::asio::steady_timer changed_;  ///< what tell() waits with
    Signal told_;                        ///< what end() waits with
    bool ended_ = false;
    bool telling_ = false;
    Clock::time_point quiet_since_ = Clock::now();
    bool busy_ = false;
    std::uint16_t message_id_ = 0;
    bool response_due_ = false;
    std::optional<std::uint16_t> status_;
};

/// Sends an N-EVENT-REPORT-RQ on the context of storage commitment. Faults: unsupported, refused
/// (no such context), peer_gone.
[[nodiscard]] Awaitable<Result<void>> send_event_report(Association& association,
                                                        CommitmentReport report,
                                                        std::string retrieve_ae_title,
                                                        std::uint16_t message_id);

}  // namespace cxr::storescp
