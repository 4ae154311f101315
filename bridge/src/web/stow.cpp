#include "web/stow.hpp"

#include "bridge/web/media_type.hpp"
#include "dicom/codec/codec.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace cxr::bridge::web {

namespace {

/// A part is looked at when so much of it, or all, is there: its preamble and file meta information
/// are in it.
constexpr std::size_t meta_bytes_max = std::size_t{64} * 1024;

std::uint16_t reason_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::exhausted:
            return stow_reason::out_of_resources;
        case FaultKind::refused:
            return stow_reason::does_not_match;
        case FaultKind::unsupported:
            return stow_reason::transfer_syntax_not_supported;
        case FaultKind::malformed:
            return stow_reason::cannot_understand;
        case FaultKind::not_found:
        case FaultKind::peer_gone:
        case FaultKind::cancelled:
        case FaultKind::storage:
            break;
    }
    return stow_reason::processing_failure;
}

bool is_part10(const PartHeader& header) {
    const std::string_view type = header.value_of("content-type");
    if (type.empty()) {
        return true;  // RFC 2387: then it is the root's type, which the body's header names
    }
    const auto parsed = parse_media_type(type);
    return parsed && parsed->is("application/dicom");
}

}  // namespace

/// One object on its way. After a failure its further bytes are dropped.
class Stow::Part {
public:
    Part(const StowSettings& settings, const PartHeader& header) : settings_(settings) {
        if (!is_part10(header)) {
            fail(stow_reason::cannot_understand, "a part is no application/dicom");
        }
    }

    void take(std::span<const std::byte> bytes) {
        if (stowed_.failed()) {
            return;
        }
        stowed_.bytes += bytes.size();
        if (reception_) {
            write(bytes);
            return;
        }
        beginning_.insert(beginning_.end(), bytes.begin(), bytes.end());
        if (beginning_.size() >= meta_bytes_max) {
            begin();
        }
    }

    StowedPart finish() {
        if (!reception_ && !stowed_.failed()) {
            begin();
        }
        if (!stowed_.failed()) {
            commit();
        }
        return std::move(stowed_);
    }

private:
    void fail(std::uint16_t reason, std::string why) {
        stowed_.reason = reason;
        stowed_.why = std::move(why);
        reception_.reset();
        beginning_ = {};
    }
    void fail(const Fault& fault) { fail(reason_of(fault.kind), fault.doing); }

    void begin() {
        const auto file = dicom::read_part10(beginning_);
        if (!file) {
            fail(file.error());
            return;
        }
        stowed_.reference = {.sop_class_uid = file->sop_class_uid,
                             .sop_instance_uid = file->sop_instance_uid};
        if (!dcmIsaStorageSOPClassUID(file->sop_class_uid.c_str(), ESSC_All)) {
            fail(stow_reason::sop_class_not_supported, "no storage SOP class of ours");
            return;
        }
        auto begun = settings_.receive.begin({.sop_class_uid = file->sop_class_uid,
                                              .sop_instance_uid = file->sop_instance_uid,
                                              .transfer_syntax_uid = file->transfer_syntax_uid,
                                              .calling_ae_title = settings_.calling_ae_title,
                                              .called_ae_title = settings_.called_ae_title,
                                              .study_instance_uid = settings_.study_instance_uid});
        if (!begun) {
            fail(begun.error());
            return;
        }
        reception_ = *std::move(begun);
        write(file->data_set);
        beginning_ = {};
    }

    void write(std::span<const std::byte> bytes) {
        if (auto written = reception_->write(bytes); !written) {
            fail(written.error());
        }
    }

    void commit() {
        const auto outcome = reception_->commit();
        if (!outcome) {
            fail(outcome.error());
            return;
        }
        stowed_.place = reception_->place();
        stowed_.subject = reception_->subject();
        if (*outcome == storescp::StoreOutcome::duplicate_warned) {
            stowed_.reason = stow_reason::coerced_or_duplicate;
            stowed_.why = "another object is kept under this UID";
        }
    }

    const StowSettings& settings_;
    StowedPart stowed_;
    std::vector<std::byte> beginning_;
    std::unique_ptr<storescp::Reception> reception_;
};

Stow::Stow(std::string_view boundary, StowSettings settings)
    : settings_(std::move(settings)), parser_(boundary, settings_.limits) {}
Stow::~Stow() = default;

Result<void> Stow::take(std::span<const std::byte> bytes) {
    parser_.feed(bytes);
    for (bool more = true; more;) {
        if (auto taken = take_events(more); !taken) {
            part_.reset();
            return taken;
        }
    }
    return {};
}

Result<void> Stow::take_events(bool& more) {
    const auto event = parser_.next();
    if (!event) {
        return event.error();
    }
    if (const auto* begin = std::get_if<PartBegin>(&*event)) {
        part_ = std::make_unique<Part>(settings_, begin->header);
    } else if (const auto* bytes = std::get_if<PartBytes>(&*event)) {
        part_->take(bytes->bytes);
    } else if (std::holds_alternative<PartEnd>(*event)) {
        parts_.push_back(part_->finish());
        part_.reset();
    } else {
        more = false;
    }
    return {};
}

Result<void> Stow::finish() {
    part_.reset();
    return parser_.finish();
}

unsigned stow_status(std::span<const StowedPart> parts) {
    const auto is_failed = [](const StowedPart& part) { return part.failed(); };
    if (parts.empty()) {
        return 400;
    }
    if (std::ranges::all_of(parts, is_failed)) {
        const bool no_space = std::ranges::any_of(parts, [](const StowedPart& part) {
            return part.reason == stow_reason::out_of_resources;
        });
        return no_space ? 503 : 409;
    }
    const bool all_well =
        std::ranges::all_of(parts, [](const StowedPart& part) { return part.reason == 0; });
    return all_well ? 200 : 202;
}

namespace {

dicom::Attributes result_item(const StowedPart& part, std::string_view service) {
    dicom::Attributes item;
    if (!part.reference.sop_class_uid.empty()) {
        dicom::put(item, DCM_ReferencedSOPClassUID, part.reference.sop_class_uid);
    }
    if (!part.reference.sop_instance_uid.empty()) {
        dicom::put(item, DCM_ReferencedSOPInstanceUID, part.reference.sop_instance_uid);
    }
    if (!part.failed()) {
        dicom::put(item,
                   DCM_RetrieveURL,
                   fmt::format("{}/studies/{}/series/{}/instances/{}",
                               service,
                               part.place.study_instance_uid,
                               part.place.series_instance_uid,
                               part.reference.sop_instance_uid));
    }
    if (part.reason != 0) {
        dicom::put(item,
                   part.failed() ? DCM_FailureReason : DCM_WarningReason,
                   std::to_string(part.reason));
    }
    return item;
}

}  // namespace

dicom::Attributes stow_result(std::span<const StowedPart> parts, std::string_view service) {
    std::vector<dicom::Attributes> stored, failed, unknown;
    std::set<std::string> studies;
    for (const StowedPart& part : parts) {
        auto item = result_item(part, service);
        if (!part.failed()) {
            studies.insert(part.place.study_instance_uid);
            stored.push_back(std::move(item));
        } else if (part.reference.sop_instance_uid.empty()) {
            unknown.push_back(std::move(item));
        } else {
            failed.push_back(std::move(item));
        }
    }
    dicom::Attributes result;
    if (studies.size() == 1) {
        dicom::put(
            result, DCM_RetrieveURL, fmt::format("{}/studies/{}", service, *studies.begin()));
    }
    const std::tuple<DcmTagKey, std::vector<dicom::Attributes>&> sequences[] = {
        {DCM_FailedSOPSequence, failed},
        {DCM_ReferencedSOPSequence, stored},
        {DCM_OtherFailuresSequence, unknown}};
    for (const auto& [tag, items] : sequences) {
        if (!items.empty()) {
            dicom::put_sequence(result, tag, std::move(items));
        }
    }
    return result;
}

}  // namespace cxr::bridge::web
