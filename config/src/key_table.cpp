#include "key_table.hpp"

#include "dicom/core/ae_title.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/core/uid.hpp"
#include "dicom/query/time_zone.hpp"
#include "key_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>

namespace cxr::config {

namespace {

bool is_ae_title(const std::string& given) {
    return dicom::AETitle::parse(given).has_value();
}
bool is_ip_address(const std::string& given) {
    in6_addr address{};
    return inet_pton(AF_INET, given.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, given.c_str(), &address) == 1;
}
bool is_a_host(const std::string& given) {
    return !given.empty() && given.size() <= 253 &&
           std::all_of(given.begin(), given.end(), [](char c) { return c > ' ' && c <= '~'; });
}
bool is_a_right(const std::string& given) {
    static constexpr std::string_view rights[] = {
        "echo", "query", "retrieve", "move", "get", "store", "commit", "destination"};
    return std::find(std::begin(rights), std::end(rights), given) != std::end(rights);
}
bool is_a_sop_class(const std::string& given) {
    return dicom::sop_class_uid(given).has_value();
}
bool is_utc_offset(const std::string& given) {
    return dicom::utc_offset_minutes(given).has_value();
}
bool is_a_transfer_syntax(const std::string& given) {
    return dicom::find_transfer_syntax(given) != nullptr;
}

bool is_a_user_name(const std::string& given) {
    return !given.empty() && given.size() <= 64;
}
/// crypt(3)'s kinds that are made to be slow; the shortest has 8 characters of salt and 43 of hash.
bool is_a_passcode_hash(const std::string& given) {
    const bool known = given.starts_with("$5$") || given.starts_with("$6$") ||
                       given.starts_with("$y$") || given.starts_with("$2b$");
    return known && given.size() > 50;
}
bool is_a_log_level(const std::string& given) {
    return given == "debug" || given == "info" || given == "warning" || given == "error";
}

constexpr const char* ae_title_shape = "1 to 16 printable ASCII characters without backslash";

}  // namespace

template <>
std::span<const Key<DataSetSection>> keys_of<DataSetSection>() {
    using S = DataSetSection;
    using dicom::Dates, dicom::Geometry, dicom::IodProfile, dicom::MappingOptions,
        dicom::ModalityChoice;
    using dicom::Names, dicom::Spacing;
    const auto mapping = &S::mapping;
    static const Key<S> keys[] = {
        text<S>("path", &S::path, "a folder", is_not_empty),
        choice<S>("missing_images",
                  &S::missing_images,
                  {{"hide", MissingImages::hide}, {"list", MissingImages::list}}),
        choice<S>(
            "spacing",
            via(mapping, &MappingOptions::spacing),
            {{"nominal", Spacing::nominal}, {"pixel", Spacing::pixel}, {"none", Spacing::none}}),
        choice<S>("geometry",
                  via(mapping, &MappingOptions::geometry),
                  {{"stored", Geometry::stored}, {"resampled", Geometry::resampled}}),
        choice<S>("dates",
                  via(mapping, &MappingOptions::dates),
                  {{"synthetic", Dates::synthetic}, {"none", Dates::none}}),
        choice<S>("names",
                  via(mapping, &MappingOptions::names),
                  {{"id", Names::id}, {"human", Names::human}}),
        choice<S>("modality",
                  via(mapping, &MappingOptions::modality),
                  {{"DX", ModalityChoice::dx},
                   {"CR", ModalityChoice::cr},
                   {"OT", ModalityChoice::ot},
                   {"auto", ModalityChoice::automatic}}),
        choice<S>(
            "iod",
            via(mapping, &MappingOptions::iod),
            {{"standard-extended", IodProfile::standard_extended}, {"strict", IodProfile::strict}}),
        flag<S>("clinical_trial", via(mapping, &MappingOptions::clinical_trial)),
        flag<S>("labels_in_image_comments",
                via(mapping, &MappingOptions::labels_in_image_comments)),
    };
    return keys;
}

template <>
std::span<const Key<NodeSection>> keys_of<NodeSection>() {
    using S = NodeSection;
    static const Key<S> keys[] = {
        text<S>("aet", &S::aet, ae_title_shape, is_ae_title),
        number<S>("port", &S::port, 0, 65'535),
        text<S>("listen", &S::listen, "an IPv4 or IPv6 address", is_ip_address),
        number<S>("max_associations", &S::max_associations, 1, 100'000),
        number<S>("max_associations_per_address", &S::max_associations_per_address, 1, 100'000),
        zero_or(number<S>("max_pdu", &S::max_pdu, 4'096, 16'777'216, "bytes"), &S::max_pdu),
        number<S>("async_operations", &S::async_operations, 1, 256),
        seconds<S>("artim_timeout", &S::artim_timeout),
        seconds<S>("idle_timeout", &S::idle_timeout),
        seconds<S>("dimse_timeout", &S::dimse_timeout),
        seconds<S>("write_timeout", &S::write_timeout),
        seconds<S>("connect_timeout", &S::connect_timeout),
        seconds<S>("pending_interval", &S::pending_interval, 0),
        choice<S>("strictness",
                  &S::strictness,
                  {{"strict", Strictness::strict}, {"lenient", Strictness::lenient}}),
        strictness_of<S>("query_hierarchy", &S::query_hierarchy),
        strictness_of<S>("query_values", &S::query_values),
        strictness_of<S>("unknown_values", &S::unknown_values),
        strictness_of<S>("oversized_pdus", &S::oversized_pdus),
        strictness_of<S>("operations_window", &S::operations_window),
        text<S>("timezone", &S::timezone, "a sign and hhmm, -1200 to +1400", is_utc_offset),
        number<S>("max_matches", &S::max_matches, 0, 4'294'967'295),
        choice<S>("duplicates",
                  &S::duplicates,
                  {{"keep-first", DuplicatePolicy::keep_first},
                   {"replace", DuplicatePolicy::replace},
                   {"warn", DuplicatePolicy::warn},
                   {"refuse", DuplicatePolicy::refuse}}),
    };
    return keys;
}

template <>
std::span<const Key<PeerSection>> keys_of<PeerSection>() {
    using S = PeerSection;
    static const Key<S> keys[] = {
        text<S>("aet", &S::aet, ae_title_shape, is_ae_title),
        text<S>("host", &S::host, "a host name or an IP address", is_a_host),
        number<S>("port", &S::port, 1, 65'535),
        list<S>("may",
                &S::may,
                R"(a list of "echo", "query", "retrieve", "move", "get", "store", "commit" and )"
                R"("destination")",
                is_a_right),
        list<S>("sop_classes",
                &S::sop_classes,
                "a list of SOP classes, by UID or, of storage classes, by keyword",
                is_a_sop_class),
        flag<S>("check_address", &S::check_address),
        seconds<S>("idle_timeout", &S::idle_timeout, 0),
        list<S>("prefer",
                &S::prefer,
                "a list of transfer syntaxes, by keyword, short name or UID",
                is_a_transfer_syntax),
        number<S>("associations", &S::associations, 1, 32),
        number<S>("async_operations", &S::async_operations, 1, 256),
        flag<S>("tls", &S::tls),
        text<S>(
            "certificate_name", &S::certificate_name, "a host name or an IP address", is_a_host),
        text<S>("user", &S::user, "a name of at most 64 characters", is_a_user_name),
        text<S>("user_passcode_file", &S::user_passcode_file, "a file", is_not_empty),
        text<S>("user_passcode_env",
                &S::user_passcode_env,
                "the name of an environment variable",
                is_not_empty),
    };
    return keys;
}

template <>
std::span<const Key<TlsSection>> keys_of<TlsSection>() {
    using S = TlsSection;
    static const Key<S> keys[] = {
        flag<S>("enabled", &S::enabled),
        text<S>("listen", &S::listen, "an IPv4 or IPv6 address", is_ip_address),
        number<S>("port", &S::port, 0, 65'535),
        text<S>("certificate", &S::certificate, "a PEM file", is_not_empty),
        text<S>("key", &S::key, "a PEM file", is_not_empty),
        text<S>("key_passphrase_file", &S::key_passphrase_file, "a file", is_not_empty),
        text<S>("key_passphrase_env",
                &S::key_passphrase_env,
                "the name of an environment variable",
                is_not_empty),
        text<S>("ca", &S::ca, "a PEM file", is_not_empty),
        choice<S>("client_certificate",
                  &S::client_certificate,
                  {{"required", ClientCertificate::required},
                   {"optional", ClientCertificate::optional},
                   {"none", ClientCertificate::none}}),
        flag<S>("check_client_name", &S::check_client_name),
        choice<S>("profile",
                  &S::profile,
                  {{"bcp195", TlsProfile::bcp195},
                   {"bcp195-non-downgrading", TlsProfile::bcp195_non_downgrading},
                   {"legacy", TlsProfile::legacy}}),
    };
    return keys;
}

template <>
std::span<const Key<UserSection>> keys_of<UserSection>() {
    using S = UserSection;
    static const Key<S> keys[] = {
        text<S>("name", &S::name, "a name of at most 64 characters", is_a_user_name),
        secret(text<S>("passcode_hash",
                       &S::passcode_hash,
                       R"(what `openssl passwd -6` prints, beginning with "$6$")",
                       is_a_passcode_hash)),
        text<S>("passcode_file", &S::passcode_file, "a file", is_not_empty),
        text<S>(
            "passcode_env", &S::passcode_env, "the name of an environment variable", is_not_empty),
    };
    return keys;
}

template <>
std::span<const Key<AccessSection>> keys_of<AccessSection>() {
    using S = AccessSection;
    static const Key<S> keys[] = {
        choice<S>("mode", &S::mode, {{"any", AccessMode::any}, {"known", AccessMode::known}}),
        flag<S>("check_called_aet", &S::check_called_aet),
        flag<S>("ignore_aet_case", &S::ignore_aet_case),
        choice<S>("user_identity",
                  &S::user_identity,
                  {{"ignored", UserIdentity::ignored},
                   {"checked", UserIdentity::checked},
                   {"required", UserIdentity::required}}),
    };
    return keys;
}

template <>
std::span<const Key<StateSection>> keys_of<StateSection>() {
    using S = StateSection;
    static const Key<S> keys[] = {
        text<S>("path", &S::path, "a folder", is_not_empty),
        number<S>("quota_bytes", &S::quota_bytes, 0, bytes_max, "bytes"),
        number<S>("object_cache_bytes", &S::object_cache_bytes, 0, bytes_max, "bytes"),
        number<S>("disk_cache_bytes", &S::disk_cache_bytes, 0, bytes_max, "bytes"),
        number<S>("keep_deliveries_days", &S::keep_deliveries_days, 1, 36'500, "days"),
    };
    return keys;
}

template <>
std::span<const Key<CommitmentSection>> keys_of<CommitmentSection>() {
    using S = CommitmentSection;
    static const Key<S> keys[] = {
        choice<S>("event_association",
                  &S::event_association,
                  {{"auto", EventAssociation::automatic},
                   {"same", EventAssociation::same},
                   {"new", EventAssociation::new_association}}),
        number<S>("event_delay_ms", &S::event_delay_ms, 0, 60'000, "milliseconds"),
        seconds<S>("retry_interval", &S::retry_interval),
        seconds<S>("retry_interval_max", &S::retry_interval_max),
        number<S>("retry_limit", &S::retry_limit, 1, 1'000),
        number<S>("max_owed", &S::max_owed, 1, 1'000'000),
        number<S>("keep_days", &S::keep_days, 1, 36'500, "days"),
        choice<S>(
            "unknown_transactions",
            &S::unknown_transactions,
            {{"accept", UnknownTransactions::accept}, {"refuse", UnknownTransactions::refuse}}),
    };
    return keys;
}

template <>
std::span<const Key<ExportSection>> keys_of<ExportSection>() {
    static const Key<ExportSection> keys[] = {
        number<ExportSection>("threads", &ExportSection::threads, 0, 1'024)};
    return keys;
}

template <>
std::span<const Key<LogSection>> keys_of<LogSection>() {
    using S = LogSection;
    static const Key<S> keys[] = {
        text<S>("level", &S::level, R"("debug" or "info" or "warning" or "error")", is_a_log_level),
        choice<S>("format", &S::format, {{"human", LogFormat::human}, {"json", LogFormat::json}}),
        text<S>("audit", &S::audit, "a file", is_not_empty),
    };
    return keys;
}

std::string toml_literal(const Value& value) {
    struct Literal {
        std::string operator()(bool truth) const { return truth ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(const std::string& text) const {
            std::string quoted = "\"";
            for (const char c : text) {
                if (c == '"' || c == '\\') {
                    quoted += '\\';
                    quoted += c;
                } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
                    quoted += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
                } else {
                    quoted += c;
                }
            }
            return quoted + '"';
        }
        std::string operator()(const std::vector<std::string>& texts) const {
            std::vector<std::string> quoted;
            quoted.reserve(texts.size());
            for (const auto& text : texts) {
                quoted.push_back((*this)(text));
            }
            return fmt::format("[{}]", fmt::join(quoted, ", "));
        }
    };
    return std::visit(Literal{}, value);
}

}  // namespace cxr::config
