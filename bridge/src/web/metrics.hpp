#pragma once
/// Counters of what happened on the network, in the text format that Prometheus reads (exposition
/// format 0.0.4). Counts since start; gauges are asked for when somebody reads. Any thread.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/delivery/queue.hpp"
#include "bridge/objects/object_source.hpp"
#include "storescp/events.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace cxr::bridge::web {

/// How things stand at one moment.
struct Gauges {
    CatalogueCounts catalogue;
    ObjectCacheCounters cache, disk_cache;
    std::vector<DestinationEntry> destinations;
    std::string version;  ///< of the program, alone
};

/// Upper bounds in seconds; what is slower is in the last, unbounded one.
inline constexpr std::array latency_bounds{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0};

class Histogram {
public:
    void add(std::chrono::microseconds took);
    /// @param labels `service="C-FIND"`
    void write(std::ostream& out, std::string_view name, std::string_view labels) const;

private:
    std::array<std::uint64_t, latency_bounds.size() + 1> counts_{};
    std::uint64_t microseconds_ = 0;
};

/// One more sink of events beside the log.
class Metrics final : public storescp::EventSink {
public:
    /// @param next is told every event, too
    explicit Metrics(storescp::EventSink& next) : next_(next) {}

    void on(const storescp::Event& event) override;
    /// An HTTP request has been answered. @param resource a name of ours, never a stranger's path
    void answered(std::string_view resource, unsigned status, std::chrono::microseconds took);
    void write(std::ostream& out, const Gauges& gauges) const;

private:
    void note(const storescp::AssociationAccepted& event);
    void note(const storescp::AssociationRejected& event);
    void note(const storescp::AssociationEnded& event);
    void note(const storescp::RequestFinished& event);
    void note(const storescp::SubOperationFailed& event);
    void note(const storescp::HandshakeFailed& event);
    void note(const storescp::CommitmentReported& event);
    void note(const storescp::DeliveryFinished& event);
    template <typename Other>
    void note(const Other&) {}

    /// AE titles are a stranger's: only so many are counted apart.
    const std::string& peer_label(const std::string& ae_title);
    void write_associations(std::ostream& out) const;
    void write_operations(std::ostream& out) const;
    void write_deliveries(std::ostream& out) const;
    void write_http(std::ostream& out) const;

    storescp::EventSink& next_;
    const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
    mutable std::mutex mutex_;
    // Guarded by mutex_.
    std::set<std::string> peers_;
    std::map<std::string_view, std::uint64_t> associations_;  ///< by outcome
    std::int64_t associations_open_ = 0;
    using Operation = std::tuple<std::string, std::string, std::string>;  ///< service, status, peer
    std::map<Operation, std::uint64_t> operations_;
    std::map<std::string, Histogram> latencies_;                   ///< by service
    std::map<std::pair<std::string, bool>, std::uint64_t> bytes_;  ///< service, inbound
    std::map<std::string, std::uint64_t> completed_;               ///< by service
    std::uint64_t suboperations_failed_ = 0;
    std::map<std::string_view, std::uint64_t> commitments_;  ///< by outcome
    std::map<std::pair<std::string, std::string_view>, std::uint64_t> delivered_;
    std::map<std::pair<std::string, unsigned>, std::uint64_t> answers_;  ///< resource, status
    std::map<std::string, Histogram> answer_latencies_;                  ///< by resource
};

}  // namespace cxr::bridge::web
