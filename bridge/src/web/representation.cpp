#include "representation.hpp"

#include "dicom/core/transfer_syntax.hpp"

#include <algorithm>

namespace cxr::bridge::web {

namespace {

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

/// What one range of an Accept field means: of multipart/related that of its parts.
struct Wanted {
    bool multipart = true;
    MediaType part{};
    std::string transfer_syntax{};
};

std::optional<Wanted> wanted_by(const MediaType& range) {
    Wanted wanted{
        .multipart = range.is("multipart/related") || range.type == "*" || range.is("multipart/*"),
        .part = range,
        .transfer_syntax = range.parameter("transfer-syntax")};
    if (!wanted.multipart || range.type == "*") {
        return wanted;
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

}  // namespace

std::optional<Representation> choose_object_representation(const std::vector<MediaType>& accepted,
                                                           std::span<const std::string> available,
                                                           bool single) {
    for (const MediaType& range : accepted) {
        const auto wanted = wanted_by(range);
        if (!wanted || available.empty() || !wanted->part.takes("application/dicom") ||
            (!wanted->multipart && !single)) {
            continue;
        }
        std::string uid = syntax_for(*wanted, available);
        if (!uid.empty()) {
            return Representation{.multipart = wanted->multipart,
                                  .media_type = "application/dicom",
                                  .transfer_syntax_uid = std::move(uid)};
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
        const auto wanted = wanted_by(range);
        if (!wanted || plain.empty() || (!wanted->multipart && !single)) {
            continue;
        }
        if (wanted->part.takes("application/octet-stream")) {
            // Of deflated or Big Endian ones, "as it is" is Explicit VR Little Endian.
            const bool as_kept = wanted->transfer_syntax != "*" || is_plain(available.front());
            std::string uid =
                as_kept ? syntax_for(*wanted, plain) : syntax_for({.part = range}, plain);
            if (!uid.empty()) {
                return Representation{.multipart = wanted->multipart,
                                      .media_type = "application/octet-stream",
                                      .transfer_syntax_uid = std::move(uid)};
            }
            continue;
        }
        for (const ImageType& type : image_types()) {
            if (!wanted->part.takes(type.media_type)) {
                continue;
            }
            for (const std::string_view uid : type.syntaxes) {
                const bool fits = wanted->transfer_syntax.empty() ||
                                  wanted->transfer_syntax == "*" || wanted->transfer_syntax == uid;
                if (fits && has(plain, uid)) {
                    return Representation{.multipart = wanted->multipart,
                                          .media_type = std::string(type.media_type),
                                          .transfer_syntax_uid = std::string(uid)};
                }
            }
        }
    }
    return std::nullopt;
}

std::optional<Representation> choose_bulk_representation(const std::vector<MediaType>& accepted,
                                                         std::span<const std::string> available) {
    constexpr std::string_view octets = "application/octet-stream";
    std::vector<std::string> plain;
    std::ranges::copy_if(available, std::back_inserter(plain), is_plain);
    for (const MediaType& range : accepted) {
        auto wanted = wanted_by(range);
        if (!wanted || !wanted->part.takes(octets)) {
            continue;
        }
        Representation chosen{.multipart = range.type == "multipart",
                              .media_type = std::string(octets),
                              .transfer_syntax_uid = {}};
        if (plain.empty()) {
            return chosen;
        }
        if (wanted->transfer_syntax == "*" && !is_plain(available.front())) {
            wanted->transfer_syntax.clear();
        }
        chosen.transfer_syntax_uid = syntax_for(*wanted, plain);
        if (!chosen.transfer_syntax_uid.empty()) {
            return chosen;
        }
    }
    return std::nullopt;
}

}  // namespace cxr::bridge::web
