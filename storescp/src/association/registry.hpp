#pragma once
/// Every connection of a listener, from accept to close, and which of them are associations: the
/// limits are counted here (robustness 2), and stop() finds here whom to wait for. Thread-safe: one
/// mutex guards all of it, nothing is called while it is held.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cxr::storescp {

class Connection;

class Registry : public std::enable_shared_from_this<Registry> {
public:
    struct Settings {
        std::size_t associations_max;
        std::size_t associations_per_address_max;
    };
    /// @param changed called from any thread when an association or a connection has ended
    Registry(Settings settings, std::function<void()> changed)
        : settings_(settings), changed_(std::move(changed)) {}

    /// Enters a connection; the token that it keeps takes it out again.
    void enter(const std::shared_ptr<Connection>& connection);

    /// Holds an association's place among the counted ones until destroyed; null: a limit is
    /// reached.
    [[nodiscard]] std::shared_ptr<void> admit(std::uint64_t number);

    /// A connection whose request is rejected: it need only be closed.
    void rejected(std::uint64_t number);

    /// Connections that are not associations (yet, or any more) beyond what is borne, so that
    /// strangers who connect and say nothing never keep a newcomer out. Those go first that have
    /// had their answer and are not closed yet, then those that have asked nothing; the oldest
    /// first.
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> surplus() const;
    /// The same, when the process has no handle left.
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> oldest_unassociated(
        std::size_t count) const;

    [[nodiscard]] std::vector<std::shared_ptr<Connection>> associations() const;
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> connections() const;
    [[nodiscard]] std::size_t associations_count() const;
    [[nodiscard]] std::size_t connections_count() const;

private:
    enum class Stage : std::uint8_t { unanswered, association, over };
    struct Entry {
        std::weak_ptr<Connection> connection;
        std::string address;
        Stage stage = Stage::unanswered;
    };
    void leave(std::uint64_t number);
    void dismiss(std::uint64_t number);

    const Settings settings_;
    const std::function<void()> changed_;

    mutable std::mutex mutex_;
    // Guarded by mutex_.
    std::map<std::uint64_t, Entry> entries_;  ///< by number: oldest first
    std::map<std::string, std::size_t> associations_by_address_;
    std::size_t associations_ = 0;
};

}  // namespace cxr::storescp
