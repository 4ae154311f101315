#pragma once
/// One connection to the peer, as a dialogue uses it: PDUs raw or well-formed, DIMSE messages sent
/// in fragments and received whole. Whatever is still open is aborted by the destructor.

#include "conformance/bytes.hpp"
#include "conformance/seen.hpp"
#include "conformance/sop_classes.hpp"

#include <deque>

namespace cxr::storescp::conformance {

class Probe {
public:
    Probe(Wire wire, milliseconds answer_within)
        : wire_(std::move(wire)), answer_within_(answer_within) {}
    ~Probe();
    Probe(Probe&&) = default;
    Probe& operator=(Probe&&) = delete;

    bool send(std::span<const std::byte> bytes) { return wire_.send(bytes); }
    /// The next PDU that is not P-DATA-TF, the next whole DIMSE message, the close, or nothing.
    Seen receive() { return receive(answer_within_); }
    Seen receive(milliseconds within);
    /// The end of the connection within this time; what came before it is in the text.
    Seen receive_end(milliseconds within);
    void close() { wire_.close(); }
    [[nodiscard]] std::string security() const { return wire_.security(); }
    [[nodiscard]] std::string alert() const { return wire_.alert(); }

    /// Sends A-ASSOCIATE-RQ; what came back. An accepted one is remembered.
    Seen associate(const pdu::AssociateRQ& request);
    [[nodiscard]] const pdu::AssociateAC& answer() const { return answer_; }
    /// What was agreed, also where the peer was the one who asked.
    void remember(const pdu::AssociateRQ& request, const pdu::AssociateAC& answer);
    /// Of the accepted context with this abstract syntax (and transfer syntax, if one is given);
    /// 0: none.
    [[nodiscard]] std::uint8_t context(std::string_view abstract_syntax,
                                       std::string_view transfer_syntax = {}) const;
    [[nodiscard]] std::string transfer_syntax(std::uint8_t context) const;
    [[nodiscard]] std::string abstract_syntax(std::uint8_t context) const;

    /// The command as one PDV, and the data set after it, in PDUs that the peer takes.
    void send(std::uint8_t context,
              const CommandSet& command,
              std::span<const std::byte> data = {});
    void send_data_set(std::uint8_t context, std::span<const std::byte> data);
    /// A-RELEASE-RQ; what came back.
    Seen release();

    /// The longest P-DATA-TF received so far, as its length field said.
    [[nodiscard]] std::size_t longest_p_data() const { return longest_p_data_; }
    [[nodiscard]] milliseconds patience() const { return answer_within_; }

private:
    struct Accepted {
        std::uint8_t id;
        std::string abstract_syntax, transfer_syntax;
    };
    void take_values(const Bytes& body);

    Wire wire_;
    milliseconds answer_within_;
    pdu::AssociateAC answer_;
    std::vector<Accepted> accepted_;
    std::uint32_t peer_pdu_bytes_max_ = 0;
    Message begun_;
    std::deque<Message> whole_;
    std::size_t longest_p_data_ = 0;
};

}  // namespace cxr::storescp::conformance
