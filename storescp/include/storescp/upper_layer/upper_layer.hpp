#pragma once
/// The DICOM upper layer protocol machine (PS3.8 §9) without any I/O, in the manner of nghttp2:
/// bytes and requests of the local user go in; indications, bytes to be sent, the wish to close and
/// the state of the ARTIM timer come out. No socket, clock, thread or lock; one owner at a time.
///
/// Invariants
///  1. Nothing is allocated by an announced length: a header is judged at once, buffers grow by
///     bytes that have arrived, presentation data values are handed on as they come, never
///     collected.
///  2. A PDU that the state does not allow is answered when its header is complete.
///  3. After an abort, reject or release response (Sta13) nothing is indicated any more.
///  4. An A-ABORT is sent at most twice: once for its cause, once (AA-7) for what still comes.

#include "storescp/upper_layer/pdu.hpp"
#include "storescp/upper_layer/state_table.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cxr::storescp {

// The service primitives that are indicated to the local user (PS3.8 §7).
struct AssociateIndication {
    pdu::AssociateRQ request;
};
struct AssociateConfirmation {
    pdu::AssociateAC answer;
};
struct RejectConfirmation {
    Rejection rejection;
};
/// Part of a presentation data value. `bytes` lives as long as what was given to receive().
struct DataIndication {
    std::uint8_t presentation_context_id;
    bool command;  ///< else data set
    bool last;     ///< the message's command or data set is complete with this part
    std::span<const std::byte> bytes;
};
struct ReleaseIndication {};
struct ReleaseConfirmation {};
struct AbortIndication {
    AbortReason reason;
};
/// We abort (source 2), or the connection ended without a word (no reason).
struct ProviderAbortIndication {
    std::optional<AbortReason> reason;
    std::string why;
};

using Indication = std::variant<AssociateIndication,
                                AssociateConfirmation,
                                RejectConfirmation,
                                DataIndication,
                                ReleaseIndication,
                                ReleaseConfirmation,
                                AbortIndication,
                                ProviderAbortIndication>;

class UpperLayer {
public:
    struct Settings {
        /// What we advertise and bear in one P-DATA-TF PDU (PS3.8 Annex D.1); 0: unlimited, borne
        /// up to unlimited_pdu_bytes_max.
        std::uint32_t pdu_bytes_max = 131'072;
        /// Bear more than advertised, up to this; 0: do not.
        std::uint32_t lenient_pdu_bytes_max = 0;
    };

    static constexpr std::uint32_t unlimited_pdu_bytes_max = 1U << 28U;

    explicit UpperLayer(Settings settings) : settings_(settings) {}

    // The transport service.
    void transport_indicated();  ///< Evt5: somebody connected to us
    void transport_confirmed();  ///< Evt2: the connection asked for by request() stands
    void transport_closed();     ///< Evt17
    void artim_expired();        ///< Evt18
    /// Indications of an earlier call must have been taken: their bytes may be gone.
    void receive(std::span<const std::byte> bytes);

    // The local user. False, and nothing happens, where table 9-10 has no entry.
    bool request(pdu::AssociateRQ request);          ///< Evt1; then open the connection
    bool accept(const pdu::AssociateAC& answer);     ///< Evt7
    bool reject(const Rejection& rejection);         ///< Evt8
    bool release();                                  ///< Evt11
    bool answer_release();                           ///< Evt14
    bool abort(AbortReason reason = abort_by_user);  ///< Evt15; another reason than 0/0 is ours
    /// Evt9: may P-DATA-TF be sent now? DataFramer frames it.
    [[nodiscard]] bool may_send_data() const;

    /// In order, since the last call.
    [[nodiscard]] std::vector<Indication> take_indications() {
        return std::exchange(indications_, {});
    }
    /// To be written before anything else, data included.
    [[nodiscard]] std::vector<std::byte> take_output() { return std::exchange(output_, {}); }
    [[nodiscard]] bool has_output() const { return !output_.empty(); }
    /// When the output is written: close the connection, do not wait for the peer.
    [[nodiscard]] bool wants_close() const { return wants_close_; }
    /// Is the ARTIM timer running, and the how manieth start is it? Another count: start anew.
    [[nodiscard]] bool artim_runs() const { return artim_runs_; }
    [[nodiscard]] unsigned artim_starts() const { return artim_starts_; }
    [[nodiscard]] State state() const { return state_; }
    /// Data PDUs that were borne although longer than we advertise.
    [[nodiscard]] std::uint64_t oversized_pdus() const { return oversized_pdus_; }

private:
    // The parser: where in the byte stream we are.
    enum class Expect : std::uint8_t { pdu_header, body, pdv_header, pdv_bytes, skipped };
    void begin_pdu();
    void end_body(std::span<const std::byte> body);
    void begin_pdv(std::span<const std::byte> header);
    void data_part(std::span<const std::byte> bytes);
    [[nodiscard]] std::span<const std::byte> gather(std::span<const std::byte>& input,
                                                    std::size_t wanted);
    void skip_rest();
    void invalid(ProtocolError error, std::string why);

    // The machine.
    struct Cause {
        ProtocolError error = ProtocolError::not_specified;
        std::string why;
    };
    bool happens(Evt event, const Cause& cause);
    bool happens(Evt event) { return happens(event, Cause{}); }
    void perform(Action action, const Cause& cause);
    void perform_association(Action action);
    void perform_release(Action action);
    void perform_abort(Action action, const Cause& cause);
    void send(const std::vector<std::byte>& pdu);
    void start_artim();
    void stop_artim() { artim_runs_ = false; }
    void close() { wants_close_ = true; }
    void accept_contexts(const pdu::AssociateAC& answer);
    [[nodiscard]] std::uint32_t data_bytes_max() const;

    Settings settings_;
    State state_ = State::sta1;
    bool requestor_ = false;
    bool wants_close_ = false;
    bool artim_runs_ = false;
    bool late_abort_sent_ = false;
    unsigned artim_starts_ = 0;

    Expect expect_ = Expect::pdu_header;
    std::uint8_t type_ = 0;
    std::uint32_t body_left_ = 0;  ///< of this PDU, not yet consumed
    std::uint32_t pdv_left_ = 0;
    DataIndication pdv_{};
    unsigned empty_pdvs_ = 0;
    std::uint64_t oversized_pdus_ = 0;
    std::vector<std::byte> partial_;  ///< a header or body that has not arrived wholly

    pdu::AssociateRQ proposal_;                ///< requestor: until connected
    std::bitset<256> contexts_;                ///< accepted ones
    Indication pending_{ReleaseIndication{}};  ///< what the PDU just decoded says
    AbortReason user_abort_ = abort_by_user;
    std::vector<std::byte> answer_;  ///< encoded by accept() and reject() for AE-7 and AE-8
    std::vector<Indication> indications_;
    std::vector<std::byte> output_;
};

}  // namespace cxr::storescp
