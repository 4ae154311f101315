#pragma once
/// Frames one DIMSE message as P-DATA-TF PDUs (PS3.8 §9.3.5, Annex E) for gathered writes: headers
/// are made here, contents are referred to, never copied. One presentation data value a PDU, the
/// command before the data set, fragments of even length (PS3.7 §6.3.1) wherever the peer's maximum
/// allows two bytes.

#include "storescp/upper_layer/pdu.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cxr::storescp {

class DataFramer {
public:
    /// Fewer bytes than this cannot hold a presentation data value with a byte in it.
    static constexpr std::uint32_t pdu_bytes_min = pdu::pdv_header_bytes + 1;

    /// @param pdu_bytes_max what the PDU-length field may say, at least pdu_bytes_min
    DataFramer(std::uint8_t presentation_context_id, std::uint32_t pdu_bytes_max);

    /// Appends contents; they must outlive the framer. Empty spans are skipped.
    void add_command(std::span<const std::byte> bytes) { command_.push_back(bytes); }
    void add_data(std::span<const std::byte> bytes) { data_.push_back(bytes); }

    /// Pieces to be written together, whole PDUs, about `bytes_max` at most (one PDU at least);
    /// empty when the message is complete. Valid until the next call.
    [[nodiscard]] const std::vector<std::span<const std::byte>>& next(std::size_t bytes_max);
    /// Has next() given everything?
    [[nodiscard]] bool complete() const { return command_.left() + data_.left() == 0; }

private:
    /// One gathered system call takes 64 buffers: header and contents of each PDU.
    static constexpr std::size_t pdus_per_write = 32;
    using Header = std::array<std::byte, pdu::header_bytes + pdu::pdv_header_bytes>;

    /// A row of spans read from the front.
    class Source {
    public:
        void push_back(std::span<const std::byte> bytes);
        [[nodiscard]] std::size_t left() const { return left_; }
        /// Appends exactly `count` bytes of it to `pieces`.
        void take(std::size_t count, std::vector<std::span<const std::byte>>& pieces);

    private:
        std::vector<std::span<const std::byte>> spans_;
        std::size_t at_ = 0;
        std::size_t left_ = 0;
    };

    std::size_t frame(Source& source, bool command);

    std::uint8_t presentation_context_id_;
    std::size_t fragment_bytes_max_;
    Source command_;
    Source data_;
    std::size_t headers_used_ = 0;
    std::array<Header, pdus_per_write> headers_{};
    std::vector<std::span<const std::byte>> pieces_;
};

}  // namespace cxr::storescp
