#pragma once
/// Encoded objects while they are useful: the least recently used go first when their bytes exceed
/// the bound. Of several threads that want the same object at once, one makes it and the others
/// wait for that one.

#include "bridge/objects/object_source.hpp"
#include "dicom/core/encoded_object.hpp"
#include "dicom/core/result.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace cxr::bridge {

class ObjectCache {
public:
    explicit ObjectCache(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

    using Outcome = dicom::Result<dicom::EncodedObject>;
    /// The cached object, or what `make` gives. Faults are handed to everybody who waited, and not
    /// kept. What `make` throws reaches its caller only; those who waited try themselves.
    [[nodiscard]] Outcome get(const std::string& key, const std::function<Outcome()>& make);

    [[nodiscard]] std::uint64_t bytes() const;
    using Statistics = CacheStatistics;
    [[nodiscard]] Statistics statistics() const;

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
    };

    void keep(const std::string& key, const dicom::EncodedObject& object);

    const std::uint64_t bytes_max_;
    mutable std::mutex mutex_;  // guards the rest
    std::condition_variable landed_;
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
    std::uint64_t bytes_ = 0;
    std::uint64_t hits_ = 0, misses_ = 0;
};

}  // namespace cxr::bridge
