#include "dicom/codec/codec.hpp"
#include "dicom/core/attributes.hpp"
#include "dicom/core/implementation.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace cxr::dicom {
namespace {

constexpr std::size_t preamble_bytes = 128;
constexpr std::string_view prefix = "DICM";
constexpr std::size_t meta_begin = preamble_bytes + prefix.size();

std::uint32_t little_endian(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
        value = (value << 8U) | std::to_integer<std::uint32_t>(bytes[i - 1]);
    }
    return value;
}

/// Length of the element at the front: header and value. 0: it does not fit, or has no length.
std::size_t element_bytes(std::span<const std::byte> bytes) {
    constexpr std::size_t short_header = 8;
    constexpr std::size_t long_header = 12;
    if (bytes.size() < short_header) {
        return 0;
    }
    const std::uint16_t code =
        vr_code(std::to_integer<char>(bytes[4]), std::to_integer<char>(bytes[5]));
    if (!is_known_vr(code)) {
        return 0;
    }
    const bool is_long = has_long_length(static_cast<VR>(code));
    if (is_long && bytes.size() < long_header) {
        return 0;
    }
    const std::size_t header = is_long ? long_header : short_header;
    const std::size_t length =
        is_long ? little_endian(bytes.subspan(8, 4)) : little_endian(bytes.subspan(6, 2));
    return length <= bytes.size() - header ? header + length : 0;
}

Fault malformed(std::string why) {
    return {.kind = FaultKind::malformed, .doing = "not a DICOM Part 10 file: " + std::move(why)};
}

}  // namespace

std::vector<std::byte> file_meta_information(const EncodedObject& object,
                                             const std::string& source_application_entity_title) {
    Attributes meta;
    const auto version = std::string({'\0', '\1'});
    put(meta, DCM_FileMetaInformationVersion, VR::OB, version);
    put(meta, DCM_MediaStorageSOPClassUID, VR::UI, object.sop_class_uid);
    put(meta, DCM_MediaStorageSOPInstanceUID, VR::UI, object.sop_instance_uid);
    put(meta, DCM_TransferSyntaxUID, VR::UI, object.transfer_syntax_uid);
    put(meta, DCM_ImplementationClassUID, VR::UI, std::string(implementation_class_uid));
    put(meta, DCM_ImplementationVersionName, VR::SH, std::string(implementation_version_name));
    if (!source_application_entity_title.empty()) {
        put(meta, DCM_SourceApplicationEntityTitle, VR::AE, source_application_entity_title);
    }
    const auto elements = encode_attributes(meta, explicit_vr_little_endian);
    Attributes group_length;
    put(group_length, DCM_FileMetaInformationGroupLength, VR::UL, std::to_string(elements.size()));
    const auto length = encode_attributes(group_length, explicit_vr_little_endian);

    std::vector<std::byte> bytes(preamble_bytes);
    for (const char letter : prefix) {
        bytes.push_back(static_cast<std::byte>(letter));
    }
    bytes.insert(bytes.end(), length.begin(), length.end());
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    return bytes;
}

Result<Part10View> read_part10(std::span<const std::byte> bytes) {
    if (bytes.size() < meta_begin ||
        std::memcmp(bytes.data() + preamble_bytes, prefix.data(), prefix.size()) != 0) {
        return malformed("no DICM prefix after 128 bytes");
    }
    Part10View view;
    std::size_t at = meta_begin;
    while (bytes.size() - at >= 2 && little_endian(bytes.subspan(at, 2)) == 0x0002) {
        const std::size_t length = element_bytes(bytes.subspan(at));
        if (length == 0) {
            return malformed("its file meta information is cut or damaged");
        }
        const std::span<const std::byte> element = bytes.subspan(at, length);
        const auto uid = [&element] {
            std::string text(reinterpret_cast<const char*>(element.data()) + 8, element.size() - 8);
            text.erase(std::ranges::find(text, '\0'), text.end());
            return text;
        };
        const auto title = [&uid] {
            std::string text = uid();
            text.erase(text.find_last_not_of(' ') + 1);
            return text;
        };
        switch (little_endian(element.subspan(2, 2))) {
            case 0x0002:
                view.sop_class_uid = uid();
                break;
            case 0x0003:
                view.sop_instance_uid = uid();
                break;
            case 0x0010:
                view.transfer_syntax_uid = uid();
                break;
            case 0x0016:
                view.source_application_entity_title = title();
                break;
            default:
                break;
        }
        at += length;
    }
    if (view.transfer_syntax_uid.empty()) {
        return malformed("no Transfer Syntax UID (0002,0010)");
    }
    view.data_set = bytes.subspan(at);
    return view;
}

}  // namespace cxr::dicom
