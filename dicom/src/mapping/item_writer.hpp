#pragma once
/// Puts attributes into a DcmItem whose VR the writer knows, so that a document of 300 elements
/// does not ask the locked data dictionary 300 times. DCMTK refuses only what a bug or a lack of
/// memory can cause here: that is an exception, not a Fault.

#include "dicom/mapping/entities.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dctagkey.h>
#include <dcmtk/dcmdata/dcvr.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace cxr::dicom {

/// A code as views: of literals, or of a concept that outlives its use.
struct Code {
    std::string_view value = {}, scheme = {}, meaning = {};

    [[nodiscard]] static Code of(const CodedConcept& code) {
        return {code.value, code.scheme, code.meaning};
    }
    [[nodiscard]] bool empty() const { return value.empty(); }
};

/// @param value as encoded, without padding; empty gives a zero-length element.
void put_text(DcmItem& item, const DcmTagKey& tag, DcmEVR vr, std::string_view value);
/// The same, but an empty value leaves the attribute out (type 3).
void put_optional_text(DcmItem& item, const DcmTagKey& tag, DcmEVR vr, std::string_view value);
void put_unsigned(DcmItem& item, const DcmTagKey& tag, std::uint16_t value);
void put_unsigned(DcmItem& item, const DcmTagKey& tag, std::span<const std::uint16_t> values);
void put_integers(DcmItem& item,
                  const DcmTagKey& tag,
                  std::span<const std::int32_t> values);  ///< SL
void put_floats(DcmItem& item, const DcmTagKey& tag, std::span<const float> values);

/// A sequence without items (type 2).
void put_empty_sequence(DcmItem& item, const DcmTagKey& tag);
/// Adds an item to a sequence, which is made when it is not there. The item belongs to `item`.
[[nodiscard]] DcmItem& add_item(DcmItem& item, const DcmTagKey& sequence);

/// A sequence of one code (PS3.3 §8.8); a value of over 16 characters is a Long Code Value. Returns
/// the code's item, which belongs to `item`.
DcmItem& put_code(DcmItem& item, const DcmTagKey& sequence, const Code& code);

}  // namespace cxr::dicom
