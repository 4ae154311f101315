#include "dicom/core/json_model.hpp"

#include "core/model_values.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace cxr::dicom {

namespace {

constexpr std::string_view upper_digits = "0123456789ABCDEF";

void append_text(std::string& json, std::string_view text) {
    json += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (byte < 0x20) {
            json += "\\u00";
            json += upper_digits[byte >> 4];
            json += upper_digits[byte & 15];
        } else {
            json += c;
        }
    }
    json += '"';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    return text;
}

/// A decimal text as JSON writes numbers: DICOM also has "+1", "01", ".5" and "1.".
bool append_number(std::string& json, std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    std::int64_t whole = 0;
    const char* const end = text.data() + text.size();
    if (const auto [at, error] = std::from_chars(text.data(), end, whole);
        error == std::errc{} && at == end) {
        json += std::to_string(whole);
        return true;
    }
    std::uint64_t large = 0;
    if (const auto [at, error] = std::from_chars(text.data(), end, large);
        error == std::errc{} && at == end) {
        json += std::to_string(large);
        return true;
    }
    double number = 0;
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || at != end || !std::isfinite(number)) {
        return false;
    }
    std::array<char, 40> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    json.append(digits.data(), written.ptr);
    return true;
}

/// The component groups of a person name (F.2.2, table F.2.3-1).
void append_person_name(std::string& json, std::string_view name) {
    static constexpr std::array<std::string_view, 3> groups{
        "Alphabetic", "Ideographic", "Phonetic"};
    json += '{';
    bool first = true;
    for (const std::string_view group : groups) {
        const std::string_view text = name.substr(0, name.find('='));
        name.remove_prefix(std::min(name.size(), text.size() + 1));
        if (!text.empty()) {
            json += first ? "\"" : ",\"";
            first = false;
            json.append(group).append("\":");
            append_text(json, text);
        }
    }
    json += '}';
}

bool is_numeric(VR vr) {
    switch (vr) {
        case VR::DS:
        case VR::FD:
        case VR::FL:
        case VR::IS:
        case VR::SL:
        case VR::SS:
        case VR::SV:
        case VR::UL:
        case VR::US:
        case VR::UV:
            return true;
        default:
            return false;
    }
}

void append_value(std::string& json, VR vr, std::string_view value) {
    if (value.empty()) {
        json += "null";  // an empty value among others (F.2.5)
    } else if (vr == VR::PN) {
        append_person_name(json, value);
    } else if (!is_numeric(vr) || !append_number(json, value)) {
        append_text(json, value);
    }
}

void append_values(std::string& json, const Attribute& attribute) {
    json += ",\"Value\":[";
    for_each_value(attribute, [&](std::size_t number, std::string_view value) {
        json += number == 1 ? "" : ",";
        append_value(json, attribute.vr, value);
    });
    json += ']';
}

}  // namespace

void append_tag(std::string& text, const DcmTagKey& tag) {
    const std::uint32_t number = std::uint32_t{tag.getGroup()} << 16 | tag.getElement();
    for (int shift = 28; shift >= 0; shift -= 4) {
        text += upper_digits[number >> shift & 15];
    }
}

// Items are as deep as a scanned data set may be: a bounded recursion.
void append_json(std::string& json, const Attributes& attributes, const JsonModelOptions& options) {
    json += '{';
    bool first = true;
    for (const Attribute& attribute : attributes) {
        if (attribute.tag.getElement() == 0) {
            continue;
        }
        json += first ? "\"" : ",\"";
        first = false;
        append_tag(json, attribute.tag);
        json += R"(":{"vr":")";
        const auto vr = static_cast<std::uint16_t>(attribute.vr);
        json += static_cast<char>(vr >> 8);
        json += static_cast<char>(vr & 0xFF);
        json += '"';
        if (attribute.vr == VR::SQ) {
            if (!attribute.items.empty()) {
                json += ",\"Value\":[";
                for (const Attributes& item : attribute.items) {
                    json += &item == &attribute.items.front() ? "" : ",";
                    append_json(json, item);
                }
                json += ']';
            }
        } else if (is_binary(attribute.vr) && !attribute.value.empty()) {
            const auto uri =
                options.bulk_data_uri ? options.bulk_data_uri(attribute) : std::nullopt;
            json += uri ? ",\"BulkDataURI\":" : ",\"InlineBinary\":";
            if (uri) {
                append_text(json, *uri);
            } else {
                json += '"';
                append_base64(json, attribute.value);
                json += '"';
            }
        } else if (!attribute.value.empty()) {
            append_values(json, attribute);
        }
        json += '}';
    }
    json += '}';
}

}  // namespace cxr::dicom
