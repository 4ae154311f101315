#include "registry.hpp"

#include "connection.hpp"

#include <algorithm>

namespace cxr::storescp {

namespace {

/// So many may ask at the same moment, and all get an answer.
constexpr std::size_t unassociated_borne_min = 512;

}  // namespace

void Registry::enter(const std::shared_ptr<Connection>& connection) {
    const std::uint64_t number = connection->number();
    {
        const std::lock_guard lock(mutex_);
        entries_.emplace(number, Entry{connection, connection->address()});
    }
    connection->keep(std::shared_ptr<void>(
        nullptr, [self = shared_from_this(), number](void*) { self->leave(number); }));
}

void Registry::leave(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        entries_.erase(number);
    }
    changed_();
}

std::shared_ptr<void> Registry::admit(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(number);
        if (found == entries_.end() || associations_ >= settings_.associations_max) {
            return nullptr;
        }
        std::size_t& of_address = associations_by_address_[found->second.address];
        if (of_address >= settings_.associations_per_address_max) {
            return nullptr;
        }
        ++of_address;
        ++associations_;
        found->second.stage = Stage::association;
    }
    // The pointer itself only has to differ from null.
    return {this, [self = shared_from_this(), number](void*) { self->dismiss(number); }};
}

void Registry::dismiss(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        Entry& entry = entries_.at(number);
        entry.stage = Stage::over;
        --associations_;
        const auto of_address = associations_by_address_.find(entry.address);
        if (--of_address->second == 0) {
            associations_by_address_.erase(of_address);
        }
    }
    changed_();
}

void Registry::rejected(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(number); found != entries_.end()) {
        found->second.stage = Stage::over;
    }
}

std::vector<std::shared_ptr<Connection>> Registry::oldest_unassociated(std::size_t count) const {
    std::vector<std::shared_ptr<Connection>> oldest;
    const std::lock_guard lock(mutex_);
    for (const Stage stage : {Stage::over, Stage::unanswered}) {
        for (const auto& [number, entry] : entries_) {
            if (oldest.size() == count) {
                return oldest;
            }
            if (auto connection = entry.stage == stage ? entry.connection.lock() : nullptr) {
                oldest.push_back(std::move(connection));
            }
        }
    }
    return oldest;
}

std::vector<std::shared_ptr<Connection>> Registry::surplus() const {
    const std::size_t borne = std::max(unassociated_borne_min, settings_.associations_max);
    std::size_t others = 0;
    {
        const std::lock_guard lock(mutex_);
        others = entries_.size() - associations_;
    }
    return others > borne ? oldest_unassociated(others - borne)
                          : std::vector<std::shared_ptr<Connection>>{};
}

std::vector<std::shared_ptr<Connection>> Registry::associations() const {
    std::vector<std::shared_ptr<Connection>> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [number, entry] : entries_) {
        if (entry.stage == Stage::association) {
            if (auto connection = entry.connection.lock()) {
                all.push_back(std::move(connection));
            }
        }
    }
    return all;
}

std::vector<std::shared_ptr<Connection>> Registry::connections() const {
    std::vector<std::shared_ptr<Connection>> all;
    const std::lock_guard lock(mutex_);
    for (const auto& [number, entry] : entries_) {
        if (auto connection = entry.connection.lock()) {
            all.push_back(std::move(connection));
        }
    }
    return all;
}

std::size_t Registry::associations_count() const {
    const std::lock_guard lock(mutex_);
    return associations_;
}

std::size_t Registry::connections_count() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace cxr::storescp
