#include "config_arguments.hpp"

#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace cxr::bridge::cli {

namespace {

/// A flag that is one key of the configuration.
void add_key(CLI::App& command,
             const std::shared_ptr<ConfigSources>& sources,
             const char* flag,
             const char* key,
             const char* type,
             const char* says) {
    command
        .add_option_function<std::string>(
            flag,
            [sources, key](const std::string& value) {
                sources->settings.emplace_back(key, value);
            },
            says)
        ->type_name(type);
}

void add_setting(ConfigSources& sources, const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
        throw CLI::ValidationError("--set", text + " is not SECTION.KEY=VALUE");
    }
    sources.settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
}

}  // namespace

void add_config_file(CLI::App& command, const std::shared_ptr<ConfigSources>& sources) {
    command
        .add_option(
            "--config", sources->file, "Configuration file; the installed one is the manual")
        ->type_name("FILE");
    command
        .add_option_function<std::vector<std::string>>(
            "--set",
            [sources](const std::vector<std::string>& texts) {
                for (const std::string& text : texts) {
                    add_setting(*sources, text);
                }
            },
            "Any one key of the configuration, as dataset.spacing=pixel (repeatable)")
        ->type_name("SECTION.KEY=VALUE")
        ->allow_extra_args(false);
}

void add_node_flags(CLI::App& command, const std::shared_ptr<ConfigSources>& sources) {
    add_config_file(command, sources);
    add_key(
        command, sources, "--dataset", "dataset.path", "DIR", "Folder that holds the CSV files");
    add_key(command,
            sources,
            "--missing-images",
            "dataset.missing_images",
            "hide|list",
            "Rows whose PNG is absent: left out (default), or listed as OFFLINE");
    add_key(command,
            sources,
            "--state",
            "state.path",
            "DIR",
            "Catalogue and received objects (default ~/.local/state/cxrbridge)");
    add_key(command, sources, "--aet", "node.aet", "AE", "Own AE title (default CXRBRIDGE)");
    add_key(command,
            sources,
            "--port",
            "node.port",
            "N",
            "TCP port (default 11112); 0 takes a free one and says which");
    add_key(command,
            sources,
            "--listen",
            "node.listen",
            "ADDRESS",
            "Address to listen on (default 127.0.0.1: this machine only)");
    command
        .add_option_function<std::string>(
            "--http-port",
            [sources](const std::string& value) {
                sources->settings.emplace_back("web.enabled", "true");
                sources->settings.emplace_back("web.port", value);
            },
            "Serve DICOMweb, too, at this TCP port; 0 takes a free one and says which")
        ->type_name("N");
    command
        .add_option("--peer",
                    sources->peers,
                    "A remote application entity, also as C-MOVE destination (repeatable)")
        ->type_name("AE@HOST:PORT")
        ->allow_extra_args(false);
    add_key(command, sources, "--log-level", "log.level", "LEVEL", "debug, info, warning or error");
    add_key(command, sources, "--log-format", "log.format", "FORMAT", "human or json");
}

void add_serve(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "serve", "Run the DICOM node; prints `ready: …` when it accepts associations");
    const auto sources = std::make_shared<ConfigSources>();
    add_node_flags(*command, sources);
    command->footer(
        "SIGTERM and SIGINT end it in good order; SIGHUP reloads peers, users, access and "
        "certificates.\n"
        "Examples:\n"
        "  cxrbridge serve --dataset /srv/chestxray14 --port 11112\n"
        "  cxrbridge serve --config /etc/cxrbridge/cxrbridge.toml --listen 0.0.0.0\n"
        "  cxrbridge serve --dataset sample --port 0 --peer ORTHANC@127.0.0.1:4242\n"
        "  cxrbridge serve --dataset sample --explain\n");
    const auto explain = std::make_shared<bool>(false);
    command->add_flag("--explain",
                      *explain,
                      "Print every association negotiation as a table: what was offered, what was "
                      "agreed on, what was refused and why");
    command->callback([sources, explain, &chosen] {
        chosen = [sources, explain](std::ostream& out, std::ostream& err) {
            auto loaded = load_config(*sources);
            if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
                for (const std::string& mistake : refused->mistakes) {
                    err << mistake << '\n';
                }
                return wrong_usage;
            }
            ServeOptions options{.config = std::get<config::Config>(std::move(loaded)),
                                 .sources = *sources,
                                 .explain = *explain};
            if (options.config.data_set.path.empty()) {
                err << "serve: no data set; give --dataset DIR or dataset.path\n";
                return wrong_usage;
            }
            return run_serve(options, out, err);
        };
    });
}

void add_commitments(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "commitments",
        "List storage commitment transactions: pending, delivered, dead (and why); exit 1 if any "
        "is dead");
    const auto sources = std::make_shared<ConfigSources>();
    const auto options = std::make_shared<CommitmentsOptions>();
    add_config_file(*command, sources);
    add_key(*command,
            sources,
            "--state",
            "state.path",
            "DIR",
            "The node's state folder (default ~/.local/state/cxrbridge)");
    command->add_flag("--json", options->json, "As a JSON array");
    command
        ->add_option("--retry", options->retry, "A dead transaction to be told again (repeatable)")
        ->type_name("TRANSACTION-UID")
        ->allow_extra_args(false);
    command->footer(
        "Works beside a running node.\n"
        "Examples:\n"
        "  cxrbridge commitments --state /var/lib/cxrbridge\n"
        "  cxrbridge commitments --retry 2.25.1234\n");
    command->callback([sources, options, &chosen] {
        chosen = [sources, options](std::ostream& out, std::ostream& err) {
            auto loaded = load_config(*sources);
            if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
                for (const std::string& mistake : refused->mistakes) {
                    err << mistake << '\n';
                }
                return wrong_usage;
            }
            options->config = std::get<config::Config>(std::move(loaded));
            return run_commitments(*options, out, err);
        };
    });
}

void add_config(CLI::App& program, Chosen& chosen) {
    CLI::App* config = program.add_subcommand("config", "Check or print the configuration");
    config->require_subcommand(1);

    const auto sources = std::make_shared<ConfigSources>();
    CLI::App* check = config->add_subcommand("check",
                                             "Tell every mistake of single keys, with file and "
                                             "line; if there is none, what does not fit "
                                             "together; exit 2 if any");
    add_node_flags(*check, sources);
    check->footer("Example:\n  cxrbridge config check --config /etc/cxrbridge/cxrbridge.toml\n");
    check->callback([sources, &chosen] {
        chosen = [sources](auto& out, auto& err) { return run_config_check(*sources, out, err); };
    });

    CLI::App* show = config->add_subcommand(
        "show", "Print what is in effect: defaults, file and flags together, as TOML");
    add_node_flags(*show, sources);
    show->footer("Example:\n  cxrbridge config show --port 104 > cxrbridge.toml\n");
    show->callback([sources, &chosen] {
        chosen = [sources](auto& out, auto& err) { return run_config_show(*sources, out, err); };
    });
}

void add_conformance(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "conformance", "Print the DICOM Conformance Statement (PS3.2) of the configured node");
    const auto options = std::make_shared<ConformanceOptions>();
    const auto sources = std::shared_ptr<ConfigSources>(options, &options->sources);
    add_node_flags(*command, sources);
    command
        ->add_option_function<std::string>(
            "--format",
            [options](const std::string& format) {
                options->format =
                    format == "html" ? StatementFormat::html : StatementFormat::markdown;
            },
            "markdown (default) or html")
        ->check(CLI::IsMember({"markdown", "html"}))
        ->type_name("FORMAT");
    command->footer(
        "Examples:\n"
        "  cxrbridge conformance > conformance.md\n"
        "  cxrbridge conformance --config /etc/cxrbridge/cxrbridge.toml --format html > c.html\n");
    command->callback([options, &chosen] {
        chosen = [options](auto& out, auto& err) { return run_conformance(*options, out, err); };
    });
}

}  // namespace cxr::bridge::cli
