#pragma once
/// What C-MOVE and C-GET share (PS3.4 C.4.2, C.4.3): from identifier to list of objects, the
/// sub-operation counters, and the final response that they add up to.
///
/// Invariants: remaining + completed + failed + warning is the number of objects; each failed
/// object is in the failed list; only 0000H counts as completed, only Bxxx as warning.

#include "services/request.hpp"
#include "services/sub_operation.hpp"

namespace cxr::storescp {

/// The counters are US (PS3.7 Annex E): more sub-operations cannot be reported, so they are
/// refused.
inline constexpr std::size_t sub_operations_max = 65'535;

struct RetrieveTask {
    std::string level;
    std::string ignored = {};  ///< keywords of keys that do not restrict (R18), with commas
    std::vector<InstanceReference> instances = {};
    std::vector<AuditSubject> subjects = {};  ///< where an audit is wanted
};

/// What was asked for, as its event tells: "STUDY to DEST, ignored AccessionNumber".
[[nodiscard]] std::string detail_of(const RetrieveTask& task, std::string_view destination = {});

/// The AE title that the objects of a request go to: the destination of a C-MOVE, whoever asks by
/// C-GET, ourselves.
[[nodiscard]] std::string receiver_of(const Request& request);

/// Parses the identifier, asks the port; tells that the transfer begins, where an audit is wanted.
/// Faults: malformed, exhausted (also for more than sub_operations_max), storage.
[[nodiscard]] Awaitable<Result<RetrieveTask>> find_instances(const ServiceEnvironment& environment,
                                                             Request& request,
                                                             dicom::Attributes identifier);

class SubOperations {
public:
    SubOperations(const ServiceEnvironment& environment,
                  const Request& request,
                  std::size_t count,
                  std::string destination)
        : environment_(environment),
          request_(request),
          destination_(std::move(destination)),
          remaining_(count) {
        tell_progress();
    }

    void fail(const InstanceReference& instance, const Fault& fault);
    /// By the status of a C-STORE response. @param bytes of the data set that was sent
    void count(const InstanceReference& instance, const StoreResponse& response, std::size_t bytes);

    [[nodiscard]] std::size_t remaining() const { return remaining_; }
    [[nodiscard]] std::size_t done() const { return completed_ + failed_uids_.size() + warnings_; }

    [[nodiscard]] CommandSet pending_response() const;
    /// @param stopped cancelled or no longer wanted: FE00H if anything remains.
    [[nodiscard]] Completion final_response(bool stopped) const;

private:
    void fail(const InstanceReference& instance, const Fault& fault, std::string_view section);
    void tell_progress() const;
    void set_counters(CommandSet& response) const;
    [[nodiscard]] std::uint16_t final_status(bool stopped) const;
    [[nodiscard]] std::vector<dicom::Segment> failed_list() const;

    const ServiceEnvironment& environment_;
    const Request& request_;
    std::string destination_;
    std::size_t remaining_;
    std::size_t completed_ = 0;
    std::size_t warnings_ = 0;
    std::uint64_t bytes_ = 0;
    std::vector<std::string> failed_uids_;
    std::optional<Fault> first_trouble_;  ///< failure, else warning
};

}  // namespace cxr::storescp
