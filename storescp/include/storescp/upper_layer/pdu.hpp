#pragma once
/// The seven protocol data units of the DICOM upper layer (PS3.8 §9.3; user information items of
/// PS3.7 Annex D), as values. Encoding and decoding are pure. P-DATA-TF has no struct: its
/// presentation data values are streamed by UpperLayer and framed by DataFramer, never collected.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::storescp {

/// PS3.8 table 9-18, Result/Reason of a presentation context.
enum class ContextResult : std::uint8_t {
    acceptance = 0,
    user_rejection = 1,
    no_reason = 2,
    abstract_syntax_not_supported = 3,
    transfer_syntaxes_not_supported = 4,
};

/// SCP/SCU Role Selection (PS3.7 D.3.3.4), as seen by the association requestor.
struct RoleSelection {
    bool scu = true;
    bool scp = false;
    friend bool operator==(const RoleSelection&, const RoleSelection&) = default;
};

struct ProposedContext {
    std::uint8_t id;  ///< odd, 1 to 255
    std::string abstract_syntax;
    std::vector<std::string> transfer_syntaxes;
    friend bool operator==(const ProposedContext&, const ProposedContext&) = default;
};

/// PS3.8 table 9-21.
struct Rejection {
    std::uint8_t result;  ///< 1 permanent, 2 transient
    std::uint8_t source;  ///< 1 service user, 2 provider (ACSE), 3 provider (presentation)
    std::uint8_t reason;
    friend bool operator==(const Rejection&, const Rejection&) = default;
};

/// PS3.8 table 9-26.
struct AbortReason {
    std::uint8_t source;  ///< 0 service user, 2 service provider
    std::uint8_t reason;
    friend bool operator==(const AbortReason&, const AbortReason&) = default;
};
inline constexpr AbortReason abort_by_user{0, 0};

/// What an abort by the provider says (PS3.8 table 9-26, source 2).
enum class ProtocolError : std::uint8_t {
    not_specified = 0,
    unrecognized_pdu = 1,
    unexpected_pdu = 2,
    unrecognized_parameter = 4,
    unexpected_parameter = 5,
    invalid_parameter_value = 6,
};

/// "rejected permanently by the service user: called AE title not recognized (1/1/7)".
[[nodiscard]] std::string describe(const Rejection& rejection);
/// "aborted by the service provider: unexpected PDU (2/2)".
[[nodiscard]] std::string describe(const AbortReason& reason);

inline constexpr std::string_view dicom_application_context = "1.2.840.10008.3.1.1.1";

namespace pdu {

enum class Type : std::uint8_t {
    associate_rq = 0x01,
    associate_ac = 0x02,
    associate_rj = 0x03,
    p_data_tf = 0x04,
    release_rq = 0x05,
    release_rp = 0x06,
    abort = 0x07,
};

/// Type, reserved byte and the length of what follows.
inline constexpr std::uint32_t header_bytes = 6;
/// Length, context id and message control header of one presentation data value (§9.3.5.1, Annex
/// E).
inline constexpr std::uint32_t pdv_header_bytes = 6;
/// What an A-ASSOCIATE PDU may announce: 64 KiB, and 4 KiB for each of 128 presentation contexts.
inline constexpr std::uint32_t associate_bytes_max = 65'536 + 128 * 4'096;

/// The 16 bytes of an AE title field as sent, padding and all: an answer echoes them.
using TitleField = std::array<char, 16>;
[[nodiscard]] TitleField title_field(std::string_view title);
/// Without leading and trailing spaces and trailing NULs; other bytes as they are.
[[nodiscard]] std::string title_of(const TitleField& field);

/// PS3.7 D.3.3.3. 0: unlimited.
struct AsynchronousWindow {
    std::uint16_t operations_invoked_max = 1;
    std::uint16_t operations_performed_max = 1;
    friend bool operator==(const AsynchronousWindow&, const AsynchronousWindow&) = default;
};
/// PS3.7 D.3.3.4, the two flags as sent (in an answer: as agreed).
struct RoleItem {
    std::string sop_class_uid;
    RoleSelection roles;
    friend bool operator==(const RoleItem&, const RoleItem&) = default;
};
/// PS3.7 D.3.3.5.
struct ExtendedNegotiationItem {
    std::string sop_class_uid;
    std::vector<std::uint8_t> information;
    friend bool operator==(const ExtendedNegotiationItem&,
                           const ExtendedNegotiationItem&) = default;
};
/// PS3.7 D.3.3.6; only in a request.
struct CommonExtendedNegotiationItem {
    std::string sop_class_uid;
    std::string service_class_uid;
    std::vector<std::string> related_general_sop_class_uids;
    friend bool operator==(const CommonExtendedNegotiationItem&,
                           const CommonExtendedNegotiationItem&) = default;
};
/// PS3.7 D.3.3.7.1; only in a request.
struct UserIdentityItem {
    std::uint8_t type = 1;  ///< 1 name, 2 name and passcode, 3 Kerberos, 4 SAML, 5 JWT
    bool positive_response_requested = false;
    std::vector<std::byte> primary, secondary;
    friend bool operator==(const UserIdentityItem&, const UserIdentityItem&) = default;
};

struct UserInformation {
    std::optional<std::uint32_t> pdu_bytes_max;               ///< 51H; 0: no limit
    std::string implementation_class_uid;                     ///< 52H; empty: absent
    std::string implementation_version_name;                  ///< 55H; empty: absent
    std::optional<AsynchronousWindow> asynchronous_window;    ///< 53H
    std::vector<RoleItem> roles;                              ///< 54H
    std::vector<ExtendedNegotiationItem> extended;            ///< 56H
    std::vector<CommonExtendedNegotiationItem> common;        ///< 57H
    std::optional<UserIdentityItem> identity;                 ///< 58H
    std::optional<std::vector<std::byte>> identity_response;  ///< 59H
    friend bool operator==(const UserInformation&, const UserInformation&) = default;
};

/// What both A-ASSOCIATE PDUs begin with (tables 9-11 and 9-17).
struct AssociateHead {
    std::uint16_t protocol_version = 1;
    TitleField called = title_field("");
    TitleField calling = title_field("");
    std::array<std::byte, 32> reserved{};
    std::string application_context{dicom_application_context};
    UserInformation user;
    /// What was tolerated while decoding, for a person: not part of the PDU.
    std::vector<std::string> remarks;
};

struct AssociateRQ : AssociateHead {
    std::vector<ProposedContext> contexts;
};

struct AnsweredContext {
    std::uint8_t id;
    ContextResult result;
    std::string transfer_syntax;  ///< not significant unless accepted (§9.3.3.2)
    friend bool operator==(const AnsweredContext&, const AnsweredContext&) = default;
};
struct AssociateAC : AssociateHead {
    std::vector<AnsweredContext> contexts;
};

[[nodiscard]] std::vector<std::byte> encode(const AssociateRQ& request);
[[nodiscard]] std::vector<std::byte> encode(const AssociateAC& answer);
[[nodiscard]] std::vector<std::byte> encode(const Rejection& rejection);
[[nodiscard]] std::vector<std::byte> encode(const AbortReason& reason);
[[nodiscard]] std::vector<std::byte> encode_release_rq();
[[nodiscard]] std::vector<std::byte> encode_release_rp();

/// Why a PDU is not one.
struct Malformed {
    ProtocolError error;
    std::string why;
};
template <typename T>
using Decoded = std::variant<T, Malformed>;

// Each takes what follows the six header bytes. Items and sub-items of unknown type are skipped
// (§9.3.1), reserved bytes are not tested, UIDs lose trailing NULs and spaces.
[[nodiscard]] Decoded<AssociateRQ> decode_associate_rq(std::span<const std::byte> body);
[[nodiscard]] Decoded<AssociateAC> decode_associate_ac(std::span<const std::byte> body);
[[nodiscard]] Decoded<Rejection> decode_associate_rj(std::span<const std::byte> body);
[[nodiscard]] Decoded<AbortReason> decode_abort(std::span<const std::byte> body);

}  // namespace pdu
}  // namespace cxr::storescp
