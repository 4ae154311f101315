#include "dicom/core/data_set_scan.hpp"

#include "attribute_decoder.hpp"
#include "element_walker.hpp"

#include <algorithm>

namespace cxr::dicom {
namespace {

constexpr std::uint32_t first_pixel_data_tag = 0x7FE0'0000;

/// Notes the top level and checks what only it must keep.
class Scanner final : public ElementVisitor {
public:
    explicit Scanner(DataSetScan& scan) : scan_(scan) {}

    Result<void> value(const ElementHeader& header, std::span<const std::byte> value) override {
        return depth_ == 0 ? note(header, value.size()) : Result<void>();
    }
    Result<void> sequence_begins(const ElementHeader& header) override {
        auto noted = depth_ == 0 ? note(header, 0) : Result<void>();
        ++depth_;
        scan_.depth_reached = std::max(scan_.depth_reached, depth_);
        return noted;
    }
    void item_begins() override {}
    Result<void> item_ends() override { return {}; }
    void sequence_ends(std::size_t value_end) override {
        if (--depth_ == 0) {
            ScannedElement& sequence = scan_.elements.back();
            sequence.length = value_end - sequence.value_offset;
        }
    }

private:
    Result<void> note(const ElementHeader& header, std::uint64_t length) {
        if (header.tag >> 16 < 0x0008) {
            return malformed_element(header, "a data set begins at group 0008 (PS3.10 7.1)");
        }
        if (!scan_.elements.empty() && header.tag <= tag_number(scan_.elements.back().tag)) {
            return malformed_element(header, "elements are not in ascending order (PS3.5 7.1)");
        }
        scan_.elements.push_back({.tag = tag_key(header.tag),
                                  .vr = header.vr,
                                  .header_offset = header.offset,
                                  .value_offset = header.value_offset,
                                  .length = length,
                                  .undefined_length = header.length == undefined_length});
        return {};
    }

    DataSetScan& scan_;
    std::size_t depth_ = 0;
};

WalkRules rules_for(const TransferSyntax& transfer_syntax, const ScanLimits& limits) {
    return {.encoding = {.explicit_vr = transfer_syntax.explicit_vr,
                         .big_endian = transfer_syntax.big_endian},
            .encapsulated = transfer_syntax.encapsulated,
            .depth_max = limits.depth_max,
            .elements_max = limits.elements_max};
}

}  // namespace

const ScannedElement* DataSetScan::find(const DcmTagKey& tag) const {
    const auto at = std::lower_bound(
        elements.begin(),
        elements.end(),
        tag,
        [](const ScannedElement& element, const DcmTagKey& key) { return element.tag < key; });
    return at != elements.end() && at->tag == tag ? &*at : nullptr;
}

Result<DataSetScan> scan_data_set(std::span<const std::byte> bytes,
                                  const TransferSyntax& transfer_syntax,
                                  const ScanLimits& limits) {
    DataSetScan scan;
    Scanner scanner(scan);
    if (auto walked = walk_data_set(bytes, 0, rules_for(transfer_syntax, limits), scanner);
        !walked) {
        return walked.error();
    }
    return scan;
}

Attributes attributes_of(std::span<const std::byte> bytes,
                         const DataSetScan& scan,
                         const TransferSyntax& transfer_syntax,
                         std::size_t value_bytes_max,
                         std::size_t* unconvertible) {
    const WalkRules rules = rules_for(transfer_syntax, {});
    AttributeDecoder decoder({.lossy = true});
    for (const ScannedElement& element : scan.elements) {
        if (tag_number(element.tag) >= first_pixel_data_tag) {
            break;
        }
        if (element.length > value_bytes_max) {
            continue;
        }
        const std::size_t delimiter_bytes = element.undefined_length ? 8 : 0;
        const std::size_t end = element.value_offset + element.length + delimiter_bytes;
        // It was walked before, when the scan was made: it can only fail if those are other bytes.
        if (end > bytes.size() ||
            !walk_data_set(bytes.first(end), element.header_offset, rules, decoder)) {
            break;
        }
    }
    if (unconvertible != nullptr) {
        *unconvertible += decoder.unconvertible();
    }
    auto attributes = decoder.finish();
    return attributes ? std::move(*attributes) : Attributes();
}

}  // namespace cxr::dicom
