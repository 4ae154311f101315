#include "dicom/core/attributes.hpp"

#include <algorithm>

namespace cxr::dicom {
namespace {

/// Where `tag` is or belongs.
template <typename List>
auto position(List& attributes, const DcmTagKey& tag) {
    if (attributes.empty() || attributes.back().tag < tag) {
        return attributes.end();
    }
    return std::lower_bound(
        attributes.begin(),
        attributes.end(),
        tag,
        [](const Attribute& attribute, const DcmTagKey& key) { return attribute.tag < key; });
}

void put_attribute(Attributes& attributes, Attribute attribute) {
    const auto at = position(attributes, attribute.tag);
    if (at != attributes.end() && at->tag == attribute.tag) {
        *at = std::move(attribute);
    } else {
        attributes.insert(at, std::move(attribute));
    }
}

}  // namespace

const Attribute* find(const Attributes& attributes, const DcmTagKey& tag) {
    const auto at = position(attributes, tag);
    return at != attributes.end() && at->tag == tag ? &*at : nullptr;
}

std::string_view value_of(const Attributes& attributes, const DcmTagKey& tag) {
    const Attribute* attribute = find(attributes, tag);
    return attribute != nullptr ? std::string_view(attribute->value) : std::string_view();
}

void put(Attributes& attributes, const DcmTagKey& tag, std::string value) {
    put(attributes, tag, dictionary_vr(tag), std::move(value));
}

void put(Attributes& attributes, const DcmTagKey& tag, VR vr, std::string value) {
    put_attribute(attributes, {.tag = tag, .vr = vr, .value = std::move(value)});
}

void put_sequence(Attributes& attributes, const DcmTagKey& tag, std::vector<Attributes> items) {
    put_attribute(attributes, {.tag = tag, .vr = VR::SQ, .items = std::move(items)});
}

}  // namespace cxr::dicom
