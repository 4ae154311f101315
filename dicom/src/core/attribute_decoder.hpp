#pragma once
/// The visitor that turns elements into Attributes: strict for identifiers, lossy for objects that
/// are kept as they are whatever their text says.

#include "dicom/core/attributes.hpp"
#include "dicom/core/character_set.hpp"
#include "element_walker.hpp"

#include <vector>

namespace cxr::dicom {

class AttributeDecoder final : public ElementVisitor {
public:
    struct Options {
        bool lossy =
            false;  ///< U+FFFD instead of a fault; unknown character sets are read as ASCII
    };
    explicit AttributeDecoder(Options options) : options_(options) { levels_.emplace_back(); }

    Result<void> value(const ElementHeader& header, std::span<const std::byte> value) override;
    Result<void> sequence_begins(const ElementHeader& header) override;
    void item_begins() override;
    Result<void> item_ends() override;
    void sequence_ends(std::size_t) override {}

    /// After the walk. Faults: malformed (a tag twice).
    [[nodiscard]] Result<Attributes> finish();
    [[nodiscard]] std::size_t unconvertible() const { return unconvertible_; }

private:
    /// The data set or an item, as far as it is read. An item inherits its parent's set.
    struct Level {
        Attributes attributes;
        CharacterSet character_set;
        bool in_order = true;
    };
    void append(const ElementHeader& header, Attribute attribute);
    [[nodiscard]] CharacterSet set_of(const ElementHeader& header) const;
    [[nodiscard]] Result<std::string> text_of(const ElementHeader& header,
                                              VR vr,
                                              std::span<const std::byte> value);
    [[nodiscard]] static Result<void> put_in_order(Level& level);

    Options options_;
    std::vector<Level> levels_;
    std::size_t unconvertible_ = 0;
};

}  // namespace cxr::dicom
