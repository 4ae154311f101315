#include "bridge/commitment/judge.hpp"

#include "bridge/objects/made_object.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/mapping/entities.hpp"
#include "objects/digest.hpp"
#include "objects/file_descriptor.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <vector>

namespace cxr::bridge {

namespace reason = storescp::failure_reason;

namespace {

constexpr std::size_t piece_bytes = 1U << 20U;

/// Read, not mapped: a disk that fails is an answer then, and no signal.
Result<std::size_t> read_piece(const FileDescriptor& file, std::vector<std::byte>& piece) {
    std::size_t filled = 0;
    while (filled < piece.size()) {
        const ssize_t got = ::read(file.get(), piece.data() + filled, piece.size() - filled);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return system_fault(errno, "read a received object");
        }
        if (got == 0) {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

Fault damaged(const KeptObject& kept) {
    return {.kind = FaultKind::malformed, .doing = kept.file + ": not as it was stored"};
}

/// On the disk, with the bytes that were received.
Result<void> check(const ObjectSourceSettings& objects, const KeptObject& kept) {
    const std::filesystem::path path = objects.store / kept.file;
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) {
        return system_fault(errno, kept.file);
    }
    struct stat status {};
    if (::fdatasync(file.get()) != 0 || ::fstat(file.get(), &status) != 0) {
        return system_fault(errno, kept.file);
    }
    std::vector<std::byte> piece(piece_bytes);
    auto filled = read_piece(file, piece);
    if (!filled) {
        return filled.error();
    }
    const auto part10 = dicom::read_part10(std::span(piece).first(*filled));
    if (!part10) {
        return damaged(kept);
    }
    const auto header_bytes = static_cast<std::size_t>(part10->data_set.data() - piece.data());
    if (static_cast<std::uint64_t>(status.st_size) != header_bytes + kept.bytes) {
        return damaged(kept);
    }
    Digest digest;
    digest.add(std::span(piece).first(*filled).subspan(header_bytes));
    while (*filled == piece.size()) {
        filled = read_piece(file, piece);
        if (!filled) {
            return filled.error();
        }
        digest.add(std::span(piece).first(*filled));
    }
    return digest.hex() == kept.sha256 ? Result<void>() : Result<void>(damaged(kept));
}

/// A report needs its row only, which is in the catalogue.
Result<void> check(const ObjectSourceSettings& objects, const MadeObject& made) {
    if (made.kind != dicom::DerivedKind::image) {
        return {};
    }
    if (!made.image_file) {
        return Fault{.kind = FaultKind::not_found, .doing = "the PNG is missing"};
    }
    return check_image_file(objects.data_set, *made.image_file);
}

std::string sop_class_of(const KeptObject& kept, const dicom::MappingOptions& /*mapping*/) {
    return kept.sop_class_uid;
}
std::string sop_class_of(const MadeObject& made, const dicom::MappingOptions& mapping) {
    return dicom::instance_entity(made.record, made.kind, mapping).sop_class_uid;
}

std::uint16_t reason_for(const Fault& fault) {
    switch (fault.kind) {
        case FaultKind::not_found:
            return reason::no_such_object_instance;
        case FaultKind::storage:
        case FaultKind::exhausted:
            return reason::resource_limitation;
        default:
            return reason::processing_failure;
    }
}

}  // namespace

std::uint16_t judge_commitment(const Catalogue& catalogue,
                               const ObjectSourceSettings& objects,
                               const storescp::SOPReference& reference) {
    const auto found = catalogue.find_instance(reference.sop_instance_uid);
    if (!found) {
        return reason_for(found.error());
    }
    if (!*found) {
        return dcmIsaStorageSOPClassUID(reference.sop_class_uid.c_str(), ESSC_All)
                   ? reason::no_such_object_instance
                   : reason::sop_class_not_supported;
    }
    return std::visit(
        [&](const auto& origin) -> std::uint16_t {
            if (sop_class_of(origin, objects.mapping) != reference.sop_class_uid) {
                return reason::class_instance_conflict;
            }
            const Result<void> checked = check(objects, origin);
            return checked ? std::uint16_t{0} : reason_for(checked.error());
        },
        **found);
}

}  // namespace cxr::bridge
