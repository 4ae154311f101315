#pragma once
/// The effective configuration: one validated value. Every key is documented, with its unit,
/// default and allowed values, in config/cxrbridge.toml, which is also the manual.

#include "dicom/core/result.hpp"
#include "dicom/mapping/options.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::config {

enum class MissingImages : std::uint8_t { hide, list };
enum class Strictness : std::uint8_t { strict, lenient };
/// One rule of its own.
enum class Switch : std::uint8_t { as_strictness, strict, lenient };
enum class AccessMode : std::uint8_t { any, known };
enum class DuplicatePolicy : std::uint8_t { keep_first, replace, warn, refuse };
enum class EventAssociation : std::uint8_t { automatic, same, new_association };
enum class UnknownTransactions : std::uint8_t { accept, refuse };
enum class UserIdentity : std::uint8_t { ignored, checked, required };
enum class ClientCertificate : std::uint8_t { required, optional, none };
enum class TlsProfile : std::uint8_t { bcp195, bcp195_non_downgrading, legacy };
enum class WebAuthentication : std::uint8_t { none, required };
enum class LogFormat : std::uint8_t { human, json };

struct DataSetSection {
    std::filesystem::path path;
    MissingImages missing_images = MissingImages::hide;
    dicom::MappingOptions mapping;
    friend bool operator==(const DataSetSection&, const DataSetSection&) = default;
};

struct NodeSection {
    std::string aet = "CXRBRIDGE";
    std::uint16_t port = 11112;
    std::string listen = "127.0.0.1";
    std::uint32_t max_associations = 256;
    std::uint32_t max_associations_per_address = 32;
    std::uint32_t max_pdu = 131'072;  ///< bytes; 0: unlimited
    std::uint32_t async_operations = 1;
    std::chrono::seconds artim_timeout{10};
    std::chrono::seconds idle_timeout{60};
    std::chrono::seconds dimse_timeout{60};
    std::chrono::seconds write_timeout{30};
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds pending_interval{1};  ///< 0: no pending responses of retrievals
    Strictness strictness = Strictness::strict;
    Switch query_hierarchy = Switch::as_strictness;
    Switch query_values = Switch::as_strictness;
    Switch unknown_values = Switch::as_strictness;
    Switch oversized_pdus = Switch::as_strictness;
    Switch operations_window = Switch::as_strictness;
    std::string timezone = "+0000";  ///< of objects that tell none
    std::uint32_t max_matches = 0;   ///< 0: no limit
    DuplicatePolicy duplicates = DuplicatePolicy::keep_first;
    friend bool operator==(const NodeSection&, const NodeSection&) = default;
};

/// Files are named here and read by whoever starts or reloads.
struct TlsSection {
    bool enabled = false;  ///< listen by TLS
    std::string listen = "127.0.0.1";
    std::uint16_t port = 2762;
    std::string certificate, key, ca;
    std::string key_passphrase_file, key_passphrase_env;
    ClientCertificate client_certificate = ClientCertificate::required;
    bool check_client_name = false;
    TlsProfile profile = TlsProfile::bcp195;
    friend bool operator==(const TlsSection&, const TlsSection&) = default;
};

/// The web side: DICOMweb and what else is told by HTTP.
struct WebSection {
    bool enabled = false;
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8080;
    bool tls = false;                 ///< with the certificate of [tls]
    bool client_certificate = false;  ///< does a client need one?
    WebAuthentication authentication = WebAuthentication::none;
    std::vector<std::string> writers{};  ///< users who may change something; the others may read
    std::string tokens_file{};
    std::string jwt_key_file{}, jwt_issuer{}, jwt_audience{};
    std::vector<std::string> allowed_origins{};
    std::vector<std::string> host_names{};  ///< that the node is called by, beside its address
    std::string viewer;                     ///< the folder of a viewer's files; empty: none
    std::uint32_t max_connections = 256;
    std::uint32_t max_request_line = 8'192;  ///< bytes
    std::uint32_t max_header = 16'384;       ///< bytes, with the request line
    std::uint64_t max_body = 2'147'483'648;  ///< bytes
    std::chrono::seconds header_timeout{10};
    std::chrono::seconds idle_timeout{60};
    std::chrono::seconds body_timeout{20};   ///< and the more, the longer a body is:
    std::uint32_t min_body_rate = 16'384;    ///< bytes a second
    std::chrono::seconds write_timeout{30};  ///< and the more, the longer an answer is:
    std::uint32_t min_write_rate = 4'096;    ///< bytes a second
    friend bool operator==(const WebSection&, const WebSection&) = default;
};

struct PeerSection {
    std::string aet;
    std::string host;
    std::uint16_t port = 104;
    std::vector<std::string> may{"echo", "query", "retrieve", "store", "commit", "destination"};
    std::vector<std::string> sop_classes{};  ///< by UID or keyword; empty: all
    bool check_address = false;
    std::chrono::seconds idle_timeout{0};  ///< 0: the node's
    std::vector<std::string> prefer{};     ///< transfer syntaxes, by name or UID
    std::uint32_t associations = 1;        ///< at a time, as the destination of C-MOVE
    std::uint32_t async_operations = 1;    ///< on each of them
    bool tls = false;
    std::string certificate_name{};  ///< empty: host
    std::string user{};              ///< that we send it
    std::string user_passcode_file{}, user_passcode_env{};
    friend bool operator==(const PeerSection&, const PeerSection&) = default;
};

/// Somebody who may log in; at most one of the passcodes is given.
struct UserSection {
    std::string name;
    std::string passcode_hash, passcode_file, passcode_env;
    friend bool operator==(const UserSection&, const UserSection&) = default;
};

struct AccessSection {
    AccessMode mode = AccessMode::any;
    bool check_called_aet = true;
    bool ignore_aet_case = false;
    UserIdentity user_identity = UserIdentity::ignored;
    friend bool operator==(const AccessSection&, const AccessSection&) = default;
};

struct StateSection {
    std::filesystem::path path;     ///< catalogue and received objects
    std::uint64_t quota_bytes = 0;  ///< of received objects; 0: none
    std::uint64_t object_cache_bytes = 256ULL << 20;
    std::uint64_t disk_cache_bytes = 0;       ///< of encoded objects in files; 0: none
    std::uint32_t keep_deliveries_days = 90;  ///< of objects that are not offered any more
    friend bool operator==(const StateSection&, const StateSection&) = default;
};

/// Storage commitment (PS3.4 Annex J).
struct CommitmentSection {
    EventAssociation event_association = EventAssociation::automatic;
    std::uint32_t event_delay_ms = 250;
    std::chrono::seconds retry_interval{60};
    std::chrono::seconds retry_interval_max{3'600};
    std::uint32_t retry_limit = 12;
    std::uint32_t max_owed = 1'000;  ///< transactions
    std::uint32_t keep_days = 90;
    UnknownTransactions unknown_transactions = UnknownTransactions::accept;
    friend bool operator==(const CommitmentSection&, const CommitmentSection&) = default;
};

/// What the node sends of itself, and where to.
struct RouteSection {
    std::string name;
    std::string to;  ///< the AE title of a peer
    std::vector<std::string> objects{"reports"};
    std::vector<std::string> findings{};  ///< of made objects: any of them; empty: all
    std::vector<std::string> splits{};    ///< of made objects: any of them; empty: all
    std::chrono::seconds retry_interval{60};
    std::chrono::seconds retry_interval_max{3'600};
    std::uint32_t retry_limit = 100;
    bool commit = false;
    friend bool operator==(const RouteSection&, const RouteSection&) = default;
};

struct ExportSection {
    std::uint32_t threads = 0;  ///< 0: as many as cores
    friend bool operator==(const ExportSection&, const ExportSection&) = default;
};

struct ReportsSection {
    dicom::ReportOptions options;  ///< its table is not read here: that is a file
    std::filesystem::path codes;   ///< a code table of the site's own; empty: the built-in one
    bool presentation_states = true;
    bool key_objects = false;
    friend bool operator==(const ReportsSection&, const ReportsSection&) = default;
};

enum class AnnotationFormat : std::uint8_t { csv, json, coco };
enum class ObserverKind : std::uint8_t { person, device };
enum class CertaintyUnit : std::uint8_t { fraction, percent };

/// A further table of annotations, and who made it.
struct AnnotationsSection {
    std::string name;
    std::filesystem::path file;
    AnnotationFormat format = AnnotationFormat::csv;
    ObserverKind observer = ObserverKind::person;
    std::string observer_name;
    std::string organization;
    std::string manufacturer, model, version;  ///< of a device
    std::string certainty;                     ///< column of a CSV file; empty: none
    CertaintyUnit certainty_unit = CertaintyUnit::fraction;
    friend bool operator==(const AnnotationsSection&, const AnnotationsSection&) = default;
};

enum class NonRectangular : std::uint8_t { reject, bbox };

/// How structured reports of others are read.
struct ImportSection {
    NonRectangular nonrect = NonRectangular::reject;
    bool strict = false;
    friend bool operator==(const ImportSection&, const ImportSection&) = default;
};

struct LogSection {
    std::string level = "info";
    LogFormat format = LogFormat::human;
    std::filesystem::path audit{};  ///< empty: no audit trail
    friend bool operator==(const LogSection&, const LogSection&) = default;
};

struct Config {
    DataSetSection data_set;
    NodeSection node;
    TlsSection tls;
    WebSection web;
    std::vector<PeerSection> peers;
    std::vector<UserSection> users;
    AccessSection access;
    StateSection state;
    CommitmentSection commitment;
    std::vector<RouteSection> routes;
    ExportSection export_;
    ReportsSection reports;
    ImportSection import_;
    std::vector<AnnotationsSection> annotations;
    LogSection log;
};

/// All mistakes at once: unknown keys with the nearest known name, wrong types, values out of
/// range, each as "file:line: section.key: what is wrong, what is allowed".
struct ConfigMistakes {
    std::vector<std::string> mistakes;
};

/// @param text TOML. Defaults fill what is not said. @param file its name in the mistakes.
[[nodiscard]] std::variant<Config, ConfigMistakes> parse_config(std::string_view text,
                                                                std::string_view file);

/// One key from the command line, checked by the same table as the file's.
/// @param name "node.port" @param text as typed. Faults: malformed (says what is allowed).
[[nodiscard]] dicom::Result<void> set_key(Config& config,
                                          std::string_view name,
                                          std::string_view text);

/// What single keys cannot show: an access mode that lets nobody in, two peers of one AE title.
[[nodiscard]] std::vector<std::string> contradictions(const Config& config);

/// The effective configuration as TOML that parse_config() reads back. Secrets are not shown: a
/// comment stands in their place.
[[nodiscard]] std::string show(const Config& config);

/// "AE@host:port", "AE@[::1]:port". Faults: malformed.
[[nodiscard]] dicom::Result<PeerSection> parse_peer(std::string_view text);

/// Every key there is: what the default file must document.
struct KeyInfo {
    std::string section;          ///< "node"
    std::string name;             ///< "port"
    std::string allowed;          ///< "0 to 65535"
    std::string default_literal;  ///< as TOML
};
[[nodiscard]] std::vector<KeyInfo> known_keys();

}  // namespace cxr::config
