#include "report/content_item.hpp"

#include "mapping/item_writer.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace cxr::dicom {
namespace {

/// Writes an item's value and, with it, its Value Type (PS3.3 table C.17.3-7).
struct ValueWriter {
    DcmItem& target;

    void operator()(const Container& container) const {
        put_value_type("CONTAINER");
        put_text(target, DCM_ContinuityOfContent, EVR_CS, "SEPARATE");
        if (!container.template_identifier.empty()) {
            DcmItem& identification = add_item(target, DCM_ContentTemplateSequence);
            put_text(identification, DCM_MappingResource, EVR_CS, "DCMR");
            put_text(
                identification, DCM_MappingResourceUID, EVR_UI, UID_DICOMContentMappingResource);
            put_text(identification, DCM_TemplateIdentifier, EVR_CS, container.template_identifier);
        }
    }
    void operator()(const Code& code) const {
        put_value_type("CODE");
        put_code(target, DCM_ConceptCodeSequence, code);
    }
    void operator()(const CodeWithEquivalent& code) const {
        put_value_type("CODE");
        DcmItem& written = put_code(target, DCM_ConceptCodeSequence, code.code);
        put_code(written, DCM_EquivalentCodeSequence, code.equivalent);
    }
    void operator()(const Numeric& number) const {
        put_value_type("NUM");
        DcmItem& measured = add_item(target, DCM_MeasuredValueSequence);
        put_code(measured, DCM_MeasurementUnitsCodeSequence, number.unit);
        put_text(measured, DCM_NumericValue, EVR_DS, decimal_string(number.value));
    }
    void operator()(const Text& text) const {
        put_value_type("TEXT");
        put_text(target, DCM_TextValue, EVR_UT, text.value);
    }
    void operator()(const PersonName& name) const {
        put_value_type("PNAME");
        put_text(target, DCM_PersonName, EVR_PN, name.value);
    }
    void operator()(const UIDReference& uid) const {
        put_value_type("UIDREF");
        put_text(target, DCM_UID, EVR_UI, uid.value);
    }
    void operator()(const ImageReference& image) const {
        put_value_type("IMAGE");
        DcmItem& reference = add_item(target, DCM_ReferencedSOPSequence);
        put_text(reference, DCM_ReferencedSOPClassUID, EVR_UI, image.sop_class_uid);
        put_text(reference, DCM_ReferencedSOPInstanceUID, EVR_UI, image.sop_instance_uid);
    }
    void operator()(const SpatialCoordinates& coordinates) const {
        put_value_type("SCOORD");
        put_floats(target, DCM_GraphicData, coordinates.graphic_data);
        put_text(target, DCM_GraphicType, EVR_CS, coordinates.graphic_type);
    }

private:
    void put_value_type(std::string_view type) const {
        put_text(target, DCM_ValueType, EVR_CS, type);
    }
};

}  // namespace

std::string decimal_string(double value) {
    constexpr std::size_t decimal_string_max = 16;
    for (int digits = 15; digits > 0; --digits) {
        std::array<char, 32> text{};
        const auto [end, error] = std::to_chars(
            text.data(), text.data() + text.size(), value, std::chars_format::general, digits);
        const auto size = static_cast<std::size_t>(end - text.data());
        if (error == std::errc() && size <= decimal_string_max) {
            return {text.data(), size};
        }
    }
    throw std::logic_error("no decimal string for a number that is none");
}

void write_content(DcmItem& target, const ContentItem& item) {
    put_optional_text(target, DCM_RelationshipType, EVR_CS, item.relationship_type);
    std::visit(ValueWriter{target}, item.value);
    if (!item.concept_name.empty()) {
        put_code(target, DCM_ConceptNameCodeSequence, item.concept_name);
    }
    for (const ContentItem& child : item.children) {
        write_content(add_item(target, DCM_ContentSequence), child);
    }
}

}  // namespace cxr::dicom
