#include "bridge/daemon/audit_message.hpp"

#include "export/html/markup.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <span>

namespace cxr::bridge {
namespace {

struct Code {
    const char* value;
    const char* meaning;
};

/// What each kind is (A.5.3): event, its type if it has one, and the action.
struct Kind {
    Code event;
    Code type;
    char action;
};
constexpr std::array kinds{
    Kind{{"110100", "Application Activity"}, {"110120", "Application Start"}, 'E'},
    Kind{{"110100", "Application Activity"}, {"110121", "Application Stop"}, 'E'},
    Kind{{"110102", "Begin Transferring DICOM Instances"}, {}, 'E'},
    Kind{{"110104", "DICOM Instances Transferred"}, {}, 'C'},
    Kind{{"110104", "DICOM Instances Transferred"}, {}, 'R'},
    Kind{{"110112", "Query"}, {}, 'E'},
    Kind{{"110114", "User Authentication"}, {"110122", "Login"}, 'E'},
    Kind{{"110113", "Security Alert"}, {"110126", "Node Authentication"}, 'E'},
};
constexpr std::array roles{Code{"110150", "Application"},
                           Code{"110153", "Source Role ID"},
                           Code{"110152", "Destination Role ID"}};

/// Titles come from strangers, and XML 1.0 has no place for most control characters.
std::string text(std::string_view raw) {
    std::string clean;
    for (const char c : raw) {
        clean += c >= ' ' && c <= '~' ? c : '?';
    }
    return html::escaped(clean);
}

std::string code(const char* element, const Code& code) {
    return fmt::format(R"(<{} csd-code="{}" codeSystemName="DCM" originalText="{}"/>)",
                       element,
                       code.value,
                       code.meaning);
}

std::string participant(const AuditParticipant& who) {
    std::string xml = fmt::format(R"(<ActiveParticipant UserID="{}" UserIsRequestor="{}")",
                                  text(who.user_id),
                                  who.is_requestor);
    if (!who.address.empty()) {
        xml += fmt::format(R"( NetworkAccessPointID="{}" NetworkAccessPointTypeCode="2")",
                           text(who.address));
    }
    return who.role == AuditParticipant::Role::none
               ? xml + "/>"
               : xml + '>' + code("RoleIDCode", roles.at(static_cast<std::size_t>(who.role))) +
                     "</ActiveParticipant>";
}

std::string object_begin(std::string_view id, int type, int role) {
    return fmt::format(
        R"(<ParticipantObjectIdentification ParticipantObjectID="{}" ParticipantObjectTypeCode="{}" )"
        R"(ParticipantObjectTypeCodeRole="{}">)",
        text(id),
        type,
        role);
}
constexpr const char* object_end = "</ParticipantObjectIdentification>";

std::string base64_of(std::string_view raw) {
    return html::base64(std::as_bytes(std::span(raw)));
}

/// Study and patient; a patient without an ID has none to tell.
std::string subject(const storescp::AuditSubject& subject) {
    std::string xml = object_begin(subject.study_instance_uid, 2, 3) +
                      code("ParticipantObjectIDTypeCode", {"110180", "Study Instance UID"}) +
                      "<ParticipantObjectName/><ParticipantObjectDescription>";
    for (const auto& [sop_class_uid, count] : subject.instances) {
        xml += fmt::format(
            R"(<SOPClass UID="{}" NumberOfInstances="{}"/>)", text(sop_class_uid), count);
    }
    xml += fmt::format("</ParticipantObjectDescription>{}", object_end);
    if (!subject.patient_id.empty()) {
        xml += object_begin(subject.patient_id, 1, 1) +
               R"(<ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" )"
               R"(originalText="Patient Number"/><ParticipantObjectName/>)" +
               object_end;
    }
    return xml;
}

std::string query(const AuditMessage& message) {
    return object_begin(message.sop_class_uid, 2, 3) +
           code("ParticipantObjectIDTypeCode", {"110181", "SOP Class UID"}) +
           "<ParticipantObjectQuery>" + html::base64(message.identifier) +
           "</ParticipantObjectQuery>" +
           fmt::format(R"(<ParticipantObjectDetail type="TransferSyntax" value="{}"/>)",
                       base64_of(message.transfer_syntax_uid)) +
           object_end;
}

std::string alert(const AuditMessage& message) {
    return object_begin(message.source_id, 2, 13) +
           code("ParticipantObjectIDTypeCode", {"110182", "Node ID"}) + "<ParticipantObjectName/>" +
           fmt::format(R"(<ParticipantObjectDetail type="Alert Description" value="{}"/>)",
                       base64_of(message.description)) +
           object_end;
}

}  // namespace

std::string xml_of(const AuditMessage& message, std::chrono::system_clock::time_point when) {
    const Kind& kind = kinds.at(static_cast<std::size_t>(message.kind));
    std::string xml = fmt::format(
        R"(<AuditMessage><EventIdentification EventActionCode="{}" EventDateTime="{:%FT%TZ}" )"
        R"(EventOutcomeIndicator="{}">{}{}</EventIdentification>)",
        kind.action,
        fmt::gmtime(std::chrono::system_clock::to_time_t(when)),
        message.success ? 0 : 4,
        code("EventID", kind.event),
        kind.type.value == nullptr ? std::string() : code("EventTypeCode", kind.type));
    for (const AuditParticipant& who : message.participants) {
        xml += participant(who);
    }
    xml += fmt::format(R"(<AuditSourceIdentification AuditSourceID="{}">)"
                       R"(<AuditSourceTypeCode csd-code="4"/></AuditSourceIdentification>)",
                       text(message.source_id));
    for (const storescp::AuditSubject& each : message.subjects) {
        xml += subject(each);
    }
    if (message.kind == AuditKind::query) {
        xml += query(message);
    }
    if (message.kind == AuditKind::node_refused) {
        xml += alert(message);
    }
    return xml + "</AuditMessage>";
}

}  // namespace cxr::bridge
