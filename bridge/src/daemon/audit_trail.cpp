#include "bridge/daemon/audit_trail.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace cxr::bridge {

using Role = AuditParticipant::Role;

namespace {

/// "[::1]:40112" and "127.0.0.1:40112" without port and brackets.
std::string without_port(const std::string& address) {
    std::string host = address.substr(0, address.rfind(':'));
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    return host;
}

/// Somebody who was not asked who they are is told by address.
AuditParticipant web_client(const web::Request& request, Role role) {
    std::string address = without_port(request.peer);
    return {.user_id = request.user.empty() ? address : request.user,
            .role = role,
            .is_requestor = true,
            .address = std::move(address)};
}

}  // namespace

AuditTrail::AuditTrail(std::filesystem::path file,
                       std::string ae_title,
                       storescp::EventSink& next,
                       Log& log)
    : path_(std::move(file)), ae_title_(std::move(ae_title)), next_(next), log_(log) {
    if (path_.empty()) {
        return;
    }
    open();
    if (file_ < 0) {
        throw std::runtime_error(fmt::format("log.audit: cannot write to {}: {}",
                                             path_.string(),
                                             std::generic_category().message(errno)));
    }
    write({.kind = AuditKind::application_start,
           .participants = {{.user_id = ae_title_, .role = Role::application}},
           .source_id = {}});
}

AuditTrail::~AuditTrail() {
    if (file_ >= 0) {
        write({.kind = AuditKind::application_stop,
               .participants = {{.user_id = ae_title_, .role = Role::application}},
               .source_id = {}});
        ::close(file_);
    }
}

void AuditTrail::open() {
    file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

void AuditTrail::reopen() {
    if (path_.empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    if (file_ >= 0) {
        ::close(file_);
    }
    open();
}

void AuditTrail::on(const storescp::Event& event) {
    next_.on(event);
    if (!path_.empty()) {
        std::visit([this](const auto& happened) { note(happened); }, event);
    }
}

void AuditTrail::write(AuditMessage message) {
    message.source_id = ae_title_;
    const std::string line = xml_of(message, std::chrono::system_clock::now()) + '\n';
    const std::lock_guard lock(mutex_);
    const bool written =
        ::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    if (!written && !failing_) {
        log_.write(LogLevel::error,
                   "the audit trail cannot be written",
                   {{"file", path_.string()}, {"why", std::generic_category().message(errno)}});
    }
    failing_ = !written;
}

void AuditTrail::note(const storescp::AssociationAccepted& event) {
    const std::lock_guard lock(mutex_);
    peers_[event.association] = {
        .calling = event.peers.calling, .address = without_port(event.address), .user = event.user};
}

void AuditTrail::note(const storescp::AssociationEnded& event) {
    const Peer peer = peer_of(event.association);
    for (const auto& [study_and_originator, subject] : peer.received) {
        tell_transfer({.kind = AuditKind::instances_received,
                       .receiver = ae_title_,
                       .originator = study_and_originator.second},
                      peer,
                      {subject});
    }
    const std::lock_guard lock(mutex_);
    peers_.erase(event.association);
}

AuditTrail::Peer AuditTrail::peer_of(std::uint64_t association) {
    const std::lock_guard lock(mutex_);
    const auto known = peers_.find(association);
    return known == peers_.end() ? Peer{} : known->second;
}

/// One message for each study: a message is about one patient. Who asked for the transfer is the
/// requestor: the sender, the receiver or a third party (A.5.3.7).
void AuditTrail::tell_transfer(const Transfer& transfer,
                               const Peer& peer,
                               const std::vector<storescp::AuditSubject>& subjects) {
    const bool inbound = transfer.kind == AuditKind::instances_received;
    const bool moved_out = !inbound && transfer.receiver != peer.calling;
    const bool moved_in = inbound && !transfer.originator.empty();
    std::vector<AuditParticipant> participants{
        {.user_id = inbound ? peer.calling : ae_title_,
         .role = Role::source,
         .is_requestor = inbound && !moved_in,
         .address = inbound ? peer.address : std::string()},
        {.user_id = transfer.receiver,
         .role = Role::destination,
         .is_requestor = !inbound && !moved_out,
         .address = inbound || moved_out ? std::string() : peer.address}};
    if (moved_out) {
        participants.push_back(
            {.user_id = peer.calling, .is_requestor = true, .address = peer.address});
    }
    if (moved_in) {
        participants.push_back({.user_id = transfer.originator, .is_requestor = true});
    }
    if (!peer.user.empty()) {
        participants.push_back(
            {.user_id = peer.user, .is_requestor = true, .address = peer.address});
    }
    for (const storescp::AuditSubject& subject : subjects) {
        write({.kind = transfer.kind,
               .success = transfer.success,
               .participants = participants,
               .source_id = {},
               .subjects = {subject}});
    }
}

void AuditTrail::note(const storescp::TransferBegan& event) {
    tell_transfer({.kind = AuditKind::begin_transferring, .receiver = event.audit.receiver},
                  peer_of(event.association),
                  event.audit.subjects);
}

/// Nobody asked for it but the node itself.
void AuditTrail::note(const storescp::DeliveryAudited& event) {
    using Stage = storescp::DeliveryAudited::Stage;
    for (const storescp::AuditSubject& subject : event.subjects) {
        write({.kind = event.stage == Stage::begun ? AuditKind::begin_transferring
                                                   : AuditKind::instances_sent,
               .success = event.stage != Stage::failed,
               .participants = {{.user_id = ae_title_, .role = Role::source, .is_requestor = true},
                                {.user_id = event.destination, .role = Role::destination}},
               .source_id = {},
               .subjects = {subject}});
    }
}

void AuditTrail::note(const storescp::RequestFinished& event) {
    const bool success = event.status == 0 || (event.status & 0xF000U) == 0xB000U;
    if (event.service == "C-STORE") {
        const std::lock_guard lock(mutex_);
        for (const storescp::AuditSubject& stored : event.audit.subjects) {
            storescp::AuditSubject& study =
                peers_[event.association]
                    .received[{stored.study_instance_uid, event.audit.originator}];
            study.patient_id = stored.patient_id;
            study.study_instance_uid = stored.study_instance_uid;
            for (const auto& [sop_class_uid, count] : stored.instances) {
                study.instances[sop_class_uid] += count;
            }
        }
    } else if (event.service == "STOW-RS") {
        const Peer peer{.calling = event.peers.calling,
                        .address = without_port(event.audit.address),
                        .user = {}};
        tell_transfer({.kind = AuditKind::instances_received, .receiver = ae_title_},
                      peer,
                      event.audit.subjects);
    } else if (event.service == "C-MOVE" || event.service == "C-GET") {
        tell_transfer({.kind = AuditKind::instances_sent,
                       .receiver = event.audit.receiver,
                       .success = success},
                      peer_of(event.association),
                      event.audit.subjects);
    } else if (event.service == "C-FIND") {
        const Peer peer = peer_of(event.association);
        write({.kind = AuditKind::query,
               .success = success,
               .participants = {{.user_id = event.peers.calling,
                                 .role = Role::source,
                                 .is_requestor = true,
                                 .address = peer.address},
                                {.user_id = ae_title_, .role = Role::destination}},
               .source_id = {},
               .sop_class_uid = event.audit.sop_class_uid,
               .transfer_syntax_uid = event.audit.transfer_syntax_uid,
               .identifier = event.audit.identifier});
    }
}

void AuditTrail::searched(const web::Request& request, std::string_view query) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(query.data());
    write({.kind = AuditKind::query,
           .participants = {web_client(request, Role::source),
                            {.user_id = ae_title_, .role = Role::destination}},
           .source_id = {},
           .identifier = {bytes, bytes + query.size()}});
}

void AuditTrail::sent(const web::Request& request,
                      const std::vector<storescp::AuditSubject>& subjects) {
    for (const storescp::AuditSubject& subject : subjects) {
        write({.kind = AuditKind::instances_sent,
               .participants = {{.user_id = ae_title_, .role = Role::source},
                                web_client(request, Role::destination)},
               .source_id = {},
               .subjects = {subject}});
    }
}

void AuditTrail::refused(const web::Request& request) {
    write({.kind = AuditKind::user_refused,
           .success = false,
           .participants = {web_client(request, Role::none),
                            {.user_id = ae_title_, .role = Role::application}},
           .source_id = {}});
}

void AuditTrail::note(const storescp::UserRefused& event) {
    write({.kind = AuditKind::user_refused,
           .success = false,
           .participants = {{.user_id = event.user.empty() ? event.peers.calling : event.user,
                             .is_requestor = true,
                             .address = without_port(event.address)},
                            {.user_id = ae_title_, .role = Role::application}},
           .source_id = {}});
}

/// Who called with a title, from an address or with a certificate that is not let in. A full node
/// or a wrong user is told otherwise.
void AuditTrail::note(const storescp::AssociationRejected& event) {
    constexpr std::uint8_t by_user = 1;
    if (event.rejection.result == 1 && event.rejection.source == by_user) {
        write({.kind = AuditKind::node_refused,
               .success = false,
               .participants = {{.user_id = ae_title_, .role = Role::application},
                                {.user_id = event.peers.calling,
                                 .is_requestor = true,
                                 .address = without_port(event.address)}},
               .source_id = {},
               .description = event.why});
    }
}

void AuditTrail::note(const storescp::HandshakeFailed& event) {
    write({.kind = AuditKind::node_refused,
           .success = false,
           .participants = {{.user_id = ae_title_, .role = Role::application},
                            {.user_id = without_port(event.address),
                             .is_requestor = true,
                             .address = without_port(event.address)}},
           .source_id = {},
           .description = event.why});
}

}  // namespace cxr::bridge
