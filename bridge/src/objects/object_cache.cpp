#include "objects/object_cache.hpp"

#include <algorithm>
#include <iterator>

namespace cxr::bridge {

ObjectCache::Outcome ObjectCache::get(const std::string& key,
                                      const std::function<Outcome()>& make) {
    std::shared_ptr<Flight> mine;
    {
        std::unique_lock lock(mutex_);
        while (true) {
            if (const auto cached = by_key_.find(key); cached != by_key_.end()) {
                Entry& entry = *cached->second;
                entry.asked_again = std::min(entry.asked_again + 1, asked_again_max);
                ++counters_.hits;
                return entry.object;
            }
            const auto flying = flights_.find(key);
            if (flying == flights_.end()) {
                break;
            }
            const std::shared_ptr<Flight> other = flying->second;
            landed_.wait(lock, [&other] { return other->done; });
            if (other->outcome) {
                ++counters_.shared;
                return *other->outcome;
            }
        }
        ++counters_.misses;
        mine = std::make_shared<Flight>();
        flights_.emplace(key, mine);
    }
    const auto land = [&](std::shared_ptr<const Outcome> outcome) {
        const std::lock_guard lock(mutex_);
        if (outcome && outcome->has_value()) {
            keep(key, **outcome);
        }
        mine->outcome = std::move(outcome);
        mine->done = true;
        flights_.erase(key);
        landed_.notify_all();
    };
    std::shared_ptr<const Outcome> outcome;
    try {
        outcome = std::make_shared<const Outcome>(make());
    } catch (...) {
        land(nullptr);
        throw;
    }
    land(outcome);
    return *outcome;
}

ObjectCacheCounters ObjectCache::counters() const {
    const std::lock_guard lock(mutex_);
    ObjectCacheCounters now = counters_;
    now.bytes = bytes_;
    now.bytes_max = bytes_max_;
    now.objects = by_key_.size();
    return now;
}

void ObjectCache::keep(const std::string& key, const dicom::EncodedObject& object) {
    const std::uint64_t bytes = object.size_bytes() + entry_bytes;
    if (bytes > bytes_max_) {
        return;
    }
    const bool is_fresh = !was_here_lately(key);
    Queue& queue = is_fresh ? fresh_ : proven_;
    queue.push_front({.key = key, .object = object, .bytes = bytes, .is_fresh = is_fresh});
    by_key_.insert_or_assign(key, queue.begin());
    bytes_ += bytes;
    fresh_bytes_ += is_fresh ? bytes : 0;
    make_room();
}

void ObjectCache::make_room() {
    while (bytes_ > bytes_max_) {
        if (proven_.empty() || (!fresh_.empty() && fresh_bytes_ > fresh_bytes_max_)) {
            turn_of_fresh();
        } else {
            turn_of_proven();
        }
    }
}

/// The oldest fresh one is proven, or goes.
void ObjectCache::turn_of_fresh() {
    Entry& oldest = fresh_.back();
    if (oldest.asked_again == 0) {
        remember_gone(oldest.key);
        drop(fresh_);
        return;
    }
    fresh_bytes_ -= oldest.bytes;
    oldest.is_fresh = false;
    oldest.asked_again = 0;
    proven_.splice(proven_.begin(), fresh_, std::prev(fresh_.end()));
}

/// The oldest proven one gets another round for each time it was asked for, or goes.
void ObjectCache::turn_of_proven() {
    Entry& oldest = proven_.back();
    if (oldest.asked_again == 0) {
        drop(proven_);
        return;
    }
    --oldest.asked_again;
    proven_.splice(proven_.begin(), proven_, std::prev(proven_.end()));
}

void ObjectCache::drop(Queue& queue) {
    const Entry& oldest = queue.back();
    bytes_ -= oldest.bytes;
    fresh_bytes_ -= oldest.is_fresh ? oldest.bytes : 0;
    ++counters_.evicted;
    by_key_.erase(oldest.key);
    queue.pop_back();
}

void ObjectCache::remember_gone(const std::string& key) {
    const std::size_t hash = std::hash<std::string>{}(key);
    gone_.push_back(hash);
    gone_set_.insert(hash);
    if (gone_.size() > gone_max) {
        gone_set_.erase(gone_set_.find(gone_.front()));
        gone_.pop_front();
    }
}

/// No more than the cache holds: who comes back later than that has no better claim than a new one.
bool ObjectCache::was_here_lately(const std::string& key) {
    while (gone_.size() > by_key_.size()) {
        gone_set_.erase(gone_set_.find(gone_.front()));
        gone_.pop_front();
    }
    return gone_set_.contains(std::hash<std::string>{}(key));
}

}  // namespace cxr::bridge
