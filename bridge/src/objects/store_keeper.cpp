// How an acknowledged object survives kill -9 and a power cut:
//  1. Bytes go to a file in incoming/, in the file system of objects/, whose name is on the disk
//     already: files are made ready by the dozen, with one fsync of the folder for all.
//  2. Nothing else has the object's UID, or it is to be replaced: only then is the file sealed. The
//     seal is the hash of its contents in the preamble; one fdatasync brings both to the disk. This
//     is the one wait for the disk, and makes the object durable: steps 3 and 4 can be repeated
//     from it.
//  3. The file gets its name in objects/ (rename): a file in objects/ is whole.
//  4. The catalogue's row is written, in the log but not waited for (SQLite, WAL, synchronous =
//     NORMAL); then commit() returns, and the C-STORE is answered.
//  5. Where the object replaces another, the row is waited for (FULL), and the other's file is
//     removed after that: else a start would take the old object for the one that was there first.
// So a crash leaves, at most: files in incoming/ (at start: those whose seal is right get their
// name in objects/, all others are removed); whole files without a row (catalogued at start, or
// removed when their UID has another file). Rows without a file come only from a touched folder;
// they are removed at start. Names are hashes of content and transfer syntax: the same name is the
// same object, and a rename never changes an object that is there.
#include "objects/store_keeper.hpp"

#include "dicom/codec/codec.hpp"
#include "objects/digest.hpp"
#include "objects/examined_object.hpp"
#include "objects/mapped_file.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace cxr::bridge {

using storescp::StoreOutcome;

namespace {

template <typename T>
T value_or_throw(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().doing);
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

}  // namespace

/// A SOP Instance UID that nobody else stores while this lives.
class StoreKeeper::Claim {
public:
    Claim(StoreKeeper& keeper, std::string uid) : keeper_(keeper), uid_(std::move(uid)) {
        std::unique_lock lock(keeper_.claiming_);
        keeper_.claim_ended_.wait(lock, [this] { return keeper_.claimed_.insert(uid_).second; });
    }
    ~Claim() {
        {
            const std::lock_guard lock(keeper_.claiming_);
            keeper_.claimed_.erase(uid_);
        }
        keeper_.claim_ended_.notify_all();
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

private:
    StoreKeeper& keeper_;
    const std::string uid_;
};

StoreKeeper::StoreKeeper(Catalogue& catalogue, ReceivedStoreSettings settings)
    : catalogue_(catalogue), settings_(std::move(settings)), files_(settings_.root) {
    reconcile();
}

Result<void> StoreKeeper::reserve(std::uint64_t bytes) {
    std::uint64_t used = bytes_used_;
    do {  // what does not fit is never counted, where others would see it
        if (settings_.quota_bytes != 0 && used + bytes > settings_.quota_bytes) {
            return Fault{.kind = FaultKind::exhausted,
                         .doing = "the quota of received objects is used up"};
        }
    } while (!bytes_used_.compare_exchange_weak(used, used + bytes));
    return {};
}

Result<StoreOutcome> StoreKeeper::keep(Arrival arrival) {
    const Claim claim(*this, arrival.object.instance.sop_instance_uid);
    auto existing = catalogue_.find_instance(arrival.object.instance.sop_instance_uid);
    if (!existing) {
        return existing.error();
    }
    if (!*existing) {
        return add(arrival, nullptr);
    }
    const auto* kept = std::get_if<KeptObject>(&**existing);
    if (kept != nullptr && kept->sha256 == arrival.object.sha256 &&
        kept->transfer_syntax_uid == arrival.object.transfer_syntax_uid) {
        return StoreOutcome::duplicate_identical;
    }
    switch (settings_.duplicates) {
        case DuplicatePolicy::keep_first:
            return StoreOutcome::duplicate_kept;
        case DuplicatePolicy::warn:
            return StoreOutcome::duplicate_warned;
        case DuplicatePolicy::refuse:
            return Fault{.kind = FaultKind::malformed,
                         .doing = "another object has this SOP Instance UID",
                         .element = DCM_SOPInstanceUID};
        case DuplicatePolicy::replace:
            break;
    }
    return kept != nullptr ? add(arrival, kept) : StoreOutcome::duplicate_warned;
}

Result<StoreOutcome> StoreKeeper::add(Arrival& arrival, const KeptObject* replaced) {
    if (auto sealed = arrival.file.seal(arrival.name_hash); !sealed) {
        return sealed.error();
    }
    auto name = files_.keep(arrival.file, arrival.name_hash);
    if (!name) {
        return name.error();
    }
    arrival.object.file = *name;
    if (auto added = catalogue_.add_received(arrival.object, replaced != nullptr); !added) {
        static_cast<void>(files_.remove(*name));  // else the next start catalogues it
        return added.error();
    }
    if (replaced == nullptr) {
        return StoreOutcome::stored;
    }
    static_cast<void>(files_.remove(replaced->file));  // else the next start removes it
    release(replaced->bytes);
    return StoreOutcome::duplicate_replaced;
}

/// What a crash left between its seal and its name.
void StoreKeeper::keep_sealed() {
    for (const SealedFile& sealed : files_.sealed()) {
        IncomingFile file(sealed.path, FileDescriptor());  // removed unless kept
        const dicom::Segment mapped = value_or_throw(map_file(sealed.path));
        const auto part10 = dicom::read_part10(mapped.bytes);
        if (!part10) {
            continue;
        }
        Digest digest;
        digest.add(part10->data_set);
        if (digest.hex(part10->transfer_syntax_uid) == sealed.hash) {
            static_cast<void>(value_or_throw(files_.keep(file, sealed.hash)));
        }
    }
}

void StoreKeeper::reconcile() {
    keep_sealed();
    std::vector<std::string> rows = value_or_throw(catalogue_.received_files());
    std::ranges::sort(rows);
    const std::vector<std::string> names = files_.names();
    std::ranges::set_difference(rows, names, std::back_inserter(reconciliation_.rows_removed));
    for (const std::string& name : reconciliation_.rows_removed) {
        value_or_throw(catalogue_.remove_received(name));
    }
    std::vector<std::string> without_row;
    std::ranges::set_difference(names, rows, std::back_inserter(without_row));
    for (const std::string& name : without_row) {
        catalogue_again(name);
    }
    for (const std::string& name : files_.names()) {
        bytes_used_ += std::filesystem::file_size(files_.path_of(name));
    }
}

void StoreKeeper::catalogue_again(const std::string& name) {
    auto object = read_stored(name);
    if (!object) {
        reconciliation_.unreadable.push_back(fmt::format("{}: {}", name, object.error().doing));
        return;
    }
    if (value_or_throw(catalogue_.find_instance(object->instance.sop_instance_uid))) {
        value_or_throw(files_.remove(name));
        reconciliation_.files_removed.push_back(name);
        return;
    }
    value_or_throw(catalogue_.add_received(*object, false));
    reconciliation_.catalogued.push_back(name);
}

Result<ReceivedObject> StoreKeeper::read_stored(const std::string& name) const {
    const auto file = map_file(files_.path_of(name));
    if (!file) {
        return file.error();
    }
    const auto part10 = dicom::read_part10(file->bytes);
    if (!part10) {
        return part10.error();
    }
    const auto* syntax = dicom::find_transfer_syntax(part10->transfer_syntax_uid);
    if (syntax == nullptr) {
        return Fault{.kind = FaultKind::unsupported, .doing = "unknown transfer syntax"};
    }
    auto object = examine(part10->data_set, *syntax);
    if (object) {
        Digest digest;
        digest.add(part10->data_set);
        object->sha256 = digest.hex();
        object->file = name;
        object->calling_ae_title = part10->source_application_entity_title;
    }
    return object;
}

}  // namespace cxr::bridge
