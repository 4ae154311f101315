#pragma once
/// Encoded objects that took a codec's time, as files: for longer than the memory and the process
/// last. Each is a Part 10 file whose preamble says the SHA-256 of what follows and of its key:
/// what a crash, a full disk or a person left incomplete is noticed, removed and made anew, so
/// nothing waits for the disk. The least recently wanted ones go when the bytes would exceed the
/// bound.

#include "bridge/objects/object_source.hpp"
#include "dicom/core/encoded_object.hpp"

#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace cxr::bridge {

/// Any thread; of one key, one keep() at a time.
class DiskCache {
public:
    /// Makes the folder, or takes over what is in it. Throws std::filesystem::filesystem_error.
    DiskCache(std::filesystem::path folder, std::uint64_t bytes_max);

    /// Nothing: it is not there, or not whole. The bytes are the file's, mapped.
    [[nodiscard]] std::optional<dicom::EncodedObject> find(const std::string& key);
    /// What the disk does not take is not kept, and that is all.
    void keep(const std::string& key, const dicom::EncodedObject& object);

    [[nodiscard]] ObjectCacheCounters counters() const;

private:
    struct Entry {
        std::string name;
        std::uint64_t bytes;
    };
    using Entries = std::list<Entry>;  // most recently wanted first

    void take_over();
    [[nodiscard]] bool is_wanted_again(const std::string& name);
    [[nodiscard]] std::optional<dicom::EncodedObject> read(const std::string& name,
                                                           const std::string& key) const;
    void add(Entry entry);
    void drop(Entries::iterator entry);

    const std::filesystem::path folder_;
    const std::uint64_t bytes_max_;
    mutable std::mutex mutex_;  // guards the rest
    Entries entries_;
    std::unordered_map<std::string, Entries::iterator> by_name_;
    ObjectCacheCounters counters_;
};

}  // namespace cxr::bridge
