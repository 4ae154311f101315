#include "web/metrics.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

namespace cxr::bridge::web {

namespace {

constexpr std::size_t peers_max = 200;

/// The inside of a label's quotes.
std::string label_value(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            escaped += '\\';
            escaped += c;
        } else {
            escaped += byte < 0x20 || byte > 0x7E ? '?' : c;
        }
    }
    return escaped;
}

void begin_family(std::ostream& out,
                  std::string_view name,
                  std::string_view type,
                  std::string_view help) {
    fmt::print(out, "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void gauge(std::ostream& out, std::string_view name, std::string_view help, std::uint64_t value) {
    begin_family(out, name, "gauge", help);
    fmt::print(out, "{} {}\n", name, value);
}

double seconds(std::chrono::system_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

std::string_view name_of(storescp::CommitmentDelivery::Outcome outcome) {
    using Outcome = storescp::CommitmentDelivery::Outcome;
    switch (outcome) {
        case Outcome::delivered:
            return "delivered";
        case Outcome::postponed:
            return "postponed";
        case Outcome::abandoned:
            break;
    }
    return "abandoned";
}

void write_catalogue(std::ostream& out, const CatalogueCounts& counts) {
    begin_family(out, "cxrbridge_catalogue_entities", "gauge", "What the catalogue has, by level.");
    const std::pair<const char*, std::uint64_t> levels[] = {{"patient", counts.patients},
                                                            {"study", counts.studies},
                                                            {"series", counts.series},
                                                            {"instance", counts.instances}};
    for (const auto& [level, count] : levels) {
        fmt::print(out, "cxrbridge_catalogue_entities{{level=\"{}\"}} {}\n", level, count);
    }
    gauge(out, "cxrbridge_received_objects", "Objects that others sent.", counts.received);
}

/// @param family "cxrbridge_cache"
void write_cache(std::ostream& out, std::string_view family, const ObjectCacheCounters& cache) {
    const std::string name(family);
    gauge(out, name + "_bytes", "Bytes of objects in the cache.", cache.bytes);
    gauge(out, name + "_bytes_max", "The cache's bound.", cache.bytes_max);
    gauge(out, name + "_objects", "Objects in the cache.", cache.objects);
    const std::string requests = name + "_requests_total";
    begin_family(out, requests, "counter", "Objects that were asked of the cache.");
    fmt::print(out, "{}{{outcome=\"hit\"}} {}\n", requests, cache.hits);
    fmt::print(out, "{}{{outcome=\"miss\"}} {}\n", requests, cache.misses);
}

void write_queue(std::ostream& out, const std::vector<DestinationEntry>& destinations) {
    begin_family(out, "cxrbridge_queue_objects", "gauge", "Objects to deliver, by their state.");
    for (const DestinationEntry& entry : destinations) {
        const std::pair<const char*, std::uint64_t> states[] = {{"waiting", entry.waiting},
                                                                {"sending", entry.sending},
                                                                {"delivered", entry.delivered},
                                                                {"failed", entry.failed},
                                                                {"dropped", entry.dropped}};
        for (const auto& [state, count] : states) {
            fmt::print(out,
                       "cxrbridge_queue_objects{{destination=\"{}\",state=\"{}\"}} {}\n",
                       label_value(entry.ae_title),
                       state,
                       count);
        }
    }
}

}  // namespace

void Histogram::add(std::chrono::microseconds took) {
    const double seconds = std::chrono::duration<double>(took).count();
    const auto bound = std::ranges::lower_bound(latency_bounds, seconds);
    ++counts_.at(static_cast<std::size_t>(bound - latency_bounds.begin()));
    microseconds_ += static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
}

void Histogram::write(std::ostream& out, std::string_view name, std::string_view labels) const {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        below += counts_.at(i);
        const std::string bound =
            i < latency_bounds.size() ? fmt::format("{}", latency_bounds.at(i)) : "+Inf";
        fmt::print(out, "{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bound, below);
    }
    fmt::print(out, "{}_sum{{{}}} {}\n", name, labels, static_cast<double>(microseconds_) / 1e6);
    fmt::print(out, "{}_count{{{}}} {}\n", name, labels, below);
}

void Metrics::on(const storescp::Event& event) {
    next_.on(event);
    const std::lock_guard lock(mutex_);
    std::visit([this](const auto& happened) { note(happened); }, event);
}

void Metrics::answered(std::string_view resource, unsigned status, std::chrono::microseconds took) {
    const std::lock_guard lock(mutex_);
    ++answers_[{std::string(resource), status}];
    answer_latencies_[std::string(resource)].add(took);
}

const std::string& Metrics::peer_label(const std::string& ae_title) {
    static const std::string other = "(other)";
    if (const auto known = peers_.find(ae_title); known != peers_.end()) {
        return *known;
    }
    return peers_.size() < peers_max ? *peers_.insert(ae_title).first : other;
}

void Metrics::note(const storescp::AssociationAccepted& /*event*/) {
    ++associations_["accepted"];
    ++associations_open_;
}

void Metrics::note(const storescp::AssociationRejected& /*event*/) {
    ++associations_["rejected"];
}

void Metrics::note(const storescp::HandshakeFailed& /*event*/) {
    ++associations_["not_secured"];
}

void Metrics::note(const storescp::AssociationEnded& event) {
    ++associations_[event.orderly ? "released" : "lost"];
    --associations_open_;
}

void Metrics::note(const storescp::RequestFinished& event) {
    ++operations_[{event.service,
                   event.is_answered ? fmt::format("{:04X}", event.status) : "none",
                   peer_label(event.peers.calling)}];
    latencies_[event.service].add(event.took);
    completed_[event.service] += event.matches_or_completed;
    if (event.object_bytes > 0) {
        const bool inbound = event.service == "C-STORE" || event.service == "STOW-RS";
        bytes_[{event.service, inbound}] += event.object_bytes;
    }
}

void Metrics::note(const storescp::SubOperationFailed& /*event*/) {
    ++suboperations_failed_;
}

void Metrics::note(const storescp::CommitmentReported& event) {
    ++commitments_[name_of(event.outcome)];
}

void Metrics::note(const storescp::DeliveryFinished& event) {
    delivered_[{event.destination, "delivered"}] += event.delivered;
    delivered_[{event.destination, "postponed"}] += event.postponed;
    delivered_[{event.destination, "failed"}] += event.failed;
}

void Metrics::write(std::ostream& out, const Gauges& gauges) const {
    begin_family(out, "cxrbridge_build_info", "gauge", "The program.");
    fmt::print(out, "cxrbridge_build_info{{version=\"{}\"}} 1\n", label_value(gauges.version));
    begin_family(out, "process_start_time_seconds", "gauge", "Start, in seconds since 1970.");
    fmt::print(out, "process_start_time_seconds {:.3f}\n", seconds(started_));
    {
        const std::lock_guard lock(mutex_);
        write_associations(out);
        write_operations(out);
        write_deliveries(out);
        write_http(out);
    }
    write_catalogue(out, gauges.catalogue);
    write_cache(out, "cxrbridge_cache", gauges.cache);
    write_cache(out, "cxrbridge_disk_cache", gauges.disk_cache);
    write_queue(out, gauges.destinations);
}

void Metrics::write_associations(std::ostream& out) const {
    begin_family(out,
                 "cxrbridge_associations_total",
                 "counter",
                 "Associations asked of the node, and how they ended.");
    for (const std::string_view outcome :
         {"accepted", "rejected", "not_secured", "released", "lost"}) {
        const auto count = associations_.find(outcome);
        fmt::print(out,
                   "cxrbridge_associations_total{{outcome=\"{}\"}} {}\n",
                   outcome,
                   count == associations_.end() ? 0 : count->second);
    }
    gauge(out,
          "cxrbridge_associations_open",
          "Associations that stand.",
          static_cast<std::uint64_t>(std::max<std::int64_t>(associations_open_, 0)));
}

void Metrics::write_operations(std::ostream& out) const {
    begin_family(out,
                 "cxrbridge_operations_total",
                 "counter",
                 "Finished operations, by service, status (hexadecimal) and calling AE title.");
    for (const auto& [operation, count] : operations_) {
        const auto& [service, status, peer] = operation;
        fmt::print(out,
                   "cxrbridge_operations_total{{service=\"{}\",status=\"{}\",peer=\"{}\"}} {}\n",
                   label_value(service),
                   status,
                   label_value(peer),
                   count);
    }
    begin_family(out, "cxrbridge_operation_seconds", "histogram", "From request to last response.");
    for (const auto& [service, histogram] : latencies_) {
        histogram.write(out,
                        "cxrbridge_operation_seconds",
                        fmt::format("service=\"{}\"", label_value(service)));
    }
    begin_family(out, "cxrbridge_results_total", "counter", "Matches found, objects transferred.");
    for (const auto& [service, count] : completed_) {
        fmt::print(
            out, "cxrbridge_results_total{{service=\"{}\"}} {}\n", label_value(service), count);
    }
    begin_family(out, "cxrbridge_object_bytes_total", "counter", "Bytes of transferred data sets.");
    for (const auto& [what, count] : bytes_) {
        fmt::print(out,
                   "cxrbridge_object_bytes_total{{service=\"{}\",direction=\"{}\"}} {}\n",
                   label_value(what.first),
                   what.second ? "in" : "out",
                   count);
    }
    begin_family(
        out, "cxrbridge_suboperations_failed_total", "counter", "Objects that could not be sent.");
    fmt::print(out, "cxrbridge_suboperations_failed_total {}\n", suboperations_failed_);
}

void Metrics::write_deliveries(std::ostream& out) const {
    begin_family(
        out, "cxrbridge_deliveries_total", "counter", "Objects that routes sent, or tried to.");
    for (const auto& [what, count] : delivered_) {
        fmt::print(out,
                   "cxrbridge_deliveries_total{{destination=\"{}\",outcome=\"{}\"}} {}\n",
                   label_value(what.first),
                   what.second,
                   count);
    }
    begin_family(
        out, "cxrbridge_commitment_reports_total", "counter", "Storage commitment reports.");
    for (const auto& [outcome, count] : commitments_) {
        fmt::print(
            out, "cxrbridge_commitment_reports_total{{outcome=\"{}\"}} {}\n", outcome, count);
    }
}

void Metrics::write_http(std::ostream& out) const {
    begin_family(out,
                 "cxrbridge_http_requests_total",
                 "counter",
                 "Answered HTTP requests, by resource and status.");
    for (const auto& [what, count] : answers_) {
        fmt::print(out,
                   "cxrbridge_http_requests_total{{resource=\"{}\",status=\"{}\"}} {}\n",
                   label_value(what.first),
                   what.second,
                   count);
    }
    begin_family(out, "cxrbridge_http_request_seconds", "histogram", "Until the answer was sent.");
    for (const auto& [resource, histogram] : answer_latencies_) {
        histogram.write(out,
                        "cxrbridge_http_request_seconds",
                        fmt::format("resource=\"{}\"", label_value(resource)));
    }
}

}  // namespace cxr::bridge::web
