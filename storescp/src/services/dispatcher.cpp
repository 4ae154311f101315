#include "services/dispatcher.hpp"

#include "services/commitment_desk.hpp"
#include "services/commitment_information.hpp"
#include "services/information_model.hpp"
#include "services/retrieval.hpp"
#include "storescp/association/signal.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

namespace cxr::storescp {

namespace {

/// Responses to nothing that are read over before the association is aborted.
constexpr unsigned stray_responses_max = 2;

constexpr std::string_view verification_sop_class = "1.2.840.10008.1.1";

struct Provider {
    CommandField command;
    const char* name;
    Service service;
    Awaitable<Result<Completion>> (*serve)(const ServiceEnvironment&, Request&);
    bool Peer::*permission;  ///< null: everybody may
};

const std::array providers{
    Provider{CommandField::c_echo_rq, "C-ECHO", Service::echo, echo_scp, &Peer::may_echo},
    Provider{CommandField::c_store_rq, "C-STORE", Service::store, store_scp, &Peer::may_store},
    Provider{CommandField::c_find_rq, "C-FIND", Service::find, find_scp, &Peer::may_query},
    Provider{CommandField::c_move_rq, "C-MOVE", Service::move, move_scp, &Peer::may_move},
    Provider{CommandField::c_get_rq, "C-GET", Service::get, get_scp, &Peer::may_get},
    Provider{CommandField::n_action_rq,
             "N-ACTION",
             Service::commitment,
             commitment_action_scp,
             &Peer::may_commit},
    Provider{CommandField::n_event_report_rq,
             "N-EVENT-REPORT",
             Service::commitment,
             commitment_event_scp,
             &Peer::may_commit},
};

const Provider* provider_of(const CommandSet& command) {
    for (const Provider& provider : providers) {
        if (command.is(provider.command)) {
            return &provider;
        }
    }
    return nullptr;
}

/// Does a service of this SOP class know this command? Whatever is accepted and neither
/// Verification nor Query/Retrieve nor storage commitment is Storage.
bool is_operation_of(std::string_view sop_class_uid, const CommandSet& command) {
    if (sop_class_uid == verification_sop_class) {
        return command.is(CommandField::c_echo_rq);
    }
    if (sop_class_uid == storage_commitment_sop_class_uid) {
        return command.is(CommandField::n_action_rq) || command.is(CommandField::n_event_report_rq);
    }
    const auto* const query_retrieve = find_query_retrieve_class(sop_class_uid);
    return command.is(query_retrieve == nullptr ? CommandField::c_store_rq
                                                : query_retrieve->command);
}

/// Which SOP class a request names, and in which element of the command.
struct NamedClass {
    const std::optional<std::string>& sop_class_uid;
    std::uint16_t element;
};
NamedClass named_class(const CommandSet& command) {
    if (command.is(CommandField::n_action_rq)) {
        return {command.requested_sop_class_uid, 0x0003};
    }
    return {command.affected_sop_class_uid, 0x0002};
}

/// Another SOP class than that of the context, or one that the requestor is no SCU of (PS3.7 Annex
/// C): C-services know one status for it; of N-services, a class with the instance of another is a
/// conflict.
std::uint16_t status_of_other_class(const CommandSet& command) {
    if (!command.is(CommandField::n_action_rq) && !command.is(CommandField::n_event_report_rq)) {
        return status::sop_class_not_supported;
    }
    const auto& instance = command.is(CommandField::n_action_rq)
                               ? command.requested_sop_instance_uid
                               : command.affected_sop_instance_uid;
    const std::string& named = *named_class(command).sop_class_uid;
    const bool is_known = named == verification_sop_class ||
                          find_query_retrieve_class(named) != nullptr ||
                          dcmIsaStorageSOPClassUID(named.c_str(), ESSC_All);
    return is_known && instance == storage_commitment_sop_instance_uid
               ? status::class_instance_conflict
               : status::no_such_sop_class;
}

/// A response needs the request's command field and message ID (PS3.7 Annex E).
bool is_answerable(const Request& request) {
    return request.context() != nullptr && request.command().command_field &&
           request.command().message_id;
}

/// What is wrong with a request before any service looks at it (PS3.7 Annex C).
std::optional<Completion> refuse(const ServiceEnvironment& environment, const Request& request) {
    const CommandSet& command = request.command();
    if (request.repeats_message_id()) {
        return refusal_of(
            request, status::duplicate_invocation, "Message ID of an outstanding request", 0x0110);
    }
    const Provider* const provider = provider_of(command);
    if (provider == nullptr) {
        return refusal_of(request, status::unrecognised_operation, "no such operation here");
    }
    const NamedClass named = named_class(command);
    if (!named.sop_class_uid) {
        return refusal_of(
            request, status::mistyped_argument, "the SOP Class UID is missing", named.element);
    }
    if (*named.sop_class_uid != request.context()->abstract_syntax) {
        return refusal_of(request,
                          status_of_other_class(command),
                          "SOP class is not that of the context",
                          named.element);
    }
    if (!is_operation_of(request.context()->abstract_syntax, command)) {
        return refusal_of(
            request, status::unrecognised_operation, "not an operation of this SOP class");
    }
    const Peer* const peer = find_peer(*environment.access, request.peers().calling);
    if (peer != nullptr && provider->permission != nullptr && !(peer->*provider->permission)) {
        return refusal_of(request, status::not_authorised, "not allowed for this AE title");
    }
    // PS3.7 D.3.3.4. An N-EVENT-REPORT comes from an SCP; many of those know no role selection.
    if (!request.context()->roles.scu && !command.is(CommandField::n_event_report_rq)) {
        return refusal_of(request,
                          status_of_other_class(command),
                          "by the agreed roles no SCU of this SOP class",
                          named.element);
    }
    return std::nullopt;
}

/// Runs the service; what it throws becomes an answer too.
Awaitable<Result<Completion>> attempt(const ServiceEnvironment& environment, Request& request) {
    if (auto refusal = refuse(environment, request)) {
        co_return *std::move(refusal);
    }
    const Provider& provider = *provider_of(request.command());
    Fault thrown{.kind = FaultKind::storage, .doing = "internal error"};
    try {
        co_return co_await provider.serve(environment, request);
    } catch (const std::exception& error) {
        thrown.doing += ": ";
        thrown.doing += error.what();
    }
    co_return completion_of(request, thrown, provider.service);
}

/// Whatever is neither a success nor cancelled says where the standard has it: in the log line and
/// in Error Comment.
void cite(Completion& completion, const Provider* provider) {
    const std::uint16_t code = completion.response.status.value_or(status::success);
    if (code == status::success || code == status::cancel) {
        return;
    }
    completion.section =
        section_of(code, provider == nullptr ? std::nullopt : std::optional(provider->service));
    const std::string where = fmt::format("({})", completion.section);
    std::string comment = completion.response.error_comment.value_or(std::string());
    comment.resize(std::min(comment.size(), error_comment_characters_max - where.size() - 1));
    completion.response.error_comment = comment.empty() ? where : comment + ' ' + where;
}

/// Reads what nobody read, then sends the final response.
Awaitable<Result<void>> complete(Request& request, const Completion& completion) {
    if (auto drained = co_await request.drain(); !drained) {
        co_return drained;
    }
    co_return co_await request.send(completion.response, completion.data_set);
}

Audited audited(const Request& request, std::vector<AuditSubject> subjects) {
    const PresentationContext* const context = request.context();
    return {.sop_class_uid = context == nullptr ? std::string() : context->abstract_syntax,
            .transfer_syntax_uid = context == nullptr ? std::string() : context->transfer_syntax,
            .receiver = receiver_of(request),
            .subjects = std::move(subjects),
            .identifier = request.identifier(),
            .address = {},
            .originator = request.command().is(CommandField::c_store_rq)
                              ? request.command().move_originator_ae_title.value_or("")
                              : ""};
}

void report(const ServiceEnvironment& environment,
            const Request& request,
            const Completion& completion,
            bool is_answered,
            std::chrono::steady_clock::time_point begun) {
    const Provider* const provider = provider_of(request.command());
    environment.events.on(RequestFinished{
        .association = request.association().number(),
        .peers = request.peers(),
        .service = provider == nullptr ? "unknown operation" : provider->name,
        .detail = completion.detail,
        .status = completion.response.status.value_or(status::success),
        .matches_or_completed = completion.matches_or_completed,
        .failed = completion.failed,
        .warnings = completion.warnings,
        .took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - begun),
        .why = completion.why,
        .section = completion.section,
        .audit = environment.settings.audit ? audited(request, completion.subjects) : Audited{},
        .message_id = request.message_id(),
        .object_bytes = completion.object_bytes,
        .is_answered = is_answered});
}

Awaitable<void> serve(const ServiceEnvironment& environment, Request& request) {
    const auto begun = std::chrono::steady_clock::now();
    if (environment.settings.audit) {
        request.keep_identifier();
    }
    auto outcome = co_await attempt(environment, request);
    Completion completion{.response = request.response(status::cancel)};
    bool is_answered = false;
    if (outcome) {
        completion = *std::move(outcome);
        cite(completion, provider_of(request.command()));
        const auto answered = co_await complete(request, completion);
        is_answered = answered.has_value();
        if (!answered) {
            completion.response.status = status::cancel;
            completion.why = answered.error().doing;
        }
    } else {
        completion.why = outcome.error().doing;
    }
    if (!is_answered) {
        // The peer has gone, or asks for release with half a message sent or a response owed: such
        // a release waits for an answer that nobody can give (PS3.8 Sta8).
        request.association().abort();
    }
    if (!request.repeats_message_id()) {  // else it is for the one that had the ID first
        request.association().forget_cancel(request.message_id());
    }
    report(environment, request, completion, is_answered, begun);
}

/// Null when no report of ours can go over the association.
std::shared_ptr<CommitmentLine> commitment_line(Association& association,
                                                const ServiceEnvironment& environment) {
    const auto* const context = association.agreement().accepted(storage_commitment_sop_class_uid);
    if (!environment.commitment_desk || context == nullptr || !context->roles.scu) {
        return nullptr;
    }
    auto line = std::make_shared<CommitmentLine>(
        association,
        CommitmentLine::Settings{.quiet = environment.settings.commitment.event_delay,
                                 .response = environment.settings.timeouts.dimse,
                                 .retrieve_ae_title = environment.access->ae_titles.front()});
    environment.commitment_desk->enter(
        association.number(), association.agreement().peers, association.executor(), line);
    return line;
}

/// The requests of one association: as many at a time as were agreed (PS3.7 D.3.3.3), their data
/// sets read one after the other.
class AssociationServer {
public:
    /// @param line null: no reports of ours go over the association
    AssociationServer(Association& association,
                      const ServiceEnvironment& environment,
                      CommitmentLine* line)
        : association_(association),
          environment_(environment),
          line_(line),
          operations_max_(association.agreement().operations_invoked_max),
          changed_(association.executor()) {}

    Awaitable<void> run() {
        std::exception_ptr thrown;
        try {
            for (bool open = true;
                 open;) {  // GCC 12 traps on co_await in an empty loop's condition
                open = co_await serve_next();
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        if (thrown) {
            association_.abort();
        }
        while (running_ > 0) {  // each uses this object
            co_await changed_.wait();
        }
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    }

private:
    /// False: the association has ended.
    Awaitable<bool> serve_next() {
        auto message = co_await association_.receive_message();
        for (std::string& what : association_.take_remarks()) {
            remark(std::move(what));
        }
        if (!message) {
            co_return false;
        }
        const auto request = std::make_shared<Request>(association_, std::move(*message));
        if (request->command().is_response()) {
            co_return co_await pass_over(*request);
        }
        if (!is_answerable(*request)) {
            association_.abort();
            co_return false;
        }
        if (request->has_unread_data() && request->command().is(CommandField::c_echo_rq)) {
            remark("a C-ECHO-RQ with a data set (V10)");
        }
        if (operations_max_ <= 1) {
            if (line_ != nullptr) {
                line_->request_begins();
            }
            co_await serve(environment_, *request);
            if (line_ != nullptr) {
                line_->request_ends();
            }
            co_return true;
        }
        begin(request);
        while (request->has_unread_data() || running_ >= operations_max_) {
            co_await changed_.wait();
        }
        co_return true;
    }

    void begin(const std::shared_ptr<Request>& request) {
        operation_begins();
        request->when_data_is_read([this] { changed_.notify(); });
        boost::asio::co_spawn(association_.executor(),
                              serve(environment_, *request),
                              [this, request](const std::exception_ptr& thrown) {
                                  if (thrown) {  // no memory, or a bug
                                      association_.abort();
                                  }
                                  operation_ends();
                                  changed_.notify();
                              });
    }

    void operation_begins() {
        if (running_++ == 0 && line_ != nullptr) {
            line_->request_begins();
        }
    }
    void operation_ends() {
        if (--running_ == 0 && line_ != nullptr) {
            line_->request_ends();
        }
    }

    /// A response: to a report of ours, or to nothing. False: one too many.
    Awaitable<bool> pass_over(Request& request) {
        if (line_ == nullptr || !line_->takes(request.command())) {
            remark("a response that nothing was asked for (V15)");
            if (++stray_responses_ > stray_responses_max) {
                association_.abort();
                co_return false;
            }
        }
        const auto drained = co_await request.drain();
        co_return drained.has_value();
    }

    void remark(std::string what) {
        environment_.events.on(PeerRemarked{.association = association_.number(),
                                            .peers = association_.agreement().peers,
                                            .what = std::move(what)});
    }

    Association& association_;
    const ServiceEnvironment& environment_;
    CommitmentLine* const line_;
    const std::size_t operations_max_;
    std::size_t running_ = 0;
    unsigned stray_responses_ = 0;
    Signal changed_;  ///< a data set was read, or an operation ended
};

}  // namespace

Awaitable<void> serve_association(Association& association, ServiceEnvironment environment) {
    const auto line = commitment_line(association, environment);
    if (line) {
        environment.takes_response = [line](const CommandSet& response) {
            return line->takes(response);
        };
    }
    AssociationServer server(association, environment, line.get());
    std::exception_ptr thrown;
    try {
        co_await server.run();
    } catch (...) {
        thrown = std::current_exception();
    }
    if (line) {
        environment.commitment_desk->leave(association.number());
        co_await line->end();
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
}

}  // namespace cxr::storescp
