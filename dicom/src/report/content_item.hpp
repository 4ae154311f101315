#pragma once
/// Content items of an SR document tree as values (PS3.3 C.17.3), and the one place that writes
/// them into a data set. The templates (tid_1500) only say which items there are.
///
/// Codes are views: of literals, or of a code table that lives as long as the program. A tree is
/// used up while it is written, by one thread; nothing is shared between two documents.

#include "mapping/item_writer.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::dicom {

/// PS3.3 §8.9: the same meaning in another scheme, beside the code that counts.
struct CodeWithEquivalent {
    Code code, equivalent;
};
/// PS3.3 C.18.1, one value. `unit` is of UCUM.
struct Numeric {
    double value;
    Code unit;
};
struct Container {
    std::string_view template_identifier = {};  ///< of DCMR; empty: no template is named
};
struct Text {
    std::string value;
};
struct PersonName {
    std::string value;
};
struct UIDReference {
    std::string value;
};
struct ImageReference {
    std::string_view sop_class_uid;
    std::string_view sop_instance_uid;
};
/// PS3.3 C.18.6: column\row pairs in pixels; (0,0) is the top-left corner of the top-left pixel.
struct SpatialCoordinates {
    std::string_view graphic_type;
    std::vector<float> graphic_data;
};

struct ContentItem {
    std::string_view relationship_type;  ///< empty for the root
    Code concept_name;                   ///< empty: without
    std::variant<Container,
                 Code,
                 CodeWithEquivalent,
                 Numeric,
                 Text,
                 PersonName,
                 UIDReference,
                 ImageReference,
                 SpatialCoordinates>
        value;
    std::vector<ContentItem> children = {};
};

/// The shortest decimal string that DS holds (16 characters) for a value, of 15 significant digits
/// at most. Independent of any locale.
[[nodiscard]] std::string decimal_string(double value);

/// Writes the item and all below it into `target`: the document's data set, for the root.
void write_content(DcmItem& target, const ContentItem& item);

}  // namespace cxr::dicom
