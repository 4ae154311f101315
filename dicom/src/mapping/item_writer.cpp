#include "mapping/item_writer.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmdata/dcvrfl.h>
#include <dcmtk/dcmdata/dcvrsl.h>
#include <dcmtk/dcmdata/dcvrus.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace cxr::dicom {
namespace {

void require(const OFCondition& condition, const DcmTagKey& tag) {
    if (condition.bad()) {
        throw std::logic_error(std::string("cannot write ") + tag.toString().c_str() + ": " +
                               condition.text());
    }
}

template <typename Element>
Element& insert(DcmItem& item, std::unique_ptr<Element> element) {
    require(item.insert(element.get()), element->getTag());
    return *element.release();  // the item owns it from here on
}

DcmSequenceOfItems& sequence_of(DcmItem& item, const DcmTagKey& tag) {
    DcmSequenceOfItems* sequence = nullptr;
    if (item.findAndGetSequence(tag, sequence).bad()) {
        auto made = std::make_unique<DcmSequenceOfItems>(DcmTag(tag, DcmVR(EVR_SQ)));
        return insert(item, std::move(made));
    }
    return *sequence;
}

}  // namespace

void put_text(DcmItem& item, const DcmTagKey& tag, DcmEVR vr, std::string_view value) {
    const DcmTag known_tag(tag, DcmVR(vr));
    require(value.empty() ? item.insertEmptyElement(known_tag)
                          : item.putAndInsertString(
                                known_tag, value.data(), static_cast<Uint32>(value.size())),
            tag);
}

void put_optional_text(DcmItem& item, const DcmTagKey& tag, DcmEVR vr, std::string_view value) {
    if (!value.empty()) {
        put_text(item, tag, vr, value);
    }
}

void put_unsigned(DcmItem& item, const DcmTagKey& tag, std::uint16_t value) {
    auto element = std::make_unique<DcmUnsignedShort>(DcmTag(tag, DcmVR(EVR_US)));
    require(element->putUint16(value), tag);
    insert(item, std::move(element));
}

void put_unsigned(DcmItem& item, const DcmTagKey& tag, std::span<const std::uint16_t> values) {
    auto element = std::make_unique<DcmUnsignedShort>(DcmTag(tag, DcmVR(EVR_US)));
    require(element->putUint16Array(values.data(), values.size()), tag);
    insert(item, std::move(element));
}

void put_integers(DcmItem& item, const DcmTagKey& tag, std::span<const std::int32_t> values) {
    auto element = std::make_unique<DcmSignedLong>(DcmTag(tag, DcmVR(EVR_SL)));
    require(element->putSint32Array(values.data(), values.size()), tag);
    insert(item, std::move(element));
}

void put_floats(DcmItem& item, const DcmTagKey& tag, std::span<const float> values) {
    auto element = std::make_unique<DcmFloatingPointSingle>(DcmTag(tag, DcmVR(EVR_FL)));
    require(element->putFloat32Array(values.data(), values.size()), tag);
    insert(item, std::move(element));
}

void put_empty_sequence(DcmItem& item, const DcmTagKey& tag) {
    static_cast<void>(sequence_of(item, tag));
}

DcmItem& add_item(DcmItem& item, const DcmTagKey& tag) {
    auto added = std::make_unique<DcmItem>();
    require(sequence_of(item, tag).append(added.get()), tag);
    return *added.release();  // the sequence owns it from here on
}

DcmItem& put_code(DcmItem& item, const DcmTagKey& sequence, const Code& code) {
    constexpr std::size_t code_value_max = 16;  // SH
    DcmItem& written = add_item(item, sequence);
    const bool is_long = code.value.size() > code_value_max;
    if (!is_long) {
        put_text(written, DCM_CodeValue, EVR_SH, code.value);
    }
    put_text(written, DCM_CodingSchemeDesignator, EVR_SH, code.scheme);
    put_text(written, DCM_CodeMeaning, EVR_LO, code.meaning);
    if (is_long) {
        put_text(written, DCM_LongCodeValue, EVR_UC, code.value);
    }
    return written;
}

}  // namespace cxr::dicom
