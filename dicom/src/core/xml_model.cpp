#include "dicom/core/xml_model.hpp"

#include "core/model_values.hpp"
#include "dicom/core/keyword.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cxr::dicom {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// What XML 1.0 cannot hold, not even as a reference (2.2 Char): the bytes of it at the beginning
/// of `text`; 0: none.
std::size_t forbidden_at(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x20) {
        return first == '\t' || first == '\n' || first == '\r' ? 0 : 1;
    }
    return text.starts_with("\xEF\xBF\xBE") || text.starts_with("\xEF\xBF\xBF") ? 3 : 0;
}

void append_escaped(std::string& xml, std::string_view text) {
    while (!text.empty()) {
        if (const std::size_t bytes = forbidden_at(text); bytes > 0) {
            xml += replacement;
            text.remove_prefix(bytes);
            continue;
        }
        switch (text.front()) {
            case '&':
                xml += "&amp;";
                break;
            case '<':
                xml += "&lt;";
                break;
            case '>':
                xml += "&gt;";
                break;
            case '"':
                xml += "&quot;";
                break;
            case '\r':  // else a parser would make a line feed of it
                xml += "&#13;";
                break;
            default:
                xml += text.front();
        }
        text.remove_prefix(1);
    }
}

void append_attribute(std::string& xml, std::string_view name, std::string_view value) {
    xml.append(" ").append(name).append("=\"");
    append_escaped(xml, value);
    xml += '"';
}

void append_element(std::string& xml, std::string_view name, std::string_view text) {
    xml.append("<").append(name).append(">");
    append_escaped(xml, text);
    xml.append("</").append(name).append(">");
}

/// The text before `separator`; `text` becomes what is behind it.
std::string_view take_until(std::string_view& text, char separator) {
    const std::string_view taken = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), taken.size() + 1));
    return taken;
}

/// Groups and components of a person name (PS3.19 table A.1.5-5); none that is empty.
void append_person_name(std::string& xml, std::string_view name) {
    static constexpr std::array<std::string_view, 3> groups{
        "Alphabetic", "Ideographic", "Phonetic"};
    static constexpr std::array<std::string_view, 5> components{
        "FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix"};
    for (const std::string_view group : groups) {
        std::string_view written = take_until(name, '=');
        if (written.empty()) {
            continue;
        }
        xml.append("<").append(group).append(">");
        for (const std::string_view component : components) {
            // What is behind the fifth caret is no name's; it stays where it was.
            const bool last = component == components.back();
            const std::string_view text = last ? written : take_until(written, '^');
            if (!text.empty()) {
                append_element(xml, component, text);
            }
        }
        xml.append("</").append(group).append(">");
    }
}

void append_values(std::string& xml, const Attribute& attribute) {
    for_each_value(attribute, [&](std::size_t number, std::string_view value) {
        const std::string_view name = attribute.vr == VR::PN ? "PersonName" : "Value";
        xml.append("<").append(name);
        append_attribute(xml, "number", std::to_string(number));
        xml += '>';
        if (attribute.vr == VR::PN) {
            append_person_name(xml, value);
        } else {
            append_escaped(xml, value);
        }
        xml.append("</").append(name).append(">");
    });
}

void append_bytes(std::string& xml, const Attribute& attribute, const JsonModelOptions& options) {
    const auto uri = options.bulk_data_uri ? options.bulk_data_uri(attribute) : std::nullopt;
    if (uri) {
        xml += "<BulkData";
        append_attribute(xml, "uri", *uri);
        xml += "/>";
        return;
    }
    xml += "<InlineBinary>";
    append_base64(xml, attribute.value);
    xml += "</InlineBinary>";
}

/// The creator of a private element's block, of the same data set or item (PS3.5 7.8.1); empty: it
/// is not private, is itself a creator, or has none.
std::string_view private_creator(const Attributes& attributes, const DcmTagKey& tag) {
    const bool in_block = tag.getGroup() % 2 != 0 && tag.getElement() >= 0x1000;
    return in_block ? value_of(attributes,
                               {tag.getGroup(), static_cast<std::uint16_t>(tag.getElement() >> 8)})
                    : std::string_view();
}

void append_opening(std::string& xml, const Attributes& attributes, const Attribute& attribute) {
    const std::string_view creator = private_creator(attributes, attribute.tag);
    DcmTagKey tag = attribute.tag;
    if (!creator.empty()) {
        tag.setElement(static_cast<std::uint16_t>(tag.getElement() & 0xFFU));
    }
    const auto vr = static_cast<std::uint16_t>(attribute.vr);
    xml += "<DicomAttribute tag=\"";
    append_tag(xml, tag);
    xml.append("\" vr=\"").append(1, static_cast<char>(vr >> 8));
    xml.append(1, static_cast<char>(vr & 0xFF)).append("\"");
    if (const std::string_view keyword = keyword_of(attribute.tag); !keyword.empty()) {
        append_attribute(xml, "keyword", keyword);
    }
    if (!creator.empty()) {
        append_attribute(xml, "privateCreator", creator);
    }
}

// Items are as deep as a scanned data set may be: a bounded recursion.
void append_attributes(std::string& xml,
                       const Attributes& attributes,
                       const JsonModelOptions& options) {
    for (const Attribute& attribute : attributes) {
        if (attribute.tag.getElement() == 0) {
            continue;
        }
        append_opening(xml, attributes, attribute);
        if (attribute.value.empty() && attribute.items.empty()) {
            xml += "/>\n";
            continue;
        }
        xml += '>';
        std::size_t number = 0;
        for (const Attributes& item : attribute.items) {
            xml += "\n<Item";
            append_attribute(xml, "number", std::to_string(++number));
            xml += ">\n";
            append_attributes(xml, item, options);
            xml += "</Item>";
        }
        if (attribute.vr != VR::SQ) {
            if (is_binary(attribute.vr)) {
                append_bytes(xml, attribute, options);
            } else {
                append_values(xml, attribute);
            }
        }
        xml += "</DicomAttribute>\n";
    }
}

}  // namespace

void append_xml(std::string& xml, const Attributes& attributes, const JsonModelOptions& options) {
    xml +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\""
        " xml:space=\"preserve\">\n";
    append_attributes(xml, attributes, options);
    xml += "</NativeDicomModel>\n";
}

}  // namespace cxr::dicom
