#include "storescp/upper_layer/data_framer.hpp"

#include <algorithm>
#include <stdexcept>

namespace cxr::storescp {
namespace {

void put_u32(std::span<std::byte> at, std::size_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        at[i] = static_cast<std::byte>(value >> (24 - 8 * i) & 0xFF);
    }
}

}  // namespace

DataFramer::DataFramer(std::uint8_t presentation_context_id, std::uint32_t pdu_bytes_max)
    : presentation_context_id_(presentation_context_id) {
    if (pdu_bytes_max < pdu_bytes_min) {
        throw std::invalid_argument("no presentation data value fits a PDU of this length");
    }
    const std::size_t room = pdu_bytes_max - pdu::pdv_header_bytes;
    fragment_bytes_max_ = room >= 2 ? room & ~std::size_t{1} : 1;
}

void DataFramer::Source::push_back(std::span<const std::byte> bytes) {
    if (!bytes.empty()) {
        spans_.push_back(bytes);
        left_ += bytes.size();
    }
}

void DataFramer::Source::take(std::size_t count, std::vector<std::span<const std::byte>>& pieces) {
    left_ -= count;
    while (count > 0) {
        std::span<const std::byte>& front = spans_[at_];
        const auto piece = front.first(std::min(count, front.size()));
        pieces.push_back(piece);
        count -= piece.size();
        front = front.subspan(piece.size());
        if (front.empty()) {
            ++at_;
        }
    }
}

std::size_t DataFramer::frame(Source& source, bool command) {
    const std::size_t fragment_bytes = std::min(source.left(), fragment_bytes_max_);
    Header& header = headers_.at(headers_used_++);
    const bool last = fragment_bytes == source.left();
    header[0] = static_cast<std::byte>(pdu::Type::p_data_tf);
    header[1] = std::byte{0};
    put_u32(std::span(header).subspan(2), fragment_bytes + pdu::pdv_header_bytes);
    put_u32(std::span(header).subspan(6), fragment_bytes + 2);
    header[10] = static_cast<std::byte>(presentation_context_id_);
    header[11] = static_cast<std::byte>((command ? 1 : 0) | (last ? 2 : 0));
    pieces_.emplace_back(header);
    source.take(fragment_bytes, pieces_);
    return header.size() + fragment_bytes;
}

const std::vector<std::span<const std::byte>>& DataFramer::next(std::size_t bytes_max) {
    pieces_.clear();
    headers_used_ = 0;
    std::size_t bytes = 0;
    while (bytes < bytes_max && headers_used_ < pdus_per_write) {
        if (command_.left() > 0) {
            bytes += frame(command_, true);
        } else if (data_.left() > 0) {
            bytes += frame(data_, false);
        } else {
            break;
        }
    }
    return pieces_;
}

}  // namespace cxr::storescp
