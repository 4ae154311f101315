#pragma once
/// What input, peers or disks can cause is a Result; what only a bug or a failed start can cause is
/// an exception. Spelled like std::expected<T, Fault>, so that C++23 replaces it by an alias.

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctagkey.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cxr::dicom {

/// Protocol-free kinds; storescp/status maps them to DIMSE once, bridge to HTTP once.
enum class FaultKind : std::uint8_t {
    malformed,    ///< input that breaks its own rules: a bad row, data set, PNG, identifier
    not_found,    ///< names something that is not there
    unsupported,  ///< well-formed, but not something we do
    refused,      ///< a policy or a peer said no
    exhausted,    ///< a limit was reached: matches, sizes, disk space
    peer_gone,    ///< the connection ended, was aborted or timed out
    cancelled,    ///< somebody asked us to stop
    storage,      ///< the disk or the database failed
};

struct Fault {
    FaultKind kind;
    std::string doing;  ///< what went wrong, for a person: names file, row or element, and why
    std::optional<DcmTagKey> element = std::nullopt;  ///< the offending element, if there is one
};

template <typename T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value)
        : state_(std::in_place_index<0>, std::move(value)) {
    }  // NOLINT(google-explicit-constructor)
    Result(Fault fault)
        : state_(std::in_place_index<1>, std::move(fault)) {
    }  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] T& operator*() & { return std::get<0>(state_); }
    [[nodiscard]] const T& operator*() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& operator*() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] T* operator->() { return &std::get<0>(state_); }
    [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }

    [[nodiscard]] const Fault& error() const& { return std::get<1>(state_); }
    [[nodiscard]] Fault&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, Fault> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    Result() = default;
    Result(Fault fault) : fault_(std::move(fault)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool has_value() const noexcept { return !fault_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] const Fault& error() const& { return *fault_; }
    [[nodiscard]] Fault&& error() && { return *std::move(fault_); }

private:
    std::optional<Fault> fault_;
};

}  // namespace cxr::dicom
