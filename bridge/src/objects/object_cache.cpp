#include "objects/object_cache.hpp"

namespace cxr::bridge {

ObjectCache::Outcome ObjectCache::get(const std::string& key,
                                      const std::function<Outcome()>& make) {
    std::shared_ptr<Flight> mine;
    {
        std::unique_lock lock(mutex_);
        while (true) {
            if (const auto cached = by_key_.find(key); cached != by_key_.end()) {
                entries_.splice(entries_.begin(), entries_, cached->second);
                ++hits_;
                return cached->second->object;
            }
            const auto flying = flights_.find(key);
            if (flying == flights_.end()) {
                break;
            }
            const std::shared_ptr<Flight> other = flying->second;
            landed_.wait(lock, [&other] { return other->done; });
            if (other->outcome) {
                ++hits_;
                return *other->outcome;
            }
        }
        ++misses_;
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

std::uint64_t ObjectCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

ObjectCache::Statistics ObjectCache::statistics() const {
    const std::lock_guard lock(mutex_);
    return {.bytes = bytes_,
            .bytes_max = bytes_max_,
            .objects = entries_.size(),
            .hits = hits_,
            .misses = misses_};
}

void ObjectCache::keep(const std::string& key, const dicom::EncodedObject& object) {
    const std::uint64_t bytes = object.size_bytes();
    if (bytes > bytes_max_) {
        return;
    }
    entries_.push_front({.key = key, .object = object, .bytes = bytes});
    by_key_.insert_or_assign(key, entries_.begin());
    bytes_ += bytes;
    while (bytes_ > bytes_max_) {
        bytes_ -= entries_.back().bytes;
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

}  // namespace cxr::bridge
