#include "storescp/association/requestor.hpp"

#include "address_check.hpp"
#include "connection.hpp"
#include "dicom/core/implementation.hpp"
#include "user_identity.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace cxr::storescp {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// What a requestor holds: its end is the connection's end. The connection itself lives until its
/// coroutines are done.
class RequestedAssociation final : public Association {
public:
    explicit RequestedAssociation(std::shared_ptr<Connection> connection)
        : connection_(std::move(connection)) {}
    ~RequestedAssociation() override { connection_->shut_down("dropped"); }

    [[nodiscard]] const Agreement& agreement() const override { return connection_->agreement(); }
    [[nodiscard]] std::uint64_t number() const override { return connection_->number(); }
    [[nodiscard]] std::string peer_address() const override { return connection_->peer_address(); }
    [[nodiscard]] asio::any_io_executor executor() override { return connection_->executor(); }
    [[nodiscard]] Awaitable<Result<Message>> receive_message() override {
        return connection_->receive_message();
    }
    [[nodiscard]] Awaitable<Result<std::vector<std::byte>>> receive_data_fragment() override {
        return connection_->receive_data_fragment();
    }
    [[nodiscard]] bool cancel_requested(std::uint16_t message_id) const override {
        return connection_->cancel_requested(message_id);
    }
    void forget_cancel(std::uint16_t message_id) override {
        connection_->forget_cancel(message_id);
    }
    [[nodiscard]] bool is_open() const override { return connection_->is_open(); }
    [[nodiscard]] Awaitable<Result<void>> send_message(
        std::uint8_t presentation_context_id,
        CommandSet command,
        std::span<const dicom::Segment> data_set) override {
        return connection_->send_message(presentation_context_id, std::move(command), data_set);
    }
    [[nodiscard]] Awaitable<Result<void>> send_messages(
        std::uint8_t presentation_context_id, std::vector<OutgoingMessage> messages) override {
        return connection_->send_messages(presentation_context_id, std::move(messages));
    }
    [[nodiscard]] std::vector<std::string> take_remarks() override {
        return connection_->take_remarks();
    }
    [[nodiscard]] Awaitable<void> release() override { return connection_->release(); }
    void abort(AbortReason reason) override { connection_->abort(reason); }

private:
    std::shared_ptr<Connection> connection_;
};

pdu::AssociateRQ request_pdu(const AssociationRequest& request) {
    pdu::AssociateRQ rq;
    rq.called = pdu::title_field(request.peers.called);
    rq.calling = pdu::title_field(request.peers.calling);
    rq.contexts = request.contexts;
    rq.user.pdu_bytes_max = request.limits.pdu_bytes_max;
    rq.user.implementation_class_uid = dicom::implementation_class_uid;
    rq.user.implementation_version_name = dicom::implementation_version_name;
    for (const auto& [sop_class_uid, roles] : request.roles) {
        rq.user.roles.push_back({.sop_class_uid = sop_class_uid, .roles = roles});
    }
    for (const auto& [sop_class_uid, information] : request.extended_negotiation) {
        rq.user.extended.push_back({.sop_class_uid = sop_class_uid, .information = information});
    }
    if (request.operations_invoked_max > 1) {
        rq.user.asynchronous_window = {.operations_invoked_max = request.operations_invoked_max,
                                       .operations_performed_max = 1};
    }
    if (request.credentials) {
        rq.user.identity = identity_item(*request.credentials);
    }
    return rq;
}

Transport transport_for(const AssociationRequest& request, tcp::socket socket) {
    if (!request.tls) {
        return Transport(std::move(socket));
    }
    const std::string& name =
        request.certificate_name.empty() ? request.host : request.certificate_name;
    return Transport(std::move(socket), std::make_unique<TlsEngine>(request.tls, name));
}

bool is_over(const std::shared_ptr<Interruption>& interruption) {
    return interruption && interruption->is_interrupted();
}

Fault interrupted() {
    return {.kind = FaultKind::peer_gone, .doing = "given up"};
}

/// Faults: peer_gone.
Awaitable<Result<tcp::socket>> connect(std::vector<tcp::endpoint> endpoints,
                                       std::chrono::milliseconds within,
                                       std::shared_ptr<Interruption> interruption) {
    const auto executor = co_await asio::this_coro::executor;
    const auto socket = std::make_shared<tcp::socket>(executor);
    asio::steady_timer deadline(executor, within);
    deadline.async_wait([socket](const boost::system::error_code& error) {
        if (!error) {
            boost::system::error_code ignored;
            socket->close(ignored);
        }
    });
    const Interruption::Step step(interruption, [socket] {
        boost::system::error_code ignored;
        socket->close(ignored);
    });
    boost::system::error_code error = asio::error::host_not_found;
    for (const tcp::endpoint& endpoint : endpoints) {
        const auto [failed] = co_await socket->async_connect(endpoint, use_result);
        error = failed;
        // Too late is too late, also where the deadline closed nothing: between two addresses.
        const bool late = deadline.expiry() <= asio::steady_timer::clock_type::now();
        if (!error || late || is_over(interruption) || error == asio::error::operation_aborted) {
            break;
        }
        boost::system::error_code ignored;
        socket->close(ignored);
    }
    const bool in_time = deadline.cancel() > 0;
    if (is_over(interruption)) {
        co_return interrupted();
    }
    if (error || !in_time) {
        co_return Fault{.kind = FaultKind::peer_gone,
                        .doing = in_time ? error.message() : "no connection in time"};
    }
    co_return std::move(*socket);
}

}  // namespace

Interruption::Step::Step(std::shared_ptr<Interruption> by, std::function<void()> end)
    : by_(std::move(by)), end_(std::move(end)) {
    if (by_) {
        by_->steps_.push_back(this);
    }
}

Interruption::Step::~Step() {
    if (by_) {
        std::erase(by_->steps_, this);
    }
}

void Interruption::interrupt() {
    interrupted_ = true;
    for (const Step* const step : steps_) {
        step->end_();
    }
}

void address_to(AssociationRequest& request, const Peer& peer, const AccessPolicy& access) {
    if (peer.tls && !access.tls) {
        throw std::logic_error("a peer to be called by TLS, and nothing to do it with");
    }
    request.host = peer.host;
    request.port = peer.port;
    request.tls = peer.tls ? access.tls : nullptr;
    request.certificate_name = peer.certificate_name;
    request.credentials = peer.credentials;
}

Awaitable<Result<std::unique_ptr<Association>>> request_association(AssociationRequest request) {
    const auto named = [&](const Fault& fault) {
        return Fault{
            .kind = fault.kind == FaultKind::not_found ? FaultKind::peer_gone : fault.kind,
            .doing = fmt::format(
                "{} at {}:{}: {}", request.peers.called, request.host, request.port, fault.doing)};
    };
    auto endpoints = co_await resolve(request.host, request.port, request.timeouts.connect);
    if (!endpoints) {
        co_return named(endpoints.error());
    }
    if (is_over(request.interruption)) {
        co_return named(interrupted());
    }
    auto socket =
        co_await connect(std::move(*endpoints), request.timeouts.connect, request.interruption);
    if (!socket) {
        co_return named(socket.error());
    }
    auto connection = std::make_shared<Connection>(
        transport_for(request, std::move(*socket)), request.timeouts, request.limits);
    const Interruption::Step step(request.interruption,
                                  [connection] { connection->shut_down(interrupted().doing); });
    const auto associated = co_await connection->associate(request_pdu(request));
    if (!associated) {
        // Aborted, it would await the peer's close for all of ARTIM, and a stop of ours with it.
        connection->shut_down("not associated");
        co_return named(associated.error());
    }
    std::unique_ptr<Association> association = std::make_unique<RequestedAssociation>(connection);
    co_return association;
}

}  // namespace cxr::storescp
