#pragma once
/// One transport connection and the association on it: UpperLayer driven by Asio. Everything here
/// is confined to the transport's strand.
///
/// Coroutines: the reader (bytes → UpperLayer → inbox) and the watchdog (deadlines), both started
/// by start_*() and ended by the closing of the transport; whoever serves or uses the association
/// runs in its own. Each holds the connection, so it lives until all of them are done.
///
/// Writing: one write at a time. What UpperLayer wants sent goes before the next P-DATA, never into
/// the middle of a PDU. After an abort, reject or release response the socket is closed when the
/// peer closes or ARTIM expires (Sta13), with nobody waiting for it.

#include "inbox.hpp"
#include "storescp/association/association.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/association/signal.hpp"
#include "storescp/association/transport.hpp"
#include "storescp/upper_layer/upper_layer.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxr::storescp {

class DataFramer;

class Connection final : public Association, public std::enable_shared_from_this<Connection> {
public:
    using Clock = std::chrono::steady_clock;

    Connection(Transport transport, const Timeouts& timeouts, const Limits& limits);
    ~Connection() override;

    /// The acceptor's side: ARTIM runs from here on, the TLS handshake included.
    void start_accepting();
    /// The whole request, or nothing when the connection ended before (see ending()).
    [[nodiscard]] Awaitable<std::optional<pdu::AssociateRQ>> receive_request();
    void accept(Acceptance acceptance);
    void reject(const Rejection& rejection);

    /// The requestor's side, on a connected socket: TLS handshake and negotiation. Faults: refused,
    /// peer_gone, malformed.
    [[nodiscard]] Awaitable<Result<void>> associate(pdu::AssociateRQ request);

    /// Instead of the node's own limit.
    void set_idle_limit(std::chrono::milliseconds idle) { timeouts_.idle = idle; }

    /// No longer than this from now on, also for an association that idles already.
    void wind_down(std::chrono::milliseconds idle);

    /// Whoever used the association is done with it: answers a release that still waits, aborts
    /// what is still open.
    void conclude(const std::string& why_aborted);
    /// Aborts, and closes soon even if the peer does not.
    void shut_down(const std::string& why);
    /// Closes at once, without a word.
    void drop(const std::string& why);

    /// How the association ended, if it did.
    struct Ending {
        FaultKind kind = FaultKind::peer_gone;
        std::string how;
        bool orderly = false;
        bool insecure = false;  ///< TLS could not be agreed on
    };
    [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }
    /// "127.0.0.1"
    [[nodiscard]] const std::string& address() const { return address_; }
    /// Null: not by TLS.
    [[nodiscard]] const TlsEngine* tls() const { return transport_.tls(); }
    /// Released when the last coroutine is done with the connection.
    void keep(std::shared_ptr<void> token) { token_ = std::move(token); }

    // Association
    [[nodiscard]] const Agreement& agreement() const override { return agreement_; }
    [[nodiscard]] std::uint64_t number() const override { return number_; }
    [[nodiscard]] std::string peer_address() const override { return peer_address_; }
    [[nodiscard]] boost::asio::any_io_executor executor() override { return transport_.executor(); }
    [[nodiscard]] Awaitable<Result<Message>> receive_message() override;
    [[nodiscard]] Awaitable<Result<std::vector<std::byte>>> receive_data_fragment() override;
    [[nodiscard]] bool cancel_requested(std::uint16_t message_id) const override {
        return inbox_.cancel_requested(message_id);
    }
    void forget_cancel(std::uint16_t message_id) override { inbox_.forget_cancel(message_id); }
    [[nodiscard]] bool is_open() const override { return open_; }
    [[nodiscard]] Awaitable<Result<void>> send_message(
        std::uint8_t presentation_context_id,
        CommandSet command,
        std::span<const dicom::Segment> data_set) override;
    [[nodiscard]] Awaitable<Result<void>> send_messages(
        std::uint8_t presentation_context_id, std::vector<OutgoingMessage> messages) override;
    [[nodiscard]] std::vector<std::string> take_remarks() override;
    [[nodiscard]] Awaitable<void> release() override;
    void abort(AbortReason reason) override;

private:
    /// What is being waited for, each with its own deadline.
    enum class Wait : std::uint8_t { artim, idle, message, write, answer };
    static constexpr std::size_t waits = 5;

    void start();
    Awaitable<void> read(std::shared_ptr<Connection> self);
    Awaitable<bool> secure();
    Awaitable<void> watch(std::shared_ptr<Connection> self);
    void fit_buffer(std::size_t bytes_read);
    void watch_message();

    void pump();
    void handle(Indication& indication);
    void take_data(const DataIndication& part);
    void flush();
    Awaitable<void> write_control();
    void written(const boost::system::error_code& error);
    Awaitable<bool> write_pieces(const std::vector<std::span<const std::byte>>& pieces);
    /// That a message is being sent, until it is, or something is thrown.
    class Sending;
    void note_sent(const CommandSet& command);
    [[nodiscard]] std::uint32_t pdu_bytes_sent() const;
    Awaitable<bool> send_framed(DataFramer& framer);
    Awaitable<bool> send_framed(std::vector<DataFramer>& framers);
    void lost(const std::string& why);
    void end(Ending ending);
    void close_transport();
    void set_deadline(Wait wait, std::chrono::milliseconds after);
    void clear_deadline(Wait wait) { deadlines_.at(static_cast<std::size_t>(wait)) = never; }
    void expired(Wait wait);
    void violate(ProtocolError error, std::string why);
    [[nodiscard]] Fault fault() const;

    static constexpr Clock::time_point never = Clock::time_point::max();

    // Constant once the association is accepted.
    Timeouts timeouts_;
    bool abort_beyond_window_;
    std::uint64_t number_;
    std::string address_;
    std::string peer_address_;

    Transport transport_;
    UpperLayer upper_layer_;
    Inbox inbox_;
    std::shared_ptr<void> token_;

    std::optional<pdu::AssociateRQ> request_;      ///< as acceptor: arrived, not taken
    std::optional<pdu::AssociateRQ> our_request_;  ///< as requestor
    Agreement agreement_;
    bool secured_ = false;  ///< the handshake, if any, is done
    bool open_ = false;
    bool close_after_write_ = false;
    std::optional<Ending> ending_;

    std::unique_ptr<std::byte[]> read_buffer_;
    std::size_t read_buffer_bytes_ = 0;
    std::vector<std::byte> control_;  ///< being written
    bool writing_ = false;            ///< a write is in flight
    bool sending_ = false;            ///< a message is being sent
    unsigned responses_due_ = 0;
    std::uint64_t bytes_taken_at_deadline_ = 0;
    std::uint64_t oversized_pdus_remarked_ = 0;

    unsigned artim_starts_ = 0;
    std::array<Clock::time_point, waits> deadlines_;
    boost::asio::steady_timer watchdog_;
    Signal changed_;     ///< something arrived, or the association ended
    Signal room_;        ///< somebody fetched from a full inbox
    Signal write_free_;  ///< writing_ or sending_ became false
};

}  // namespace cxr::storescp
