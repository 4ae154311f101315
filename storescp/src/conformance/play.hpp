#pragma once
/// The stage of one case: what a dialogue says to the peer and how it says what it expected. A
/// dialogue that comes to its end has seen what it expected; it leaves early by throwing Deviation
/// or NotPlayable, which only Examiner::play() catches.

#include "conformance/known.hpp"
#include "conformance/probe.hpp"
#include "dicom/core/uid.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <functional>
#include <initializer_list>
#include <utility>

namespace cxr::storescp::conformance {

using dicom::Attributes;

struct Deviation {
    std::string expected, seen;
};
struct NotPlayable {
    std::string why;
};

/// The responses to one C-FIND.
struct Answers {
    std::vector<Seen> pending;
    std::vector<Attributes> matches;
    /// The final response; its text says "2 matches, C-FIND-RSP 0000" where there were any.
    Seen outcome;
};

/// What a peer stored at us as a sub-operation.
struct Received {
    CommandSet command;
    std::string transfer_syntax;
    Bytes data_set;
};
/// The status of a store; the index counts from 0.
using StoreAnswer = std::function<std::uint16_t(const Received&, std::size_t)>;
[[nodiscard]] std::uint16_t store_success(const Received& received, std::size_t index);

/// The responses to one C-MOVE or C-GET.
struct Retrieval {
    /// Takes the final response and reads its data set, if it has one.
    void end(const Probe& probe, Seen final_response);

    std::vector<Seen> pending;
    std::vector<Received> received;
    Seen outcome;
    /// Failed SOP Instance UID List (0008,0058) of the final response.
    std::vector<std::string> failed_list;
    /// All that the final response's data set holds; empty: it has none.
    Attributes final_data_set;
};

class Play {
public:
    /// @param attempt at this case, from 1: each has UIDs of its own
    Play(const ExaminerSettings& settings,
         const Examiner::Known& known,
         const Case& what,
         unsigned attempt = 1);

    // What it plays with.
    [[nodiscard]] const ExaminerSettings& settings() const { return settings_; }
    [[nodiscard]] const Examiner::Known& known() const { return known_; }
    [[nodiscard]] bool offers(std::string_view sop_class) const {
        return known_.accepted.contains(sop_class);
    }
    void need(std::string_view sop_class) const;  ///< NotPlayable unless offered
    void need_permission_to_store() const;
    [[nodiscard]] const HeldInstance& held() const;  ///< NotPlayable: the peer holds nothing
    /// A UID of this run, case and attempt: the same name, the same UID.
    [[nodiscard]] std::string uid(std::string_view name) const;

    // Requests for an association, from us to the peer, well-formed.
    [[nodiscard]] pdu::AssociateRQ request(
        std::initializer_list<std::string_view> abstract_syntaxes,
        std::string_view transfer_syntax = syntax::implicit_little) const;
    /// Plain, or by TLS where that is what the peer is examined by.
    [[nodiscard]] Probe connect() const;
    /// By TLS as somebody else. Throws HandshakeRefused.
    [[nodiscard]] Probe connect_as(std::shared_ptr<const TlsContext> context) const;
    /// A TCP connection and nothing on it yet.
    [[nodiscard]] Wire connect_plain() const;
    /// The peer's answer to the request on a connection of its own, which then ends.
    [[nodiscard]] Seen answer_to(const pdu::AssociateRQ& request) const;
    [[nodiscard]] Seen answer_to(std::span<const std::byte> pdu) const;
    /// An accepted association. NotPlayable: the peer offers not all of them.
    [[nodiscard]] Probe open(std::initializer_list<std::string_view> abstract_syntaxes,
                             std::string_view transfer_syntax = syntax::implicit_little);
    /// Deviation unless accepted.
    [[nodiscard]] Probe open(const pdu::AssociateRQ& request);

    // Services.
    Seen echo(Probe& probe, std::uint16_t message_id = 1);
    /// Deviation unless the peer answers on a new association; at the end of a case that might
    /// have hurt it.
    void expect_alive();
    void expect_alive(Probe& probe);
    Answers find(Probe& probe, std::string_view sop_class, const Attributes& identifier);
    Answers find(std::string_view sop_class, const Attributes& identifier);
    /// What comes after a C-FIND-RQ that was sent by hand.
    Answers collect_answers(Probe& probe, std::uint8_t context);
    Seen store(Probe& probe, const Attributes& object);
    Retrieval get(Probe& probe,
                  std::string_view sop_class,
                  const Attributes& identifier,
                  const StoreAnswer& answer = store_success);

    // What was expected, and what was seen.
    void expect(std::string_view expected, const Seen& seen);
    void expect(bool holds, std::string_view expected, std::string_view seen);
    /// For the report, in place of the last expectation.
    void saw(std::string_view text) { seen_ = text; }
    [[nodiscard]] const std::string& expected() const { return expected_; }
    [[nodiscard]] const std::string& last_seen() const { return seen_; }

private:
    const ExaminerSettings& settings_;
    const Examiner::Known& known_;
    const Case& what_;
    const unsigned attempt_;
    dicom::UIDSource uids_;
    std::string expected_, seen_;
};

/// A request of this service; the data set follows unless it is C-ECHO.
[[nodiscard]] CommandSet request_of(CommandField field,
                                    std::string_view sop_class,
                                    std::uint16_t message_id = 1);

[[nodiscard]] CommandSet cancel_of(std::uint16_t message_id);

using Key = std::pair<DcmTagKey, std::string>;
/// An identifier with Query/Retrieve Level (none where it is empty) and these keys.
[[nodiscard]] Attributes keys(std::string_view level, std::initializer_list<Key> keys);
/// As the transfer syntax of that context wants it.
[[nodiscard]] Bytes encoded(const Attributes& attributes, std::string_view transfer_syntax);

}  // namespace cxr::storescp::conformance
