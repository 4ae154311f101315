#include "arguments.hpp"
#include "data_set_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace cxr::bridge::cli {

namespace {

struct Typed {
    QueueOptions options;
    std::shared_ptr<ConfigSources> sources = std::make_shared<ConfigSources>();
    bool all = false;
};

void add_state(CLI::App& command, const std::shared_ptr<Typed>& typed) {
    add_config_file(command, typed->sources);
    add_state_folder(command, *typed->sources, "The node's state folder");
}

int run(Typed& typed, std::ostream& out, std::ostream& err) {
    auto config = configuration(*typed.sources, err);
    if (!config) {
        return wrong_usage;
    }
    typed.options.config = *std::move(config);
    return run_queue(typed.options, out, err);
}

void add_change(CLI::App& queue,
                Chosen& chosen,
                QueueOptions::Change change,
                const char* name,
                const char* says,
                const char* footer) {
    CLI::App* command = queue.add_subcommand(name, says);
    const auto typed = std::make_shared<Typed>();
    typed->options.change = change;
    command->add_option("DESTINATION", typed->options.destination, "Its AE title")->type_name("");
    command->add_flag("--all", typed->all, "Every destination");
    command->add_option("--object", typed->options.objects, "Only this object (repeatable)")
        ->type_name("SOP-INSTANCE-UID")
        ->allow_extra_args(false);
    add_state(*command, typed);
    command->footer(footer);
    command->callback([typed, &chosen] {
        if (typed->all == !typed->options.destination.empty()) {
            throw CLI::ValidationError("DESTINATION", "name a destination, or say --all");
        }
        chosen = [typed](auto& out, auto& err) { return run(*typed, out, err); };
    });
}

}  // namespace

void add_queue(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "queue",
        "Show what the node's routes deliver: waiting, sending, delivered, failed; exit 1 if "
        "something needs a person");
    const auto typed = std::make_shared<Typed>();
    command->require_subcommand(0, 1);
    command->add_flag("--verbose", typed->options.verbose, "Each object, too");
    command->add_flag("--json", typed->options.json, "As one JSON object");
    add_state(*command, typed);
    command->footer(
        "A destination that is not there is tried again by its route's schedule; what it refuses "
        "for "
        "good has failed, with the reason. Works beside a running node.\n"
        "Examples:\n"
        "  cxrbridge queue --state /var/lib/cxrbridge\n"
        "  cxrbridge queue --state /var/lib/cxrbridge --verbose --json\n"
        "  cxrbridge queue retry ARCHIVE --state /var/lib/cxrbridge\n"
        "  cxrbridge queue drop ARCHIVE --object 2.25.1234 --state /var/lib/cxrbridge\n");
    command->callback([typed, command, &chosen] {
        if (command->get_subcommands().empty()) {
            chosen = [typed](auto& out, auto& err) { return run(*typed, out, err); };
        }
    });
    add_change(*command,
               chosen,
               QueueOptions::Change::retry,
               "retry",
               "Try again at once: what failed, what waits for its time, a destination given up",
               "Objects that were dropped come back when they are named by --object.\n"
               "Examples:\n"
               "  cxrbridge queue retry ARCHIVE --state /var/lib/cxrbridge\n"
               "  cxrbridge queue retry --all --state /var/lib/cxrbridge\n");
    add_change(*command,
               chosen,
               QueueOptions::Change::drop,
               "drop",
               "Do not send what waits or failed; routes do not bring it back",
               "Examples:\n"
               "  cxrbridge queue drop ARCHIVE --state /var/lib/cxrbridge\n"
               "  cxrbridge queue drop ARCHIVE --object 2.25.1234 --state /var/lib/cxrbridge\n");
}

}  // namespace cxr::bridge::cli
