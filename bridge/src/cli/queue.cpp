#include "bridge/delivery/queue.hpp"

#include "bridge/cli/commands.hpp"
#include "bridge/daemon/composition.hpp"
#include "json_writer.hpp"
#include "shown.hpp"

#include <fmt/ostream.h>

namespace cxr::bridge::cli {

namespace {

using std::chrono::system_clock;

const char* name_of(DeliveryState state) {
    switch (state) {
        case DeliveryState::waiting:
            return "waiting";
        case DeliveryState::sending:
            return "sending";
        case DeliveryState::delivered:
            return "delivered";
        case DeliveryState::failed:
            return "failed";
        case DeliveryState::dropped:
            return "dropped";
    }
    return "";
}

const char* name_of(CommitmentState state) {
    switch (state) {
        case CommitmentState::none:
            return "not asked for";
        case CommitmentState::wanted:
        case CommitmentState::asked:
            return "awaited";
        case CommitmentState::committed:
            return "committed";
        case CommitmentState::refused:
            return "refused";
    }
    return "";
}

bool needs_a_person(const DestinationEntry& entry) {
    return entry.failed > 0 || (entry.given_up && entry.waiting > 0);
}

void print_line(const DestinationEntry& entry, std::ostream& out) {
    fmt::print(out,
               "{:<16} {} waiting, {} sending, {} delivered",
               entry.ae_title,
               entry.waiting,
               entry.sending,
               entry.delivered);
    if (entry.warnings > 0) {
        fmt::print(out, " ({} with a warning)", entry.warnings);
    }
    fmt::print(out, ", {} failed", entry.failed);
    if (entry.dropped > 0) {
        fmt::print(out, ", {} dropped", entry.dropped);
    }
    if (entry.committed + entry.commitment_awaited > 0) {
        fmt::print(out, "; {} committed to, {} awaited", entry.committed, entry.commitment_awaited);
    }
    if (entry.given_up) {
        fmt::print(out, "; given up after {} attempts", entry.attempts);
    } else if (entry.next_attempt) {
        fmt::print(out, "; next attempt {}", utc(*entry.next_attempt));
        if (entry.attempts > 0) {
            fmt::print(out, " after {} in vain", entry.attempts);
        }
    }
    fmt::print(out, "{}{}\n", entry.last_reason.empty() ? "" : "; ", entry.last_reason);
}

void print_line(const DeliveryEntry& entry, std::ostream& out) {
    fmt::print(out,
               "  {:<9} {:<16} {} {} queued {}",
               name_of(entry.state),
               entry.destination,
               entry.reference.sop_instance_uid,
               entry.route,
               utc(entry.queued_at));
    if (entry.attempts > 0) {
        fmt::print(out, "; attempt {} at {}", entry.attempts, utc(entry.settled_at));
    }
    if (entry.state == DeliveryState::waiting && entry.next_attempt > system_clock::time_point()) {
        fmt::print(out, "; next {}", utc(entry.next_attempt));
    }
    if (entry.commitment != CommitmentState::none) {
        fmt::print(out, "; commitment {}", name_of(entry.commitment));
    }
    fmt::print(out, "{}{}\n", entry.why.empty() ? "" : "; ", entry.why);
}

void print_json(const DestinationEntry& entry, JsonWriter& json) {
    json.open_object();
    json.key("destination").value(entry.ae_title);
    json.key("waiting").value(std::size_t{entry.waiting});
    json.key("sending").value(std::size_t{entry.sending});
    json.key("delivered").value(std::size_t{entry.delivered});
    json.key("warnings").value(std::size_t{entry.warnings});
    json.key("failed").value(std::size_t{entry.failed});
    json.key("dropped").value(std::size_t{entry.dropped});
    json.key("committed").value(std::size_t{entry.committed});
    json.key("commitment_awaited").value(std::size_t{entry.commitment_awaited});
    json.key("attempts_in_vain").value(std::size_t{entry.attempts});
    json.key("given_up").value(entry.given_up);
    json.key("next_attempt");
    if (entry.next_attempt) {
        json.value(utc(*entry.next_attempt));
    } else {
        json.null();
    }
    json.key("last_reason").value(entry.last_reason);
    json.close_object();
}

void print_json(const DeliveryEntry& entry, JsonWriter& json) {
    json.open_object();
    json.key("destination").value(entry.destination);
    json.key("route").value(entry.route);
    json.key("sop_class_uid").value(entry.reference.sop_class_uid);
    json.key("sop_instance_uid").value(entry.reference.sop_instance_uid);
    json.key("state").value(name_of(entry.state));
    json.key("commitment").value(name_of(entry.commitment));
    json.key("attempts").value(std::size_t{entry.attempts});
    json.key("queued_at").value(utc(entry.queued_at));
    json.key("why").value(entry.why);
    json.close_object();
}

Result<void> print_json(const DeliveryQueue& queue,
                        const std::vector<DestinationEntry>& destinations,
                        bool verbose,
                        std::ostream& out) {
    JsonWriter json(out);
    json.open_object();
    json.key("destinations").open_array();
    for (const DestinationEntry& entry : destinations) {
        print_json(entry, json);
    }
    json.close_array();
    Result<void> listed = {};
    if (verbose) {
        json.key("objects").open_array();
        listed = queue.for_each_entry([&](const auto& entry) { print_json(entry, json); });
        json.close_array();
    }
    json.close_object();
    out << '\n';
    return listed;
}

Result<void> print_lines(const DeliveryQueue& queue,
                         const std::vector<DestinationEntry>& destinations,
                         bool verbose,
                         std::ostream& out) {
    for (const DestinationEntry& entry : destinations) {
        print_line(entry, out);
    }
    if (destinations.empty()) {
        fmt::print(out, "nothing was ever queued\n");
    }
    return verbose ? queue.for_each_entry([&](const auto& entry) { print_line(entry, out); })
                   : Result<void>();
}

int list(const DeliveryQueue& queue,
         const QueueOptions& options,
         std::ostream& out,
         std::ostream& err) {
    const auto destinations = queue.destinations();
    if (!destinations) {
        fmt::print(err, "{}\n", destinations.error().doing);
        return wrong_usage;
    }
    const auto listed = options.json ? print_json(queue, *destinations, options.verbose, out)
                                     : print_lines(queue, *destinations, options.verbose, out);
    if (!listed) {
        fmt::print(err, "{}\n", listed.error().doing);
        return wrong_usage;
    }
    return std::ranges::any_of(*destinations, needs_a_person) ? done_with_findings : done;
}

}  // namespace

int run_queue(const QueueOptions& options, std::ostream& out, std::ostream& err) {
    const std::filesystem::path file = queue_file(options.config);
    if (!std::filesystem::exists(file)) {
        fmt::print(err,
                   "no delivery queue in {}: no node has run there; name its state folder with "
                   "--state\n",
                   file.parent_path().string());
        return wrong_usage;
    }
    const auto queue = DeliveryQueue::open(file);
    if (!queue) {
        fmt::print(err, "{}\n", queue.error().doing);
        return wrong_usage;
    }
    if (options.change == QueueOptions::Change::none) {
        return list(**queue, options, out, err);
    }
    const bool again = options.change == QueueOptions::Change::retry;
    const DeliveryQueue::Choice choice{.ae_title = options.destination,
                                       .sop_instance_uids = options.objects};
    const auto changed = again ? (*queue)->retry(choice) : (*queue)->drop(choice);
    if (!changed) {
        fmt::print(err, "{}\n", changed.error().doing);
        return wrong_usage;
    }
    fmt::print(out,
               "{} objects {}\n",
               *changed,
               again ? "that failed or waited for their time are tried again at once"
                     : "are not sent any more");
    return *changed == 0 && !options.objects.empty() ? done_with_findings : done;
}

}  // namespace cxr::bridge::cli
