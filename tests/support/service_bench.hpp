#pragma once
/// Serves scripted associations with fake ports until they end, as the node would.

#include "services/commitment_information.hpp"
#include "services/dispatcher.hpp"
#include "storescp/status.hpp"
#include "support/fake_association.hpp"
#include "support/fake_commitment.hpp"
#include "support/fake_ports.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace cxr::test {

inline constexpr const char* secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
inline constexpr const char* study_root_find = "1.2.840.10008.5.1.4.1.2.2.1";
inline constexpr const char* study_root_move = "1.2.840.10008.5.1.4.1.2.2.2";
inline constexpr const char* study_root_get = "1.2.840.10008.5.1.4.1.2.2.3";
inline constexpr const char* verification = "1.2.840.10008.1.1";

inline std::string explicit_le() {
    return std::string(dicom::explicit_vr_little_endian.uid);
}
inline std::string implicit_le() {
    return std::string(dicom::implicit_vr_little_endian.uid);
}

inline storescp::PresentationContext accepted(std::uint8_t id,
                                              std::string abstract_syntax,
                                              std::string transfer_syntax = explicit_le(),
                                              storescp::RoleSelection roles = {}) {
    return {.id = id,
            .abstract_syntax = std::move(abstract_syntax),
            .result = storescp::ContextResult::acceptance,
            .transfer_syntax = std::move(transfer_syntax),
            .roles = roles};
}

inline storescp::Agreement agreement_of(std::vector<storescp::PresentationContext> contexts) {
    storescp::Agreement agreement;
    agreement.peers = {.calling = "VIEWER", .called = "CXRBRIDGE"};
    agreement.contexts = std::move(contexts);
    return agreement;
}

/// A request with the fields that all have.
inline storescp::CommandSet request(storescp::CommandField field,
                                    const std::string& sop_class_uid,
                                    std::uint16_t message_id = 1) {
    storescp::CommandSet command;
    command.affected_sop_class_uid = sop_class_uid;
    command.command_field = static_cast<std::uint16_t>(field);
    command.message_id = message_id;
    return command;
}

inline storescp::CommandSet with_data_set(storescp::CommandSet command) {
    command.data_set_type = 0x0001;
    return command;
}

inline Bytes encoded(const dicom::Attributes& attributes) {
    return dicom::encode_attributes(attributes, dicom::explicit_vr_little_endian);
}

/// All members outlive the io_context's work; the pool is joined first.
class ServiceBench {
public:
    explicit ServiceBench(storescp::Agreement agreement)
        : peer(boost::asio::make_strand(io), std::move(agreement)) {}
    ~ServiceBench() { pool.join(); }
    ServiceBench(const ServiceBench&) = delete;
    ServiceBench& operator=(const ServiceBench&) = delete;

    /// Serves `peer` until it ends; then everything on the pool has ended too.
    void serve() {
        storescp::ServiceEnvironment environment{.pool = pool,
                                                 .ports = {.query = query,
                                                           .retrieve = retrieve,
                                                           .receive = receive,
                                                           .commitment = offered_commitment,
                                                           .commitment_results = &results},
                                                 .events = events,
                                                 .settings = settings,
                                                 .access = access,
                                                 .request_association = request_association,
                                                 .move_shares = move_shares};
        boost::asio::co_spawn(peer.executor(),
                              storescp::serve_association(peer, std::move(environment)),
                              [](std::exception_ptr thrown) {
                                  if (thrown) {
                                      std::rethrow_exception(thrown);
                                  }
                              });
        io.run();
        pool.join();
        for (const SentMessage& message : peer.sent) {
            if (message.command.is_response()) {
                require_documented(message.command);
            }
        }
    }

    /// The one response that is not pending. Throws when there is none, or more than one.
    const SentMessage& final_response() const {
        const SentMessage* found = nullptr;
        for (const SentMessage& message : peer.sent) {
            if (message.command.is_response() && !is_pending(message)) {
                if (found != nullptr) {
                    throw std::runtime_error("a second final response");
                }
                found = &message;
            }
        }
        if (found == nullptr) {
            throw std::runtime_error("no final response");
        }
        return *found;
    }
    std::uint16_t final_status() const { return final_response().command.status.value(); }

    std::vector<SentMessage> pending_responses() const {
        std::vector<SentMessage> pending;
        for (const SentMessage& message : peer.sent) {
            if (message.command.is_response() && is_pending(message)) {
                pending.push_back(message);
            }
        }
        return pending;
    }

    FakeQuery query;
    FakeRetrieve retrieve;
    FakeReceive receive;
    FakeCommitment commitment;
    FakeCommitmentResults results;
    storescp::CommitmentPort* offered_commitment = &commitment;
    KeptEvents<storescp::RequestFinished> events;
    storescp::NodeSettings settings;
    std::shared_ptr<storescp::AccessPolicy> access = std::make_shared<storescp::AccessPolicy>();
    storescp::RequestAssociation request_association;
    std::shared_ptr<storescp::MoveShares> move_shares = std::make_shared<storescp::MoveShares>();
    boost::asio::thread_pool pool{2};
    boost::asio::io_context io;
    FakeAssociation peer;

private:
    /// What the conformance statement does not list is not sent.
    static void require_documented(const storescp::CommandSet& response) {
        using storescp::CommandField;
        const std::pair<CommandField, storescp::Service> services[] = {
            {CommandField::c_echo_rsp, storescp::Service::echo},
            {CommandField::c_store_rsp, storescp::Service::store},
            {CommandField::c_find_rsp, storescp::Service::find},
            {CommandField::c_move_rsp, storescp::Service::move},
            {CommandField::c_get_rsp, storescp::Service::get},
            {CommandField::n_action_rsp, storescp::Service::commitment},
            {CommandField::n_event_report_rsp, storescp::Service::commitment}};
        const auto lists = [&response](std::span<const storescp::StatusMeaning> meanings) {
            return std::ranges::any_of(meanings, [&response](const auto& meaning) {
                return meaning.code == response.status;
            });
        };
        for (const auto& [field, service] : services) {
            if (response.is(field) && !lists(storescp::status_meanings(service)) &&
                !lists(storescp::general_status_meanings())) {
                throw std::logic_error("a status that the conformance statement does not list");
            }
        }
    }
    static bool is_pending(const SentMessage& message) {
        return (message.command.status.value_or(0) & 0xFF00U) == 0xFF00U;
    }
};

}  // namespace cxr::test
