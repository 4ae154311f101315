#include "export_delivery.hpp"

#include "bridge/cli/progress.hpp"
#include "bridge/delivery/exported.hpp"
#include "bridge/export/transmission.hpp"
#include "failures.hpp"

#include <fmt/ostream.h>

#include <chrono>
#include <optional>
#include <thread>

namespace cxr::bridge::cli {

namespace {

using std::chrono::milliseconds;

/// What earlier runs delivered there; nothing, and why on `err`, when it cannot be kept.
std::optional<ExportedObjects> open_exported(const ExportOptions& options, std::ostream& err) {
    std::error_code ignored;  // that the folder is missing the database says better
    std::filesystem::create_directories(options.deliveries.parent_path(), ignored);
    const storescp::Peer& peer = options.to->peer;
    auto exported = ExportedObjects::open(
        options.deliveries, fmt::format("{}@{}:{}", peer.ae_title, peer.host, peer.port));
    if (!exported) {
        fmt::print(err,
                   "export: what is delivered cannot be noted, which a later run goes on from: {}; "
                   "name another state folder\n",
                   exported.error().doing);
        return std::nullopt;
    }
    return std::move(*exported);
}

TransmissionSettings transmission_settings(const ExportOptions& options,
                                           ExportedObjects& exported,
                                           std::ostream& err) {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    return {.peer = options.to->peer,
            .access = options.to->access,
            .calling_ae_title = options.to->calling_ae_title,
            .retry = {.first = std::chrono::seconds(1),
                      .greatest = std::chrono::seconds(30),
                      .attempts_max = options.attempts},
            .threads = options.threads == 0 ? cores : options.threads,
            .stored =
                [&exported, &err, told = false](const auto& instance) mutable {
                    const auto noted = exported.add(instance.sop_instance_uid);
                    if (!noted && !told) {
                        told = true;
                        fmt::print(err,
                                   "delivered, but not noted, so that a later run sends it again: "
                                   "{}\n",
                                   noted.error().doing);
                    }
                },
            .waiting =
                [&err, &to = options.to->peer](
                    const std::string& why, milliseconds wait, std::size_t left) {
                    fmt::print(err,
                               "{}: {}; {} objects are left, next attempt in {} s\n",
                               to.ae_title,
                               why,
                               left,
                               std::chrono::ceil<std::chrono::seconds>(wait).count());
                }};
}

}  // namespace

bool export_to_peer(storescp::RetrievePort& source,
                    std::vector<storescp::InstanceReference> instances,
                    const ExportOptions& options,
                    const std::string& noun,
                    std::ostream& out,
                    std::ostream& err) {
    auto exported = open_exported(options, err);
    if (!exported) {
        return false;
    }
    const std::size_t total = instances.size();
    const auto left = exported->without_delivered(std::move(instances));
    if (!left) {
        fmt::print(err, "export: {}\n", left.error().doing);
        return false;
    }
    const TransmissionReport report = [&] {
        Progress progress("sending", noun, left->size());
        return transmit(source, *left, transmission_settings(options, *exported, err), [&progress] {
            progress.advance();
        });
    }();
    print_failures(report.failures, err);
    fmt::print(out,
               "{} of {} {} stored at {} ({} with a warning), {} failed",
               report.stored + report.stored_with_warning,
               total,
               noun,
               options.to->peer.ae_title,
               report.stored_with_warning,
               report.failures.size());
    if (left->size() < total) {
        fmt::print(out, ", {} were stored by an earlier run", total - left->size());
    }
    fmt::print(out, "\n");
    if (!report.complete()) {
        fmt::print(err, "the same command goes on with what is left\n");
        return false;
    }
    if (auto forgotten = exported->forget(); !forgotten) {
        fmt::print(err, "export: {}\n", forgotten.error().doing);
    }
    return true;
}

}  // namespace cxr::bridge::cli
