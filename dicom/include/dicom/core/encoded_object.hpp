#pragma once
/// A composite object encoded in one transfer syntax, ready for a wire or a file: immutable,
/// shared, gathered from segments so that pixel data is never copied behind its header.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cxr::dicom {

/// Bytes and whoever keeps them alive (a vector, a mapped file).
struct Segment {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> bytes;

    static Segment of(std::vector<std::byte> bytes) {
        auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
        const std::span<const std::byte> view(*owner);
        return Segment{.owner = std::move(owner), .bytes = view};
    }
};

struct EncodedObject {
    std::string sop_class_uid;
    std::string sop_instance_uid;
    std::string transfer_syntax_uid;
    std::vector<Segment> segments;  ///< the data set's bytes in order, no file meta information

    [[nodiscard]] std::size_t size_bytes() const {
        std::size_t total = 0;
        for (const Segment& segment : segments) {
            total += segment.bytes.size();
        }
        return total;
    }
};

}  // namespace cxr::dicom
