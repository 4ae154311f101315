// The examiner before peers that are wrong in a known way: it must say so.

#include "storescp/conformance/examiner.hpp"

#include "conformance/seen.hpp"
#include "support/raw_peer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

using namespace cxr::test;
using namespace cxr::storescp;
using namespace cxr::storescp::conformance;

namespace {

struct Expectation {
    const char* says;
    const char* text;
    const char* expected;
    bool holds;
};
std::ostream& operator<<(std::ostream& out, const Expectation& expectation) {
    return out << expectation.says;
}
const Expectation expectations[] = {
    {"the same words", "A-ABORT 2/6", "A-ABORT 2/6", true},
    {"another reason", "A-ABORT 2/1", "A-ABORT 2/6", false},
    {"x is any hexadecimal digit", "C-STORE-RSP C0F1", "C-STORE-RSP Cxxx", true},
    {"x is one digit", "C-STORE-RSP C0", "C-STORE-RSP Cxxx", false},
    {"x is a digit", "C-STORE-RSP CxGx", "C-STORE-RSP Cxxx", false},
    {"the first of two", "A-ABORT 0/0", "A-ABORT 0/x or A-ASSOCIATE-RJ 1/1/1", true},
    {"the second of two", "A-ASSOCIATE-RJ 1/1/1", "A-ABORT 0/x or A-ASSOCIATE-RJ 1/1/1", true},
    {"neither of two", "nothing", "A-ABORT 0/x or A-ASSOCIATE-RJ 1/1/1", false},
};

/// Answers every connection's first PDU with these bytes, for as long as it lives.
class OneAnswer {
public:
    explicit OneAnswer(Bytes answer) : answer_(std::move(answer)), thread_([this] { serve(); }) {}
    ~OneAnswer() {
        stop_ = true;
        RawPeer::connect(acceptor_.port()).close();
        thread_.join();
    }
    [[nodiscard]] ExaminerSettings settings() const {
        ExaminerSettings settings;
        settings.called_ae_title = "WRONG";
        settings.host = "127.0.0.1";
        settings.port = acceptor_.port();
        settings.answer_within = std::chrono::milliseconds(500);
        return settings;
    }

private:
    void serve() {
        while (!stop_) {
            RawPeer peer = acceptor_.accept();
            if (!stop_ && !peer.receive().empty()) {
                peer.send(answer_);
            }
        }
    }

    Bytes answer_;
    RawAcceptor acceptor_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

/// Answers nothing to the first connection, a C-ECHO on the second, and rejects the third: busy
/// with something at first.
class BusyAtFirst {
public:
    BusyAtFirst() : thread_([this] { serve(); }) {}
    ~BusyAtFirst() { thread_.join(); }
    [[nodiscard]] ExaminerSettings settings() const {
        ExaminerSettings settings;
        settings.called_ae_title = "BUSY";
        settings.host = "127.0.0.1";
        settings.port = acceptor_.port();
        settings.answer_within = std::chrono::milliseconds(500);
        return settings;
    }

private:
    void serve() {
        RawPeer silent = acceptor_.accept();
        silent.receive();
        RawPeer echoed = acceptor_.accept();
        echoed.receive();
        pdu::AssociateAC answer;
        answer.contexts = {{1, ContextResult::acceptance, "1.2.840.10008.1.2"}};
        echoed.send(pdu::encode(answer));
        echoed.receive();
        CommandSet response;
        response.affected_sop_class_uid = "1.2.840.10008.1.1";
        response.command_field = static_cast<std::uint16_t>(CommandField::c_echo_rsp);
        response.message_id_being_responded_to = 1;
        response.data_set_type = no_data_set;
        response.status = 0;
        echoed.send(pdu_of(4, pdv(1, 3, encode_command_set(response))));
        RawPeer rejected = acceptor_.accept();
        rejected.receive();
        rejected.send(pdu::encode(Rejection{1, 2, 2}));
        rejected.receive();
    }

    RawAcceptor acceptor_;
    std::thread thread_;
};

Finding found(Examiner& examiner, std::string_view id) {
    return examiner.play(*find_case(id));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(examiner)

BOOST_DATA_TEST_CASE(what_was_seen_is_compared_in_words, expectations, one) {
    BOOST_TEST(is_expected(one.text, one.expected) == one.holds);
}

BOOST_AUTO_TEST_CASE(a_wrong_rejection_is_a_failure_that_says_both) {
    const OneAnswer peer(pdu::encode(Rejection{1, 1, 1}));
    Examiner examiner(peer.settings());
    const Finding wrong = found(examiner, "A3");
    BOOST_TEST((wrong.verdict == Verdict::fail));
    BOOST_TEST(wrong.expected == "A-ASSOCIATE-RJ 1/2/2");
    BOOST_TEST(wrong.seen == "A-ASSOCIATE-RJ 1/1/1");
    BOOST_TEST((found(examiner, "A5").verdict == Verdict::info));
    BOOST_TEST((found(examiner, "A20").verdict == Verdict::fail));
}

BOOST_AUTO_TEST_CASE(a_peer_that_was_busy_is_asked_again) {
    const BusyAtFirst peer;
    Examiner examiner(peer.settings());
    const Finding second = found(examiner, "A3");
    BOOST_TEST((second.verdict == Verdict::pass), second.seen);
}

BOOST_AUTO_TEST_CASE(an_echo_that_is_an_association_request_is_none) {
    const OneAnswer peer(pdu::encode_release_rp());
    Examiner examiner(peer.settings());
    const Finding wrong = found(examiner, "V1");
    BOOST_TEST((wrong.verdict == Verdict::skip));  // it offers no verification
    BOOST_TEST((found(examiner, "A1").verdict == Verdict::fail));
    BOOST_TEST(found(examiner, "A1").seen == "A-RELEASE-RP");
}

BOOST_AUTO_TEST_CASE(a_peer_that_rejects_us_cannot_be_met) {
    const OneAnswer peer(pdu::encode(Rejection{1, 1, 7}));
    Examiner examiner(peer.settings());
    const auto met = examiner.meet();
    BOOST_REQUIRE(!met.has_value());
    BOOST_TEST(met.error().doing.find("it has another AE title") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_at_the_port_cannot_be_met) {
    ExaminerSettings settings;
    settings.host = "127.0.0.1";
    {
        const RawAcceptor closed;
        settings.port = closed.port();
    }
    Examiner examiner(settings);
    const auto met = examiner.meet();
    BOOST_REQUIRE(!met.has_value());
    BOOST_TEST(met.error().doing.find("refused") != std::string::npos);
    BOOST_TEST((found(examiner, "A1").verdict == Verdict::fail));
}

BOOST_AUTO_TEST_SUITE_END()
