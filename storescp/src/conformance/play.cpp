#include "conformance/play.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "storescp/status.hpp"

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

constexpr std::string_view test_implementation_version_name = "CXRCONFORM_1";
constexpr std::uint32_t our_pdu_bytes_max = 65'536;

std::string_view service_name(std::string_view sop_class) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {sop::verification, "Verification"},
        {sop::storage_commitment, "Storage Commitment"},
        {sop::secondary_capture, "Secondary Capture storage"},
        {sop::ct_image, "CT Image storage"},
        {sop::patient_root_find, "C-FIND Patient Root"},
        {sop::patient_root_move, "C-MOVE Patient Root"},
        {sop::patient_root_get, "C-GET Patient Root"},
        {sop::study_root_find, "C-FIND Study Root"},
        {sop::study_root_move, "C-MOVE Study Root"},
        {sop::study_root_get, "C-GET Study Root"},
        {sop::patient_study_only_find, "C-FIND Patient/Study Only"},
    };
    for (const auto& [uid, name] : names) {
        if (uid == sop_class) {
            return name;
        }
    }
    return sop_class;
}

}  // namespace

Play::Play(const ExaminerSettings& settings,
           const Examiner::Known& known,
           const Case& what,
           unsigned attempt)
    : settings_(settings),
      known_(known),
      what_(what),
      attempt_(attempt),
      uids_("conform/" + settings.run_name) {}

void Play::need(std::string_view sop_class) const {
    if (!offers(sop_class)) {
        throw NotPlayable{fmt::format("the peer does not offer {}", service_name(sop_class))};
    }
}

void Play::need_permission_to_store() const {
    if (!settings_.may_store) {
        throw NotPlayable{"would write to the peer: allow it with --store"};
    }
    need(sop::secondary_capture);
}

const HeldInstance& Play::held() const {
    if (known_.instances.empty()) {
        throw NotPlayable{"the peer holds nothing that a C-FIND finds; --store gives it something"};
    }
    return known_.instances.front();
}

std::string Play::uid(std::string_view name) const {
    return uids_.derive(attempt_ == 1 ? fmt::format("{}/{}", what_.id, name)
                                      : fmt::format("{}/{}/{}", what_.id, attempt_, name));
}

pdu::AssociateRQ Play::request(std::initializer_list<std::string_view> abstract_syntaxes,
                               std::string_view transfer_syntax) const {
    pdu::AssociateRQ request;
    request.called = pdu::title_field(settings_.called_ae_title);
    request.calling = pdu::title_field(settings_.calling_ae_title);
    request.user.pdu_bytes_max = our_pdu_bytes_max;
    request.user.implementation_class_uid = uids_.derive("implementation");
    request.user.implementation_version_name = test_implementation_version_name;
    std::uint8_t id = 1;
    for (const std::string_view abstract_syntax : abstract_syntaxes) {
        request.contexts.push_back({.id = id,
                                    .abstract_syntax = std::string(abstract_syntax),
                                    .transfer_syntaxes = {std::string(transfer_syntax)}});
        id = static_cast<std::uint8_t>(id + 2);
    }
    return request;
}

Wire Play::connect_plain() const {
    try {
        return {settings_.host, settings_.port, settings_.answer_within};
    } catch (const boost::system::system_error& refused) {
        throw Deviation{"a TCP connection", refused.code().message()};
    }
}

Probe Play::connect_as(std::shared_ptr<const TlsContext> context) const {
    Wire wire = connect_plain();
    const std::string& name = settings_.tls->certificate_name;
    wire.secure(std::move(context), name.empty() ? settings_.host : name, settings_.answer_within);
    return {std::move(wire), settings_.answer_within};
}

Probe Play::connect() const {
    if (!settings_.tls) {
        return {connect_plain(), settings_.answer_within};
    }
    try {
        return connect_as(settings_.tls->context);
    } catch (const HandshakeRefused& refused) {
        throw Deviation{"a TLS connection", refused.why};
    }
}

Seen Play::answer_to(const pdu::AssociateRQ& request) const {
    Probe probe = connect();
    return probe.associate(request);
}

Seen Play::answer_to(std::span<const std::byte> pdu) const {
    Probe probe = connect();
    probe.send(pdu);
    return probe.receive();
}

Probe Play::open(std::initializer_list<std::string_view> abstract_syntaxes,
                 std::string_view transfer_syntax) {
    for (const std::string_view abstract_syntax : abstract_syntaxes) {
        need(abstract_syntax);
    }
    return open(request(abstract_syntaxes, transfer_syntax));
}

Probe Play::open(const pdu::AssociateRQ& request) {
    Probe probe = connect();
    expect("A-ASSOCIATE-AC", probe.associate(request));
    return probe;
}

void Play::expect(std::string_view expected, const Seen& seen) {
    expect(is_expected(seen.text, expected), expected, seen.text);
}

void Play::expect(bool holds, std::string_view expected, std::string_view seen) {
    expected_ = expected;
    seen_ = seen;
    if (!holds) {
        throw Deviation{expected_, seen_};
    }
}

CommandSet request_of(CommandField field, std::string_view sop_class, std::uint16_t message_id) {
    CommandSet command;
    command.affected_sop_class_uid = sop_class;
    command.command_field = static_cast<std::uint16_t>(field);
    command.message_id = message_id;
    command.data_set_type = field == CommandField::c_echo_rq ? no_data_set : std::uint16_t{1};
    if (field != CommandField::c_echo_rq) {
        command.priority = 0;
    }
    return command;
}

CommandSet cancel_of(std::uint16_t message_id) {
    CommandSet cancel;
    cancel.command_field = static_cast<std::uint16_t>(CommandField::c_cancel_rq);
    cancel.message_id_being_responded_to = message_id;
    cancel.data_set_type = no_data_set;
    return cancel;
}

Attributes keys(std::string_view level, std::initializer_list<Key> keys) {
    Attributes identifier;
    if (!level.empty()) {
        put(identifier, DCM_QueryRetrieveLevel, std::string(level));
    }
    for (const Key& key : keys) {
        put(identifier, key.first, key.second);
    }
    return identifier;
}

Bytes encoded(const Attributes& attributes, std::string_view transfer_syntax) {
    const auto* const known = dicom::find_transfer_syntax(transfer_syntax);
    return dicom::encode_attributes(attributes,
                                    known == nullptr ? dicom::implicit_vr_little_endian : *known);
}

std::uint16_t store_success(const Received& /*received*/, std::size_t /*index*/) {
    return status::success;
}

}  // namespace cxr::storescp::conformance
