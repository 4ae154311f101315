#pragma once
/// Encoded objects while they are useful, their bytes bounded. Of several threads that want the
/// same object at once, one makes it and the others wait for that one.
///
/// Who goes first is decided by S3-FIFO: a new object stands in a short queue, and only if it is
/// asked for again before its turn comes does it get into the long one, where one that was asked
/// for gets another round. One walk through the whole archive so passes through the short queue and
/// leaves what is asked for again and again where it is. Keys that went lately are remembered: who
/// comes back soon goes straight into the long queue.

#include "bridge/objects/object_source.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace cxr::bridge {

class ObjectCache {
public:
    explicit ObjectCache(std::uint64_t bytes_max)
        : bytes_max_(bytes_max), fresh_bytes_max_(bytes_max / 10) {}

    using Outcome = dicom::Result<dicom::EncodedObject>;
    /// The cached object, or what `make` gives. Faults are handed to everybody who waited, and not
    /// kept. What `make` throws reaches its caller only; those who waited try themselves.
    [[nodiscard]] Outcome get(const std::string& key, const std::function<Outcome()>& make);

    [[nodiscard]] ObjectCacheCounters counters() const;

    /// Beside an object's bytes: key, list, index.
    static constexpr std::uint64_t entry_bytes = 512;

private:
    /// An object being made.
    struct Flight {
        std::shared_ptr<const Outcome> outcome;  // null while in flight, and when it was given up
        bool done = false;
    };
    struct Entry {
        std::string key;
        dicom::EncodedObject object;
        std::uint64_t bytes;
        unsigned asked_again = 0;  // since it came into its queue, at most asked_again_max
        bool is_fresh = true;      // in which queue
    };
    using Queue = std::list<Entry>;  // newest first
    static constexpr unsigned asked_again_max = 3;
    static constexpr std::size_t gone_max = 65'536;

    void keep(const std::string& key, const dicom::EncodedObject& object);
    void make_room();
    void turn_of_fresh();
    void turn_of_proven();
    void drop(Queue& queue);
    void remember_gone(const std::string& key);
    [[nodiscard]] bool was_here_lately(const std::string& key);

    const std::uint64_t bytes_max_;
    const std::uint64_t fresh_bytes_max_;
    mutable std::mutex mutex_;  // guards the rest
    std::condition_variable landed_;
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
    Queue fresh_, proven_;
    std::unordered_map<std::string, Queue::iterator> by_key_;
    std::deque<std::size_t> gone_;  // hashes of keys, oldest first
    std::unordered_multiset<std::size_t> gone_set_;
    std::uint64_t bytes_ = 0, fresh_bytes_ = 0;
    ObjectCacheCounters counters_;
};

}  // namespace cxr::bridge
