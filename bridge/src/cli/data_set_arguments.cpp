#include "arguments.hpp"
#include "bridge/cli/commands.hpp"
#include "config_arguments.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>

namespace cxr::bridge::cli {

namespace {

/// A command on a data set: its options, and the configuration that fills what flags do not say.
template <typename Options>
struct Command {
    Options options;
    std::shared_ptr<ConfigSources> sources = std::make_shared<ConfigSources>();
    std::string to;  ///< as typed
};

void add_data_set(CLI::App& command, std::filesystem::path& path) {
    command.add_option("DATASET", path, "Folder that holds the CSV files")
        ->required()
        ->type_name("");
}

void add_findings(CLI::App& command, std::vector<dicom::Finding>& findings) {
    command
        .add_option_function<std::vector<std::string>>(
            "--finding",
            [&findings](const std::vector<std::string>& labels) {
                for (const std::string& label : labels) {
                    const auto finding = dicom::finding_of(label);
                    if (!finding) {
                        throw CLI::ValidationError(
                            "--finding",
                            label +
                                " is none of the 14 labels (Atelectasis … Hernia) nor "
                                "\"No Finding\"");
                    }
                    findings.push_back(*finding);
                }
            },
            "Images with this finding, by label (repeatable: any of them)")
        ->type_name("LABEL")
        ->allow_extra_args(false);
}

/// --patient, --split, --finding, --limit, --missing-images: alike in every command.
void add_selection(CLI::App& command, Selection& selection, ConfigSources& sources) {
    command.add_option("--patient", selection.patients, "Images of this patient ID (repeatable)")
        ->type_name("ID")
        ->allow_extra_args(false);
    command
        .add_option("--split",
                    selection.splits,
                    "Images of this official split: train_val or test (repeatable)")
        ->check(CLI::IsMember({"train_val", "test"}))
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_findings(command, selection.findings);
    command.add_option("--limit", selection.limit, "At most so many images")->type_name("N");
    command
        .add_option_function<std::string>(
            "--missing-images",
            [&sources](const std::string& value) {
                sources.settings.emplace_back("dataset.missing_images", value);
            },
            "Rows whose PNG is absent: hide (the default) or list; reports need no PNG")
        ->type_name("hide|list");
}

void add_threads(CLI::App& command, std::size_t& threads) {
    command.add_option("--threads", threads, "Threads (default: one for each core)")
        ->type_name("N");
}

void add_destination(CLI::App& command, std::string& to) {
    command
        .add_option(
            "--to", to, "Send to this DICOM node; AE alone names a [[peer]] of the configuration")
        ->type_name("AE@HOST:PORT");
}

/// `text` is "AE@host:port" or the AE title of a configured peer.
dicom::Result<config::PeerSection> find_peer(const config::Config& config,
                                             const std::string& text) {
    for (const config::PeerSection& peer : config.peers) {
        if (peer.aet == text) {
            return peer;
        }
    }
    return config::parse_peer(text);
}

/// The configuration that a command works with; none, and the mistakes on `err`, when it has any.
std::optional<config::Config> configuration(const ConfigSources& sources, std::ostream& err) {
    auto loaded = load_config(sources);
    if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
        for (const std::string& mistake : refused->mistakes) {
            err << mistake << '\n';
        }
        return std::nullopt;
    }
    return std::get<config::Config>(std::move(loaded));
}

void take(const config::Config& config, DataSetChoice& choice) {
    choice.mapping = config.data_set.mapping;
    choice.selection.list_missing_images =
        config.data_set.missing_images == config::MissingImages::list;
}

/// False, and why on `err`, when `text` names no destination.
bool take(const config::Config& config,
          const std::string& text,
          Destination& destination,
          std::ostream& err) {
    auto peer = find_peer(config, text);
    if (!peer) {
        err << "--to: " << peer.error().doing << '\n';
        return false;
    }
    destination = {.peer = std::move(peer).value(), .calling_ae_title = config.node.aet};
    return true;
}

std::string encodable_transfer_syntaxes() {
    std::string names;
    for (const dicom::TransferSyntax& syntax : dicom::all_transfer_syntaxes()) {
        if (syntax.encodable) {
            names += fmt::format("{}{}", names.empty() ? "" : ", ", syntax.keyword);
        }
    }
    return names;
}

void add_transfer_syntax(CLI::App& command, std::string& uid) {
    command
        .add_option_function<std::string>(
            "--transfer-syntax",
            [&uid](const std::string& name) {
                const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(name);
                if (syntax == nullptr || !syntax->encodable) {
                    throw CLI::ValidationError(
                        "--transfer-syntax",
                        fmt::format("{} is none of {}", name, encodable_transfer_syntaxes()));
                }
                uid = syntax->uid;
            },
            "How to encode: explicit (the default), implicit, deflated, rle, jpeg-lossless, "
            "jpeg-ls; or a keyword or UID")
        ->type_name("NAME");
}

}  // namespace

void add_wrap(CLI::App& program, Chosen& chosen) {
    CLI::App* command =
        program.add_subcommand("wrap", "Write images as DICOM Secondary Capture files (Part 10)");
    const auto given = std::make_shared<Command<WrapOptions>>();
    WrapOptions& options = given->options;
    add_data_set(*command, options.data_set.path);
    command->add_option("IMAGE", options.data_set.selection.images, "Only these, as 00000013_022")
        ->type_name("");
    command->add_option("-o,--output", options.output, "Folder for the files; made when absent")
        ->required()
        ->type_name("DIR");
    add_transfer_syntax(*command, options.transfer_syntax_uid);
    command->add_flag("--dicomdir", options.dicomdir, "Write a DICOMDIR beside them");
    add_selection(*command, options.data_set.selection, *given->sources);
    add_threads(*command, options.threads);
    add_config_file(*command, given->sources);
    command->footer(
        "Examples:\n"
        "  cxrbridge wrap /srv/chestxray14 -o out --patient 00000013\n"
        "  cxrbridge wrap /srv/chestxray14 -o cd --limit 100 --dicomdir --transfer-syntax jpeg-ls\n"
        "  cxrbridge wrap /srv/chestxray14 -o out --set dataset.spacing=pixel 00000013_022\n");
    command->callback([given, &chosen] {
        chosen = [given](std::ostream& out, std::ostream& err) {
            const auto config = configuration(*given->sources, err);
            if (!config) {
                return wrong_usage;
            }
            take(*config, given->options.data_set);
            if (given->options.threads == 0) {
                given->options.threads = config->export_.threads;
            }
            return run_wrap(given->options, out, err);
        };
    });
}

void add_export(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "export", "Write findings and boxes as DICOM Structured Reports, to files or to a node");
    const auto given = std::make_shared<Command<ExportOptions>>();
    ExportOptions& options = given->options;
    add_data_set(*command, options.data_set.path);
    command->add_option("--format", "sr: Structured Reports (TID 1500)")
        ->required()
        ->check(CLI::IsMember({"sr"}))
        ->type_name("sr");
    command->add_option("-o,--output", options.output, "Folder for the files; made when absent")
        ->type_name("DIR");
    add_destination(*command, given->to);
    add_selection(*command, options.data_set.selection, *given->sources);
    add_threads(*command, options.threads);
    add_config_file(*command, given->sources);
    command->footer(
        "Examples:\n"
        "  cxrbridge export /srv/chestxray14 --format sr -o reports --missing-images list\n"
        "  cxrbridge export /srv/chestxray14 --format sr --to ORTHANC@127.0.0.1:4242 --limit 10\n");
    command->callback([given, &chosen] {
        chosen = [given](std::ostream& out, std::ostream& err) {
            const auto config = configuration(*given->sources, err);
            if (!config) {
                return wrong_usage;
            }
            take(*config, given->options.data_set);
            if (given->options.threads == 0) {
                given->options.threads = config->export_.threads;
            }
            if (!given->to.empty() && !take(*config, given->to, given->options.to.emplace(), err)) {
                return wrong_usage;
            }
            return run_export(given->options, out, err);
        };
    });
}

void add_send(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "send", "Push images to a DICOM node by C-STORE, at a rate: a simulated modality");
    const auto given = std::make_shared<Command<SendOptions>>();
    SendOptions& options = given->options;
    add_data_set(*command, options.data_set.path);
    add_destination(*command, given->to);
    command->get_option("--to")->required();
    command->add_option("--rate", options.rate, "Objects a second (default: as fast as it goes)")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    command->add_flag("--reports", options.reports, "Their structured reports, too");
    add_selection(*command, options.data_set.selection, *given->sources);
    add_config_file(*command, given->sources);
    command->footer(
        "Example:\n"
        "  cxrbridge send /srv/chestxray14 --to ORTHANC@127.0.0.1:4242 --limit 60 --rate 2\n");
    command->callback([given, &chosen] {
        chosen = [given](std::ostream& out, std::ostream& err) {
            const auto config = configuration(*given->sources, err);
            if (!config || !take(*config, given->to, given->options.to, err)) {
                return wrong_usage;
            }
            take(*config, given->options.data_set);
            return run_send(given->options, out, err);
        };
    });
}

}  // namespace cxr::bridge::cli
