#include "representation.hpp"

#include "dicom/core/transfer_syntax.hpp"

#include <algorithm>

namespace cxr::bridge::web {

namespace {

constexpr std::string_view octets = "application/octet-stream";
constexpr std::string_view explicit_little = "1.2.840.10008.1.2.1";

/// A compressed image type: the first syntax is its default (PS3.18 table 8.7.3-5).
struct ImageType {
    std::string_view media_type;
    std::vector<std::string_view> syntaxes;
};
const std::vector<ImageType>& image_types() {
    static const std::vector<ImageType> types{
        {"image/jpeg",
         {"1.2.840.10008.1.2.4.70",
          "1.2.840.10008.1.2.4.50",
          "1.2.840.10008.1.2.4.51",
          "1.2.840.10008.1.2.4.57"}},
        {"image/dicom-rle", {"1.2.840.10008.1.2.5"}},
        {"image/x-dicom-rle", {"1.2.840.10008.1.2.5"}},
        {"image/jls", {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"}},
        {"image/x-jls", {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"}},
        {"image/jp2", {"1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"}},
        {"image/jpx", {"1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93"}}};
    return types;
}

bool has(std::span<const std::string> available, std::string_view uid) {
    return std::ranges::find(available, uid) != available.end();
}

bool is_plain(std::string_view uid) {
    const dicom::TransferSyntax* const syntax = dicom::find_transfer_syntax(uid);
    return syntax != nullptr && !syntax->deflated && !syntax->big_endian;
}

/// What one range of an Accept field means of parts, or of something by itself.
struct Wanted {
    MediaType part{};
    std::string transfer_syntax{};
};

std::optional<Wanted> wanted_by(const MediaType& range, bool multipart) {
    Wanted wanted{.part = range, .transfer_syntax = range.parameter("transfer-syntax")};
    if (range.type == "*" || (range.type == "multipart") != multipart) {
        return range.type == "*" ? std::optional(wanted) : std::nullopt;
    }
    if (!multipart) {
        return wanted;
    }
    if (!range.takes("multipart/related")) {
        return std::nullopt;
    }
    const std::string type = range.parameter("type");
    auto part = parse_media_type(type.empty() ? "*/*" : type);
    if (!part) {
        return std::nullopt;
    }
    wanted.part = *std::move(part);
    if (wanted.transfer_syntax.empty()) {  // within the quotation marks of the type
        wanted.transfer_syntax = wanted.part.parameter("transfer-syntax");
    }
    return wanted;
}

/// Is it acceptable because of that range, and no other range against it?
bool is_granted(const std::vector<MediaType>& accepted,
                const MediaType& range,
                const Representation& chosen) {
    return grants(accepted, range, [&chosen](const MediaType& each) {
        const auto wanted = wanted_by(each, chosen.multipart);
        return wanted && wanted->part.takes(chosen.media_type) &&
               (wanted->transfer_syntax.empty() || wanted->transfer_syntax == "*" ||
                wanted->transfer_syntax == chosen.transfer_syntax_uid);
    });
}

/// Of octets or whole objects: what is asked for, or what is usual.
std::string syntax_for(const Wanted& wanted, std::span<const std::string> available) {
    if (wanted.transfer_syntax == "*") {
        return available.front();
    }
    if (!wanted.transfer_syntax.empty()) {
        return has(available, wanted.transfer_syntax) ? wanted.transfer_syntax : std::string();
    }
    // Only what cannot be decoded here is sent as it is kept (PS3.18 8.7.3.5.2).
    return has(available, explicit_little) ? std::string(explicit_little) : available.front();
}

/// Of pixels. Of deflated or Big Endian ones, "as it is" is Explicit VR Little Endian.
std::string octets_syntax_for(Wanted wanted,
                              std::span<const std::string> available,
                              std::span<const std::string> plain) {
    if (wanted.transfer_syntax == "*" && !is_plain(available.front())) {
        wanted.transfer_syntax.clear();
    }
    return syntax_for(wanted, plain);
}

/// What frames can be had in of what a range wants, best first: octets, then images.
std::vector<Representation> frame_offers(const Wanted& wanted,
                                         bool multipart,
                                         std::span<const std::string> available,
                                         std::span<const std::string> plain) {
    std::vector<Representation> offers;
    const auto offer = [&](std::string_view media_type, std::string uid) {
        offers.push_back({.multipart = multipart,
                          .media_type = std::string(media_type),
                          .transfer_syntax_uid = std::move(uid)});
    };
    std::string uid = octets_syntax_for(wanted, available, plain);
    if (!uid.empty()) {
        offer(octets, std::move(uid));
    }
    for (const ImageType& type : image_types()) {
        for (const std::string_view each : type.syntaxes) {
            if (has(plain, each)) {
                offer(type.media_type, std::string(each));
            }
        }
    }
    return offers;
}

}  // namespace

std::optional<Representation> choose_object_representation(const std::vector<MediaType>& accepted,
                                                           std::span<const std::string> available,
                                                           bool single) {
    for (const MediaType& range : accepted) {
        for (const bool multipart : {true, false}) {
            const auto wanted = wanted_by(range, multipart);
            if (!wanted || available.empty() || (!multipart && !single)) {
                continue;
            }
            Representation chosen{.multipart = multipart,
                                  .media_type = "application/dicom",
                                  .transfer_syntax_uid = syntax_for(*wanted, available)};
            if (!chosen.transfer_syntax_uid.empty() && is_granted(accepted, range, chosen)) {
                return chosen;
            }
        }
    }
    return std::nullopt;
}

std::optional<Representation> choose_frame_representation(const std::vector<MediaType>& accepted,
                                                          std::span<const std::string> available,
                                                          bool single) {
    std::vector<std::string> plain;
    std::ranges::copy_if(available, std::back_inserter(plain), is_plain);
    for (const MediaType& range : accepted) {
        for (const bool multipart : {true, false}) {
            const auto wanted = wanted_by(range, multipart);
            if (!wanted || plain.empty() || (!multipart && !single)) {
                continue;
            }
            for (Representation& offer : frame_offers(*wanted, multipart, available, plain)) {
                if (is_granted(accepted, range, offer)) {
                    return std::move(offer);
                }
            }
        }
    }
    return std::nullopt;
}

std::optional<Representation> choose_bulk_representation(const std::vector<MediaType>& accepted,
                                                         std::span<const std::string> available) {
    std::vector<std::string> plain;
    std::ranges::copy_if(available, std::back_inserter(plain), is_plain);
    for (const MediaType& range : accepted) {
        for (const bool multipart : {false, true}) {
            const auto wanted = wanted_by(range, multipart);
            if (!wanted) {
                continue;
            }
            Representation chosen{.multipart = multipart,
                                  .media_type = std::string(octets),
                                  .transfer_syntax_uid = {}};
            if (!plain.empty()) {
                chosen.transfer_syntax_uid = octets_syntax_for(*wanted, available, plain);
            }
            const bool there = plain.empty() || !chosen.transfer_syntax_uid.empty();
            if (there && is_granted(accepted, range, chosen)) {
                return chosen;
            }
        }
    }
    return std::nullopt;
}

}  // namespace cxr::bridge::web
