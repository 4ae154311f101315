#pragma once
/// A content item of a stranger's SR document, to look at (PS3.3 C.17.3). Everything may be missing
/// or of another kind than it should be: then it reads as empty. The document outlives its views.

#include "dicom/core/character_set.hpp"
#include "mapping/item_writer.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cxr::dicom {

class ContentView {
public:
    ContentView(DcmItem& item, const CharacterSet& character_set)
        : item_(&item), character_set_(&character_set) {}

    [[nodiscard]] std::string value_type() const;
    [[nodiscard]] CodedConcept concept_name() const;
    [[nodiscard]] bool is_named(const Code& name) const;
    /// A CODE's value, then its equivalents.
    [[nodiscard]] std::vector<CodedConcept> codes() const;
    /// Of TEXT, PNAME and UIDREF, in UTF-8, without padding.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::optional<double> number() const;  ///< of NUM
    [[nodiscard]] std::string template_identifier() const;
    [[nodiscard]] std::string graphic_type() const;
    [[nodiscard]] std::vector<float> graphic_data() const;

    struct Image {
        std::string sop_instance_uid;
        std::vector<std::string> frames;  ///< Referenced Frame Number; empty: not said
    };
    [[nodiscard]] std::optional<Image> image() const;  ///< of IMAGE

    [[nodiscard]] std::vector<ContentView> children() const;
    [[nodiscard]] std::optional<ContentView> child(const Code& name) const;
    /// The text of the first child of that name; empty: none.
    [[nodiscard]] std::string text_of(const Code& name) const;
    /// This item's descendants, in document order, without itself.
    void for_each_below(const std::function<void(const ContentView&)>& visit) const;

    /// An attribute as UTF-8 text, all values, without padding.
    [[nodiscard]] std::string attribute(const DcmTagKey& tag, VR vr = VR::LO) const;
    [[nodiscard]] std::vector<ContentView> items(const DcmTagKey& sequence) const;

private:
    [[nodiscard]] CodedConcept coded() const;  ///< of an item of a code sequence

    DcmItem* item_;
    const CharacterSet* character_set_;
};

}  // namespace cxr::dicom
