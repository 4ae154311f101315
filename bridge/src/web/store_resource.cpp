// STOW-RS (PS3.18 §10.5): the body goes to the pool in pieces as it arrives, and is answered when
// its last object is durable.

#include "bridge/web/media_type.hpp"
#include "bridge/web/problem.hpp"
#include "bridge/web/web.hpp"
#include "dicom/core/json_model.hpp"
#include "dicom/core/uid.hpp"
#include "dicom/core/xml_model.hpp"
#include "storescp/events.hpp"
#include "storescp/on_pool.hpp"
#include "web/stow.hpp"

#include <algorithm>
#include <map>

namespace cxr::bridge::web {

namespace {

/// One hop to the pool for so many bytes.
constexpr std::size_t bytes_per_hop = std::size_t{256} * 1024;
/// What senders are called where AE titles are written down.
constexpr const char* sender = "STOW-RS";

constexpr std::string_view xml = "application/dicom+xml";
constexpr std::string_view offers[] = {"application/dicom+json", "application/json", xml};

/// Of a request that can be taken: how its parts are told apart.
struct Taken {
    std::string boundary;
    std::string answer_type;
};

/// What is wrong with a request before its body is looked at.
std::variant<Taken, Response> look_at(const Request& request, const std::string& study) {
    if (!study.empty() && !dicom::is_valid_uid(study)) {
        return problem(400, "the study in the path is no UID");
    }
    if (const std::string* const coding = request.header("content-encoding");
        coding != nullptr && *coding != "identity") {
        Response refusal = problem(415, "the content is to be sent without a content coding");
        refusal.set("Accept-Encoding", "identity");  // RFC 9110 §15.5.16
        return refusal;
    }
    const std::string* const type = request.header("content-type");
    const auto parsed =
        type == nullptr
            ? Result<MediaType>(Fault{.kind = FaultKind::malformed, .doing = "no Content-Type"})
            : parse_media_type(*type);
    if (!parsed || !parsed->is("multipart/related")) {
        return problem(415, "the content is to be multipart/related; type=\"application/dicom\"");
    }
    const std::string parts = parsed->parameter("type");
    const auto parts_type = parse_media_type(parts.empty() ? "application/dicom" : parts);
    if (!parts_type || !parts_type->is("application/dicom")) {
        return problem(415, "parts are to be application/dicom");
    }
    const std::string boundary = parsed->parameter("boundary");
    if (!is_boundary(boundary)) {
        return problem(400, "Content-Type has no boundary, or one that is none");
    }
    const std::string_view chosen = choose(accepted(request), offers);
    if (chosen.empty()) {
        return problem(406,
                       "the result can be had as application/dicom+json or application/dicom+xml");
    }
    if (request.body == nullptr) {
        return problem(400, "there is no content");
    }
    return Taken{.boundary = boundary, .answer_type = std::string(chosen)};
}

/// Reads the body into the store. Faults: those of the body and of Stow; what was stored before
/// stays.
Awaitable<Result<void>> receive(Body& body,
                                boost::asio::thread_pool& pool,
                                const std::shared_ptr<Stow>& stow) {
    std::vector<std::byte> buffer(bytes_per_hop);
    std::size_t filled = 0;
    for (;;) {
        const auto count = co_await body.read_some(std::span(buffer).subspan(filled));
        if (!count) {
            co_return count.error();
        }
        filled += *count;
        if (filled == buffer.size() || (*count == 0 && filled > 0)) {
            auto take = [stow, bytes = std::span<const std::byte>(buffer).first(filled)] {
                return stow->take(bytes);
            };
            const auto taken = co_await storescp::on_pool(pool, std::move(take));
            if (!taken) {
                co_return taken;
            }
            filled = 0;
        }
        if (*count == 0) {
            auto finish = [stow] { return stow->finish(); };
            co_return co_await storescp::on_pool(pool, std::move(finish));
        }
    }
}

/// Study by study.
std::vector<storescp::AuditSubject> subjects_of(std::span<const StowedPart> parts) {
    std::map<std::string, storescp::AuditSubject> by_study;
    for (const StowedPart& part : parts) {
        if (part.failed()) {
            continue;
        }
        storescp::AuditSubject& subject = by_study[part.subject.study_instance_uid];
        subject.patient_id = part.subject.patient_id;
        subject.study_instance_uid = part.subject.study_instance_uid;
        for (const auto& [sop_class_uid, count] : part.subject.instances) {
            subject.instances[sop_class_uid] += count;
        }
    }
    std::vector<storescp::AuditSubject> subjects;
    subjects.reserve(by_study.size());
    for (auto& [uid, subject] : by_study) {
        subjects.push_back(std::move(subject));
    }
    return subjects;
}

storescp::RequestFinished event_of(const Request& request,
                                   const std::string& own_ae_title,
                                   std::span<const StowedPart> parts) {
    storescp::RequestFinished event{};
    event.peers = {.calling = request.user.empty() ? sender : request.user, .called = own_ae_title};
    event.service = "STOW-RS";
    event.detail = request.peer;
    for (const StowedPart& part : parts) {
        event.object_bytes += part.failed() ? 0 : part.bytes;
        ++(part.failed()      ? event.failed
           : part.reason != 0 ? event.warnings
                              : event.matches_or_completed);
        if (part.reason != 0 && event.why.empty()) {
            event.why = part.why;
            event.status = part.reason;
        }
    }
    if (event.failed > 0 && event.failed < parts.size()) {
        event.status = stow_reason::coerced_or_duplicate;
    }
    event.audit = {.sop_class_uid = {},
                   .receiver = own_ae_title,
                   .subjects = subjects_of(parts),
                   .address = request.peer};
    return event;
}

/// A body that broke off behind objects that are stored: one more that failed.
StowedPart broken_off(const Fault& fault) {
    StowedPart part;
    part.reason = fault.kind == FaultKind::exhausted ? stow_reason::out_of_resources
                                                     : stow_reason::cannot_understand;
    part.why = fault.doing;
    return part;
}

Awaitable<Response> store(const WebPorts& ports, Request& request) {
    const auto begun = std::chrono::steady_clock::now();
    const std::string* const in_path = find(request.captures, "study");
    const std::string study = in_path == nullptr ? std::string() : *in_path;
    auto looked = look_at(request, study);
    if (auto* refusal = std::get_if<Response>(&looked)) {
        co_return std::move(*refusal);
    }
    const Taken& taken = std::get<Taken>(looked);
    const std::string& own_ae_title = ports.config.node.aet;
    auto made = std::make_unique<Stow>(taken.boundary,
                                       StowSettings{.receive = ports.receive,
                                                    .calling_ae_title = sender,
                                                    .called_ae_title = own_ae_title,
                                                    .study_instance_uid = study});
    const auto stow = storescp::destroyed_on_pool(*ports.pool, std::move(made));
    const auto received = co_await receive(*request.body, *ports.pool, stow);
    std::vector<StowedPart> parts = stow->parts();
    if (!received && parts.empty()) {
        co_return problem_of(received.error());
    }
    if (!received) {
        parts.push_back(broken_off(received.error()));
    }
    auto event = event_of(request, own_ae_title, parts);
    event.took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun);
    ports.events->on(event);
    if (parts.empty()) {
        co_return problem(400, "the content has no parts");
    }
    const dicom::Attributes result = stow_result(parts, request.origin + "/dicom-web");
    std::string text;
    if (taken.answer_type == xml) {
        dicom::append_xml(text, result);
    } else {
        dicom::append_json(text, result);
    }
    co_return text_response(stow_status(parts), taken.answer_type, std::move(text));
}

}  // namespace

void add_store_resources(Router& router, const WebPorts& ports) {
    for (const char* pattern : {"/dicom-web/studies", "/dicom-web/studies/{study}"}) {
        router.add(
            {.method = "POST",
             .pattern = pattern,
             .says = "Store objects",
             .handler = Dialogue([&ports](Request& request) { return store(ports, request); }),
             .role = Role::writer,
             .media_types = {std::begin(offers), std::end(offers)}});
    }
}

}  // namespace cxr::bridge::web
