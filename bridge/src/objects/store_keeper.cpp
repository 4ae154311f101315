// How an acknowledged object survives kill -9 and a power cut:
//  1. Bytes go to a file in incoming/, in the file system of objects/.
//  2. The file is on the disk (fdatasync) before it gets its name in objects/ (rename): a file in
//     objects/ is whole.
//  3. The name is on the disk (fsync of its folder) before the catalogue's row is written.
//  4. The row is on the disk (SQLite, synchronous = FULL) before commit() returns: only then is the
//     C-STORE answered.
//  5. A file that another replaces is removed after the new row is on the disk.
// So a crash leaves, at most: files in incoming/ (removed at start); whole files without a row
// (catalogued at start, or removed when their UID has another file). Rows without a file come only
// from a touched folder; they are removed at start.
// Names are hashes of content and transfer syntax: the same name is the same object, and a rename
// never changes an object that is there.
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

StoreKeeper::StoreKeeper(Catalogue& catalogue, ReceivedStoreSettings settings)
    : catalogue_(catalogue), settings_(std::move(settings)), files_(settings_.root) {
    reconcile();
}

Result<void> StoreKeeper::reserve(std::uint64_t bytes) {
    const std::uint64_t used = bytes_used_.fetch_add(bytes) + bytes;
    if (settings_.quota_bytes != 0 && used > settings_.quota_bytes) {
        release(bytes);
        return Fault{.kind = FaultKind::exhausted,
                     .doing = "the quota of received objects is used up"};
    }
    return {};
}

Result<StoreOutcome> StoreKeeper::keep(Arrival arrival) {
    const std::lock_guard lock(keeping_);
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

void StoreKeeper::reconcile() {
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
    }
    return object;
}

}  // namespace cxr::bridge
