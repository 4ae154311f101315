#pragma once
/// User Identity Negotiation (PS3.7 D.3.3.7): who may associate, checked against configured users.
/// Kerberos tickets, SAML assertions and JSON Web Tokens (types 3 to 5) cannot be verified here and
/// count as wrong.

#include "storescp/association/association.hpp"
#include "storescp/association/settings.hpp"
#include "storescp/upper_layer/pdu.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace cxr::storescp {

/// The sub-item by which we say who we are; no response is asked for.
[[nodiscard]] pdu::UserIdentityItem identity_item(const Credentials& credentials);

/// The name as sent, control characters escaped; empty: none.
[[nodiscard]] std::string user_named(const std::optional<pdu::UserIdentityItem>& identity);

/// Why the identity is not good enough, without the passcode; nothing: it is. Slow on purpose where
/// a hash is to be checked.
[[nodiscard]] std::optional<std::string> refuse_identity(
    const std::optional<pdu::UserIdentityItem>& identity, const AccessPolicy& access);

/// The same, off the caller's strand: on one thread, made when first needed, so that guessing
/// passcodes takes no more than one core and no association waits for it. Any thread.
class IdentityChecks {
public:
    [[nodiscard]] Awaitable<std::optional<std::string>> refuse(
        std::optional<pdu::UserIdentityItem> identity, std::shared_ptr<const AccessPolicy> access);

private:
    std::mutex mutex_;
    std::unique_ptr<boost::asio::thread_pool> pool_;  ///< guarded by mutex_ until made
};

}  // namespace cxr::storescp
