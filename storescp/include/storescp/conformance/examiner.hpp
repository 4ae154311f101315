#pragma once
/// Plays the cases of case.hpp against a DICOM node and says what was expected and what was seen.
/// It sends raw bytes, so it can say what our own upper layer would refuse to send. It never
/// writes to a peer unless `may_store` says so; what it then stores belongs to patients
/// named by IDs that begin with CXR-CONFORM and has UIDs derived from `run_name`.

#include "dicom/core/result.hpp"
#include "storescp/association/tls.hpp"
#include "storescp/conformance/case.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::storescp::conformance {

/// Where we listen as a storage provider. The peer must know this AE title and port (and our
/// address) as a move destination.
struct OwnListener {
    std::string ae_title;
    std::uint16_t port = 0;
    std::string address = "127.0.0.1";  ///< to bind to
};

/// How a peer is called by TLS, and answered where it calls us by TLS.
struct ExaminerTls {
    TlsSettings settings;
    std::shared_ptr<const TlsContext> context;  ///< of `settings`
    std::string certificate_name;               ///< that the peer's is for; empty: its host
};

struct ExaminerSettings {
    std::string called_ae_title;
    std::string host;
    std::uint16_t port = 104;
    std::string calling_ae_title = "CXRCONFORM";
    std::optional<ExaminerTls> tls;  ///< unset: plain TCP
    std::optional<OwnListener> move_destination;
    bool may_store = false;
    std::string run_name = "run";                    ///< names the UIDs of what is stored
    std::chrono::milliseconds answer_within{5'000};  ///< every answer of the peer
    std::chrono::milliseconds wait_at_most{35'000};  ///< cases that wait for the peer's timers
};

enum class Verdict : std::uint8_t {
    pass,
    fail,
    info,  ///< what the peer chose where the standard leaves a choice
    skip,  ///< could not be played here; Finding::seen says why
};
/// "PASS"
[[nodiscard]] std::string_view verdict_name(Verdict verdict);

struct Finding {
    const Case* what = nullptr;  ///< from all_cases()
    Verdict verdict = Verdict::skip;
    std::string expected;  ///< "A-ASSOCIATE-RJ 1/1/2"
    std::string seen;      ///< "A-ASSOCIATE-AC"
    std::chrono::milliseconds took{0};
};

/// What the peer said of itself before the first case.
struct PeerSummary {
    std::string implementation_class_uid, implementation_version_name;
    std::uint32_t pdu_bytes_max = 0;    ///< 0: no limit, or not said
    std::string security;               ///< "TLSv1.3 TLS_AES_256_GCM_SHA384"; empty: plain
    std::vector<std::string> services;  ///< "C-FIND Study Root", of those that cases need
    bool answers_beside_silent_connections = false;
};

/// One peer under examination. Any thread may call play(); play_all() starts threads for the cases
/// that wait.
class Examiner {
public:
    struct Known;  ///< what it has learnt of the peer; the dialogues read it

    explicit Examiner(ExaminerSettings settings);
    ~Examiner();
    Examiner(const Examiner&) = delete;
    Examiner& operator=(const Examiner&) = delete;

    /// Learns what the peer offers and holds; with `may_store`, gives it the test objects. Once,
    /// before anything is played. Faults: peer_gone, refused (no association at all).
    [[nodiscard]] dicom::Result<PeerSummary> meet();

    /// Never throws for what the peer does. Where no answer came, the case is played once more when
    /// the peer serves a C-ECHO again, with the patience of `wait_at_most`: neither what an earlier
    /// case left it with nor a timeout of its own is held against it.
    [[nodiscard]] Finding play(const Case& one);
    /// In table order; cases that wait for timers run beside each other where the peer serves
    /// several connections. @param on_finding one at a time, in the order of completion; may be
    /// empty.
    [[nodiscard]] std::vector<Finding> play_all(
        std::span<const Case* const> cases, const std::function<void(const Finding&)>& on_finding);

private:
    Finding play_once(const Case& one, unsigned attempt);
    [[nodiscard]] bool is_served_again(const Case& one);

    ExaminerSettings settings_;
    std::unique_ptr<Known> known_;
};

}  // namespace cxr::storescp::conformance
