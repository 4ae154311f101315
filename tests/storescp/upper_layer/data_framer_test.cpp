#include "storescp/upper_layer/data_framer.hpp"

#include "support/raw_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <numeric>
#include <ostream>

using namespace cxr::storescp;
using namespace cxr::test;

namespace {

Bytes counting(std::size_t count) {
    Bytes data(count);
    for (std::size_t i = 0; i < count; ++i) {
        data[i] = static_cast<std::byte>(i * 7 + i / 251);
    }
    return data;
}

struct Framed {
    Bytes command, data;
    std::vector<std::size_t> pdu_lengths;
    std::vector<unsigned> controls;
    std::size_t writes = 0;
};

/// Takes apart what the framer gives, write by write, each of whole PDUs.
Framed take_apart(DataFramer& framer, unsigned context, std::size_t write_bytes) {
    Framed framed;
    while (true) {
        Bytes stream;
        for (const auto piece : framer.next(write_bytes)) {
            stream = std::move(stream) + piece;
        }
        if (stream.empty()) {
            return framed;
        }
        ++framed.writes;
        std::span<const std::byte> left(stream);
        while (!left.empty()) {
            const auto byte = [&](std::size_t i) { return std::to_integer<unsigned>(left[i]); };
            const std::size_t length = byte(2) << 24 | byte(3) << 16 | byte(4) << 8 | byte(5);
            const std::size_t item = byte(6) << 24 | byte(7) << 16 | byte(8) << 8 | byte(9);
            BOOST_TEST_REQUIRE(byte(0) == 4U);
            BOOST_TEST_REQUIRE(item + 4 == length);
            BOOST_TEST_REQUIRE(byte(10) == context);
            framed.pdu_lengths.push_back(length);
            framed.controls.push_back(byte(11));
            Bytes& part = (byte(11) & 1U) != 0 ? framed.command : framed.data;
            part = std::move(part) + left.subspan(12, length - 6);
            left = left.subspan(6 + length);
        }
    }
}

struct PeerMaximum {
    std::uint32_t bytes;
};
std::ostream& operator<<(std::ostream& out, const PeerMaximum& maximum) {
    return out << maximum.bytes;
}
const PeerMaximum maxima[] = {
    {7}, {8}, {9}, {10}, {127}, {1'023}, {4'096}, {16'384}, {16'385}, {131'072}, {1'048'576}};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_8_annex_d_1_maximum_length)

BOOST_DATA_TEST_CASE(A41_A42_no_pdu_is_longer_than_the_peer_bears, maxima, maximum) {
    const Bytes command = counting(118);
    const Bytes data = counting(maximum.bytes < 1'000 ? 3'000 : 600'000);
    DataFramer framer(5, maximum.bytes);
    framer.add_command(command);
    framer.add_data(std::span(data).first(1'001));
    framer.add_data({});
    framer.add_data(std::span(data).subspan(1'001));
    const Framed framed = take_apart(framer, 5, 100'000);
    BOOST_TEST((framed.command == command));
    BOOST_TEST((framed.data == data));
    for (const std::size_t length : framed.pdu_lengths) {
        BOOST_TEST(length <= maximum.bytes);
        BOOST_TEST((length > 6 && (length % 2 == 0 || maximum.bytes == 7)));
    }
    BOOST_TEST(std::ranges::count(framed.controls, 3U) == 1);
    BOOST_TEST(std::ranges::count(framed.controls, 2U) == 1);
    BOOST_TEST(framed.controls.back() == 2U);
}

BOOST_AUTO_TEST_CASE(a_command_alone_is_one_pdu) {
    const Bytes command = counting(90);
    DataFramer framer(1, 16'384);
    framer.add_command(command);
    const Framed framed = take_apart(framer, 1, 1'000'000);
    BOOST_TEST(framed.writes == 1U);
    BOOST_TEST((framed.controls == std::vector<unsigned>{3}));
}

BOOST_AUTO_TEST_CASE(contents_are_referred_to_and_not_copied) {
    const Bytes data = counting(10'000);
    DataFramer framer(1, 16'384);
    framer.add_data(data);
    const auto& pieces = framer.next(1'000'000);
    BOOST_TEST_REQUIRE(pieces.size() == 2U);
    BOOST_TEST(pieces[1].data() == data.data());
}

BOOST_AUTO_TEST_CASE(several_pdus_go_into_one_write_up_to_its_size) {
    const Bytes data = counting(1'000'000);
    DataFramer framer(1, 16'384);
    framer.add_data(data);
    const Framed framed = take_apart(framer, 1, 131'072);
    BOOST_TEST(framed.writes < 9U);
}

BOOST_AUTO_TEST_CASE(a_maximum_without_room_for_a_byte_is_a_bug_of_the_caller) {
    BOOST_CHECK_THROW(DataFramer(1, 6), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
