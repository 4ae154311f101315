#pragma once
/// The one table of keys: parsing, command line overrides, suggestions, show() and the check of the
/// default file all walk it. A key's TOML type is the type of its default.

#include "config/schema.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::config {

using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

/// "true", "11112", "\"AE\"", "[\"a\", \"b\"]"
[[nodiscard]] std::string toml_literal(const Value& value);

template <typename Section>
struct Key {
    std::string_view name;
    std::string allowed;  ///< for people: "0 to 65535"
    /// False when the value is not allowed; its type is right already.
    std::function<bool(Section&, const Value&)> set;
    std::function<Value(const Section&)> get;
    bool secret = false;  ///< never shown, not even in a complaint
};

template <typename Section>
[[nodiscard]] std::span<const Key<Section>> keys_of();
template <>
[[nodiscard]] std::span<const Key<DataSetSection>> keys_of<DataSetSection>();
template <>
[[nodiscard]] std::span<const Key<NodeSection>> keys_of<NodeSection>();
template <>
[[nodiscard]] std::span<const Key<PeerSection>> keys_of<PeerSection>();
template <>
[[nodiscard]] std::span<const Key<TlsSection>> keys_of<TlsSection>();
template <>
[[nodiscard]] std::span<const Key<WebSection>> keys_of<WebSection>();
template <>
[[nodiscard]] std::span<const Key<UserSection>> keys_of<UserSection>();
template <>
[[nodiscard]] std::span<const Key<AccessSection>> keys_of<AccessSection>();
template <>
[[nodiscard]] std::span<const Key<StateSection>> keys_of<StateSection>();
template <>
[[nodiscard]] std::span<const Key<CommitmentSection>> keys_of<CommitmentSection>();
template <>
[[nodiscard]] std::span<const Key<RouteSection>> keys_of<RouteSection>();
template <>
[[nodiscard]] std::span<const Key<ExportSection>> keys_of<ExportSection>();
template <>
[[nodiscard]] std::span<const Key<ReportsSection>> keys_of<ReportsSection>();
template <>
[[nodiscard]] std::span<const Key<ImportSection>> keys_of<ImportSection>();
template <>
[[nodiscard]] std::span<const Key<AnnotationsSection>> keys_of<AnnotationsSection>();
template <>
[[nodiscard]] std::span<const Key<LogSection>> keys_of<LogSection>();

/// Calls visit("dataset", config.data_set), visit("node", config.node), … for the single sections;
/// [[peer]], [[user]], [[annotations]] and [[route]] are the repeated ones.
template <typename SomeConfig, typename Visitor>
void for_each_section(SomeConfig& config, Visitor&& visit) {
    visit("dataset", config.data_set);
    visit("node", config.node);
    visit("tls", config.tls);
    visit("web", config.web);
    visit("access", config.access);
    visit("state", config.state);
    visit("commitment", config.commitment);
    visit("export", config.export_);
    visit("reports", config.reports);
    visit("import", config.import_);
    visit("log", config.log);
}

}  // namespace cxr::config
