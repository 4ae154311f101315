#pragma once
/// What the audit trail (PS3.15 A.5) is told of the web side. Called on pool threads, several at a
/// time.

#include "bridge/web/request.hpp"
#include "storescp/ports.hpp"

#include <string_view>
#include <vector>

namespace cxr::bridge::web {

class WebAudit {
public:
    virtual ~WebAudit() = default;
    /// @param query names and values, decoded: "PatientID=1&limit=5"
    virtual void searched(const Request& request, std::string_view query) = 0;
    /// Objects, or pictures of them, that the client is sent from now on.
    virtual void sent(const Request& request,
                      const std::vector<storescp::AuditSubject>& subjects) = 0;
    /// Who they said they are is wrong, or not enough.
    virtual void refused(const Request& request) = 0;
};

}  // namespace cxr::bridge::web
