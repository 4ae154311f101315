#include "report/content_view.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <charconv>

namespace cxr::dicom {
namespace {

std::string trimmed(const std::string& text) {
    constexpr const char* padding = " \0";
    const std::size_t first = text.find_first_not_of(padding, 0, 2);
    if (first == std::string::npos) {
        return {};
    }
    const std::size_t last = text.find_last_not_of(padding, std::string::npos, 2);
    return text.substr(first, last - first + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        if (end > begin) {
            parts.push_back(text.substr(begin, end - begin));
        }
        begin = end + 1;
    }
    return parts;
}

}  // namespace

std::string ContentView::attribute(const DcmTagKey& tag, VR vr) const {
    OFString raw;
    if (item_->findAndGetOFStringArray(tag, raw).bad()) {
        return {};
    }
    return trimmed(character_set_->to_utf8_lossy({raw.data(), raw.size()}, vr));
}

std::vector<ContentView> ContentView::items(const DcmTagKey& tag) const {
    std::vector<ContentView> found;
    DcmSequenceOfItems* sequence = nullptr;
    if (item_->findAndGetSequence(tag, sequence).good()) {
        for (DcmObject* item = sequence->nextInContainer(nullptr); item != nullptr;
             item = sequence->nextInContainer(item)) {
            found.emplace_back(*static_cast<DcmItem*>(item), *character_set_);
        }
    }
    return found;
}

CodedConcept ContentView::coded() const {
    std::string value = attribute(DCM_CodeValue, VR::SH);
    if (value.empty()) {
        value = attribute(DCM_LongCodeValue, VR::UC);
    }
    return {std::move(value),
            attribute(DCM_CodingSchemeDesignator, VR::SH),
            attribute(DCM_CodeMeaning, VR::LO)};
}

std::string ContentView::value_type() const {
    return attribute(DCM_ValueType, VR::CS);
}

CodedConcept ContentView::concept_name() const {
    const auto names = items(DCM_ConceptNameCodeSequence);
    return names.empty() ? CodedConcept{} : names.front().coded();
}

bool ContentView::is_named(const Code& name) const {
    const CodedConcept own = concept_name();
    return own.value == name.value && own.scheme == name.scheme;
}

std::vector<CodedConcept> ContentView::codes() const {
    std::vector<CodedConcept> found;
    for (const ContentView& item : items(DCM_ConceptCodeSequence)) {
        found.push_back(item.coded());
        for (const ContentView& equivalent : item.items(DCM_EquivalentCodeSequence)) {
            found.push_back(equivalent.coded());
        }
    }
    return found;
}

std::string ContentView::text() const {
    const std::string type = value_type();
    if (type == "TEXT") {
        return attribute(DCM_TextValue, VR::UT);
    }
    if (type == "PNAME") {
        return attribute(DCM_PersonName, VR::PN);
    }
    return type == "UIDREF" ? attribute(DCM_UID, VR::UI) : std::string();
}

std::optional<double> ContentView::number() const {
    for (const ContentView& measured : items(DCM_MeasuredValueSequence)) {
        const std::string text = measured.attribute(DCM_NumericValue, VR::DS);
        const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
        const char* end = text.data() + text.size();
        double value = 0;
        const auto [rest, error] = std::from_chars(begin, end, value);
        if (error == std::errc() && rest == end) {
            return value;
        }
    }
    return std::nullopt;
}

std::string ContentView::template_identifier() const {
    const auto templates = items(DCM_ContentTemplateSequence);
    return templates.empty() ? std::string()
                             : templates.front().attribute(DCM_TemplateIdentifier, VR::CS);
}

std::string ContentView::graphic_type() const {
    return attribute(DCM_GraphicType, VR::CS);
}

std::vector<float> ContentView::graphic_data() const {
    const Float32* data = nullptr;
    unsigned long count = 0;
    if (item_->findAndGetFloat32Array(DCM_GraphicData, data, &count).bad() || data == nullptr) {
        return {};
    }
    return {data, data + count};
}

std::optional<ContentView::Image> ContentView::image() const {
    for (const ContentView& reference : items(DCM_ReferencedSOPSequence)) {
        return Image{reference.attribute(DCM_ReferencedSOPInstanceUID, VR::UI),
                     split(reference.attribute(DCM_ReferencedFrameNumber, VR::IS), '\\')};
    }
    return std::nullopt;
}

std::vector<ContentView> ContentView::children() const {
    return items(DCM_ContentSequence);
}

std::optional<ContentView> ContentView::child(const Code& name) const {
    for (const ContentView& each : children()) {
        if (each.is_named(name)) {
            return each;
        }
    }
    return std::nullopt;
}

std::string ContentView::text_of(const Code& name) const {
    const auto found = child(name);
    return found ? found->text() : std::string();
}

void ContentView::for_each_below(const std::function<void(const ContentView&)>& visit) const {
    // Recursion is bounded: the bytes were scanned for depth before they were parsed.
    for (const ContentView& each : children()) {
        visit(each);
        each.for_each_below(visit);
    }
}

}  // namespace cxr::dicom
