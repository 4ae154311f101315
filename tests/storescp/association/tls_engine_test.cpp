// What goes through TLS and what it is told at start.

#include "storescp/association/tls_engine.hpp"

#include "support/process.hpp"
#include "support/secure_node.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace cxr::storescp;
using namespace cxr::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(data_by_tls)

/// Sends as many bytes as it was told by the message ID, in pieces of many sizes.
Awaitable<void> send_much(Association& association) {
    auto message = co_await association.receive_message();
    if (!message || !co_await drain_data_set(association)) {
        co_return;
    }
    std::vector<cxr::dicom::Segment> segments;
    for (const std::size_t size : {12UL, 5'000'000UL, 1UL, 16'384UL, 99'999UL, 65'536UL, 7UL}) {
        std::vector<std::byte> piece(size);
        for (std::size_t i = 0; i < size; ++i) {
            piece[i] = static_cast<std::byte>(i * 7 + size);
        }
        segments.push_back(cxr::dicom::Segment::of(std::move(piece)));
    }
    CommandSet response = response_to(message->command, status::success);
    static_cast<void>(co_await association.send_message(1, response, segments));
    static_cast<void>(co_await association.receive_message());
}

Awaitable<std::vector<std::byte>> fetch_much(AssociationRequest request) {
    auto association = co_await request_association(std::move(request));
    const std::vector<std::byte> pushed(3'000'000, std::byte{0x5A});
    CommandSet command = cxr::test::echo_request(3);
    const cxr::dicom::Segment segment = cxr::dicom::Segment::of(pushed);
    const std::span<const cxr::dicom::Segment> data(&segment, 1);
    static_cast<void>(co_await (*association)->send_message(1, command, data));
    static_cast<void>(co_await (*association)->receive_message());
    auto received = co_await receive_data_set(**association, 10'000'000);
    co_await (*association)->release();
    co_return received.value();
}

BOOST_AUTO_TEST_CASE(is_what_it_is_without) {
    RunningListener node(node_settings(context_of(pki().node)), acceptable_contexts(), send_much);
    const auto fetched = [&](std::uint16_t port, std::shared_ptr<const TlsContext> tls) {
        RunningContext context;
        return boost::asio::co_spawn(boost::asio::make_strand(context.io()),
                                     fetch_much(request_to(port, std::move(tls))),
                                     boost::asio::use_future)
            .get();
    };
    const auto plain = fetched(node.port(), nullptr);
    const auto secured = fetched(node.listener().tls_port(), context_of(pki().modality));
    BOOST_TEST(plain.size() == 5'181'939U);
    BOOST_TEST((plain == secured));
}

BOOST_AUTO_TEST_CASE(small_pieces_share_a_record) {
    const auto context = context_of(pki().node);
    TlsEngine server(context);
    TlsEngine client(context_of(pki().modality), "127.0.0.1");
    for (int turn = 0; turn < 4; ++turn) {
        static_cast<void>(client.handshake());
        server.receive(client.take_output());
        static_cast<void>(server.handshake());
        client.receive(server.take_output());
    }
    const Bytes header(12);
    const Bytes body(1'000);
    const boost::asio::const_buffer pieces[] = {boost::asio::buffer(header),
                                                boost::asio::buffer(body)};
    BOOST_TEST(server.write(pieces, 65'536) == 1'012U);
    // Record header 5, content type 1, tag 16.
    BOOST_TEST(server.take_output().size() == 1'012U + 22);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_cannot_be_used)

struct Wrong {
    const char* says;
    std::function<void(TlsSettings&)> change;
    const char* told;
};
std::ostream& operator<<(std::ostream& out, const Wrong& wrong) {
    return out << wrong.says;
}
const Wrong wrongs[] = {
    {"no certificate",
     [](TlsSettings& s) { s.certificate.text = "hello"; },
     "certificate.pem: there is no PEM certificate in it"},
    {"no key",
     [](TlsSettings& s) { s.key.text = "hello"; },
     "key.pem: no private key can be read from it"},
    {"the key of another",
     [](TlsSettings& s) { s.key.text = pki().modality.key; },
     "key.pem: it is not the key of the certificate"},
    {"an encrypted key and no passphrase",
     [](TlsSettings& s) { s.key.text = with_passphrase(s.key.text, "secret"); },
     "key.pem: no private key can be read from it"},
    {"an encrypted key and another passphrase",
     [](TlsSettings& s) {
         s.key.text = with_passphrase(s.key.text, "secret");
         s.key_passphrase = "guessed";
     },
     "key.pem: no private key can be read from it"},
    {"no authority",
     [](TlsSettings& s) { s.authorities.text = "hello"; },
     "ca.pem: there is no PEM certificate in it"},
};

BOOST_DATA_TEST_CASE(is_named, wrongs, wrong) {
    TlsSettings settings = settings_of(pki().node);
    wrong.change(settings);
    const auto made = TlsContext::make(settings);
    BOOST_TEST_REQUIRE(!made.has_value());
    BOOST_TEST(made.error().doing.starts_with(wrong.told), made.error().doing);
    BOOST_TEST(made.error().doing.find("guessed") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(but_an_encrypted_key_with_its_passphrase_can) {
    TlsSettings settings = settings_of(pki().node);
    settings.key.text = with_passphrase(settings.key.text, "secret");
    settings.key_passphrase = "secret";
    const auto made = TlsContext::make(settings);
    BOOST_TEST_REQUIRE(made.has_value());
    const auto left = (*made)->expires() - std::chrono::system_clock::now();
    BOOST_TEST((left > 23h && left <= 24h));
}

BOOST_AUTO_TEST_SUITE_END()
