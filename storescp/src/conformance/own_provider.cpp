#include "conformance/own_provider.hpp"

#include "storescp/status.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace asio = boost::asio;

namespace {

constexpr milliseconds accept_interval{50};

asio::ip::tcp::endpoint endpoint_of(const ExaminerSettings& settings) {
    if (!settings.move_destination) {
        throw NotPlayable{"needs --move-destination AE:PORT, known to the peer"};
    }
    return {asio::ip::make_address(settings.move_destination->address),
            settings.move_destination->port};
}

pdu::AssociateAC accepted(const pdu::AssociateRQ& request, const ProviderScript& script) {
    pdu::AssociateAC answer;
    answer.called = request.called;
    answer.calling = request.calling;
    answer.reserved = request.reserved;
    answer.user.pdu_bytes_max = script.pdu_bytes_max;
    answer.user.implementation_class_uid = request.user.implementation_class_uid;
    answer.user.roles = request.user.roles;
    for (const ProposedContext& context : request.contexts) {
        const auto& offered = context.transfer_syntaxes;
        const bool implicit_offered =
            std::ranges::find(offered, syntax::implicit_little) != offered.end();
        ContextResult result = ContextResult::acceptance;
        if (!script.accept.empty() && !script.accept.contains(context.abstract_syntax)) {
            result = ContextResult::abstract_syntax_not_supported;
        } else if (offered.empty() || (script.implicit_only && !implicit_offered)) {
            result = ContextResult::transfer_syntaxes_not_supported;
        }
        std::string chosen(sop::unknown);
        if (result == ContextResult::acceptance) {
            chosen = script.implicit_only ? std::string(syntax::implicit_little) : offered.front();
        }
        answer.contexts.push_back(
            {.id = context.id, .result = result, .transfer_syntax = std::move(chosen)});
    }
    return answer;
}

}  // namespace

OwnProvider::OwnProvider(const ExaminerSettings& settings, ProviderScript script)
    : settings_(settings), script_(std::move(script)), acceptor_(io_) {
    const auto endpoint = endpoint_of(settings);
    boost::system::error_code refused;
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint, refused);
    if (refused) {
        throw NotPlayable{fmt::format("port {}: {}", endpoint.port(), refused.message())};
    }
    acceptor_.listen();
    acceptor_thread_ = std::thread([this] { accept_visits(); });
}

OwnProvider::~OwnProvider() {
    finish(milliseconds(0));
}

void OwnProvider::accept_visits() {
    asio::ip::tcp::socket socket(io_);
    while (!stop_) {
        acceptor_.async_accept(socket, [&](boost::system::error_code ec) {
            if (!ec) {
                const auto protocol = acceptor_.local_endpoint().protocol();
                Wire wire(protocol, socket.release());
                const std::lock_guard lock(mutex_);
                visitors_.emplace_back([this, taken = std::make_shared<Wire>(std::move(wire))] {
                    serve(std::move(*taken));
                });
            }
        });
        do {
            io_.restart();
            io_.run_for(accept_interval);
        } while (!io_.stopped() && !stop_);
    }
    acceptor_.close();
    io_.restart();
    io_.poll();  // the accept that was under way
}

void OwnProvider::serve(Wire wire) {
    Visit visit;
    try {
        if (settings_.tls && !settings_.tls->settings.certificate.text.empty()) {
            wire.secure_if_asked(settings_.tls->context, settings_.answer_within);
        }
        talk(Probe(std::move(wire), settings_.answer_within), visit);
    } catch (const HandshakeRefused& refused) {
        visit.end = refused.why;
    }
    const std::lock_guard lock(mutex_);
    visits_.push_back(std::move(visit));
    changed_.notify_all();
}

void OwnProvider::talk(Probe probe, Visit& visit) {
    const Seen asked = probe.receive();
    visit.end = asked.text;
    if (asked.is(pdu::Type::associate_rq)) {
        auto decoded = pdu::decode_associate_rq(asked.pdu->body);
        if (auto* request = std::get_if<pdu::AssociateRQ>(&decoded)) {
            visit.request = std::move(*request);
            if (script_.reject) {
                probe.send(pdu::encode(Rejection{1, 1, 7}));
                visit.end = "rejected, " + probe.receive_end(settings_.answer_within).text;
                return;
            }
            const pdu::AssociateAC answer_to = accepted(visit.request, script_);
            probe.remember(visit.request, answer_to);
            probe.send(pdu::encode(answer_to));
            while (!stop_) {
                Seen next = probe.receive(milliseconds(200));
                if (next.message) {
                    answer(probe, *std::move(next.message), visit);
                } else if (next.text != "nothing") {
                    visit.end = next.text;
                    break;
                }
                if (script_.vanish_after_first && !visit.received.empty()) {
                    visit.end = "we left";
                    probe.close();
                    break;
                }
            }
            end_association(probe, visit);
            visit.longest_p_data = probe.longest_p_data();
        }
    }
}

void OwnProvider::answer(Probe& probe, Message message, Visit& visit) {
    const std::uint8_t context = message.context;
    const CommandSet command = message.command;
    std::uint16_t status = status::success;
    if (command.is(CommandField::c_store_rq)) {
        Received received{.command = command,
                          .transfer_syntax = probe.transfer_syntax(context),
                          .data_set = std::move(message.data_set)};
        std::this_thread::sleep_for(script_.before_each_answer);
        status = script_.answer(received, visit.received.size());
        visit.received.push_back(std::move(received));
    } else if (command.is(CommandField::n_event_report_rq)) {
        ReceivedEvent event{.message = std::move(message),
                            .transfer_syntax = probe.transfer_syntax(context)};
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
        visit.events.push_back(std::move(event));
        changed_.notify_all();
    } else if (!command.is(CommandField::c_echo_rq)) {
        status = status::unrecognised_operation;
    }
    probe.send(context, response_to(command, status));
}

void OwnProvider::end_association(Probe& probe, Visit& visit) {
    if (visit.end != "A-RELEASE-RQ") {
        return;
    }
    if (script_.collide_at_release) {
        // PS3.8 table 9-10: the requestor (Sta7) answers first (AR-8, AR-9), then we.
        probe.send(pdu::encode_release_rq());
        visit.end = "collision: " + probe.receive().text;
    }
    probe.send(pdu::encode_release_rp());
    visit.end += ", " + probe.receive_end(settings_.answer_within).text;
}

std::optional<ReceivedEvent> OwnProvider::await_event(milliseconds within) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, within, [this] { return !events_.empty(); })) {
        return std::nullopt;
    }
    return events_.front();
}

std::vector<Visit> OwnProvider::finish(milliseconds within) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, within, [this] { return visits_.size() == visitors_.size(); });
    }
    stop_ = true;
    if (acceptor_thread_.joinable()) {
        acceptor_thread_.join();
    }
    for (std::thread& visitor : visitors_) {
        if (visitor.joinable()) {
            visitor.join();
        }
    }
    return std::move(visits_);
}

}  // namespace cxr::storescp::conformance
