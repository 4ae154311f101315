#pragma once
/// The audit trail (PS3.15 A.5): events of the node as audit messages, one XML document a line,
/// appended to a file of mode 0600 that is opened anew for each reload, so that it can be rotated.
/// Any thread. What cannot be written is told in the log; the node goes on.

#include "bridge/daemon/audit_message.hpp"
#include "bridge/daemon/log.hpp"
#include "bridge/web/web_audit.hpp"
#include "storescp/events.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace cxr::bridge {

class AuditTrail final : public storescp::EventSink, public web::WebAudit {
public:
    /// @param file empty: nothing is written @param next is told every event, too
    /// Throws std::runtime_error when the file cannot be opened.
    AuditTrail(std::filesystem::path file,
               std::string ae_title,
               storescp::EventSink& next,
               Log& log);
    /// Application Stop.
    ~AuditTrail() override;
    AuditTrail(const AuditTrail&) = delete;
    AuditTrail& operator=(const AuditTrail&) = delete;

    void on(const storescp::Event& event) override;
    void searched(const web::Request& request, std::string_view query) override;
    void sent(const web::Request& request,
              const std::vector<storescp::AuditSubject>& subjects) override;
    void refused(const web::Request& request) override;
    /// Is anything written?
    [[nodiscard]] bool is_kept() const { return !path_.empty(); }
    /// Begins a new file under the old name, if somebody moved the old one away.
    void reopen();

private:
    /// What is known of an association until it ends.
    struct Peer {
        std::string calling, address, user;
        /// By Study Instance UID and the AE title whose C-MOVE brought it; empty: nobody's.
        std::map<std::pair<std::string, std::string>, storescp::AuditSubject> received{};
    };
    struct Transfer {
        AuditKind kind;
        std::string receiver;
        std::string originator{};  ///< of the C-MOVE that objects received are part of; empty: none
        bool success = true;
    };

    void note(const storescp::AssociationAccepted& event);
    void note(const storescp::AssociationRejected& event);
    void note(const storescp::AssociationEnded& event);
    void note(const storescp::TransferBegan& event);
    void note(const storescp::RequestFinished& event);
    void note(const storescp::DeliveryAudited& event);
    void note(const storescp::HandshakeFailed& event);
    void note(const storescp::UserRefused& event);
    template <typename Other>
    void note(const Other&) {}

    [[nodiscard]] Peer peer_of(std::uint64_t association);
    void tell_transfer(const Transfer& transfer,
                       const Peer& peer,
                       const std::vector<storescp::AuditSubject>& subjects);
    void open();
    void write(AuditMessage message);

    const std::filesystem::path path_;
    const std::string ae_title_;
    storescp::EventSink& next_;
    Log& log_;
    std::mutex mutex_;
    // Guarded by mutex_.
    int file_ = -1;
    bool failing_ = false;
    std::map<std::uint64_t, Peer> peers_;
};

}  // namespace cxr::bridge
