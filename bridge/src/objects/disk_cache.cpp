#include "objects/disk_cache.hpp"

#include "dicom/codec/codec.hpp"
#include "objects/digest.hpp"
#include "objects/file_descriptor.hpp"
#include "objects/hashed_name.hpp"
#include "objects/mapped_file.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <span>
#include <sys/stat.h>
#include <vector>

namespace cxr::bridge {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t preamble_bytes = 128;  // ours to use (PS3.10 §7.1)
constexpr std::string_view mark = "cxrbridge cache ";
constexpr std::string_view unfinished = ".part";

std::string name_of(const std::string& key) {
    return Digest().hex(key).append(hashed_extension);
}

/// What the preamble begins with.
std::string seal_of(const Digest& contents, const std::string& key) {
    return std::string(mark) + contents.hex(key);
}

bool is_whole(std::span<const std::byte> file, const std::string& key) {
    if (file.size() < preamble_bytes) {
        return false;
    }
    Digest contents;
    contents.add(file.subspan(preamble_bytes));
    const std::string seal = seal_of(contents, key);
    return std::memcmp(file.data(), seal.data(), seal.size()) == 0;
}

bool write_file(const fs::path& path,
                std::span<const std::byte> header,
                const dicom::EncodedObject& object) {
    const FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    return file && write_all(file.get(), header) == 0 &&
           std::ranges::all_of(object.segments, [&](const dicom::Segment& segment) {
               return write_all(file.get(), segment.bytes) == 0;
           });
}

}  // namespace

DiskCache::DiskCache(fs::path folder, std::uint64_t bytes_max)
    : folder_(std::move(folder)), bytes_max_(bytes_max) {
    fs::create_directories(folder_);
    take_over();
}

/// Files say by their times in which order they were wanted.
void DiskCache::take_over() {
    struct Found {
        fs::file_time_type wanted;
        Entry entry;
    };
    std::vector<Found> found;
    for (const fs::directory_entry& file : fs::directory_iterator(folder_)) {
        const std::string name = file.path().filename();
        if (name.ends_with(unfinished)) {
            fs::remove(file.path());
        } else if (is_hashed_name(name) && file.is_regular_file()) {
            found.push_back({.wanted = file.last_write_time(),
                             .entry = {.name = name, .bytes = file.file_size()}});
        }
    }
    std::ranges::sort(found, {}, &Found::wanted);
    for (Found& one : found) {
        add(std::move(one.entry));
    }
}

std::optional<dicom::EncodedObject> DiskCache::find(const std::string& key) {
    const std::string name = name_of(key);
    std::optional<dicom::EncodedObject> found;
    if (is_wanted_again(name)) {
        found = read(name, key);
    }
    const std::lock_guard lock(mutex_);
    ++(found ? counters_.hits : counters_.misses);
    if (const auto damaged = by_name_.find(name); !found && damaged != by_name_.end()) {
        drop(damaged->second);
    }
    return found;
}

std::optional<dicom::EncodedObject> DiskCache::read(const std::string& name,
                                                    const std::string& key) const {
    const fs::path path = folder_ / name;
    const auto file = map_file(path);
    if (!file || !is_whole(file->bytes, key)) {
        return std::nullopt;
    }
    const auto part10 = dicom::read_part10(file->bytes);
    if (!part10) {
        return std::nullopt;
    }
    // The order survives a restart; that it may not is no harm.
    static_cast<void>(::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW));
    return dicom::EncodedObject{.sop_class_uid = part10->sop_class_uid,
                                .sop_instance_uid = part10->sop_instance_uid,
                                .transfer_syntax_uid = part10->transfer_syntax_uid,
                                .segments = {{.owner = file->owner, .bytes = part10->data_set}}};
}

void DiskCache::keep(const std::string& key, const dicom::EncodedObject& object) {
    std::vector<std::byte> header = dicom::file_meta_information(object);
    const std::uint64_t bytes = header.size() + object.size_bytes();
    if (bytes > bytes_max_) {
        return;
    }
    Digest contents;
    contents.add(std::span(header).subspan(preamble_bytes));
    for (const dicom::Segment& segment : object.segments) {
        contents.add(segment.bytes);
    }
    const std::string seal = seal_of(contents, key);
    std::memcpy(header.data(), seal.data(), seal.size());

    const std::string name = name_of(key);
    const fs::path path = folder_ / name;
    const fs::path part = path.string() + std::string(unfinished);
    if (!write_file(part, header, object) || ::rename(part.c_str(), path.c_str()) != 0) {
        ::unlink(part.c_str());
        return;
    }
    const std::lock_guard lock(mutex_);
    add({.name = name, .bytes = bytes});
}

ObjectCacheCounters DiskCache::counters() const {
    const std::lock_guard lock(mutex_);
    ObjectCacheCounters now = counters_;
    now.objects = entries_.size();
    now.bytes_max = bytes_max_;
    return now;
}

bool DiskCache::is_wanted_again(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        return false;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return true;
}

/// As the most recently wanted one, in place of an older one of the same name.
void DiskCache::add(Entry entry) {
    if (const auto old = by_name_.find(entry.name); old != by_name_.end()) {
        counters_.bytes -= old->second->bytes;
        entries_.erase(old->second);
    }
    counters_.bytes += entry.bytes;
    entries_.push_front(std::move(entry));
    by_name_.insert_or_assign(entries_.front().name, entries_.begin());
    while (counters_.bytes > bytes_max_) {
        drop(std::prev(entries_.end()));
        ++counters_.evicted;
    }
}

/// Whoever sends from the file still has it mapped.
void DiskCache::drop(Entries::iterator entry) {
    ::unlink((folder_ / entry->name).c_str());
    counters_.bytes -= entry->bytes;
    by_name_.erase(entry->name);
    entries_.erase(entry);
}

}  // namespace cxr::bridge
