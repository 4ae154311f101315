#include "arguments.hpp"
#include "data_set_options.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ostream>

namespace cxr::bridge::cli {

namespace {

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
            "jpeg-ls, jpeg-2000, htj2k, htj2k-rpcl, deflated-frame; or a keyword or UID")
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
    command->add_flag(
        "--dicomdir", options.dicomdir, "Write a DICOMDIR beside them; explicit only");
    add_selection(*command, options.data_set.selection, *given->sources);
    add_threads(*command, options.threads);
    add_config_file(*command, given->sources);
    command->footer(
        "Examples:\n"
        "  cxrbridge wrap /srv/chestxray14 -o out --patient 00000013\n"
        "  cxrbridge wrap /srv/chestxray14 -o cd --limit 100 --dicomdir\n"
        "  cxrbridge wrap /srv/chestxray14 -o small --transfer-syntax jpeg-ls\n"
        "  cxrbridge wrap /srv/chestxray14 -o out --set dataset.spacing=pixel 00000013_022\n");
    command->callback([given, &chosen] {
        chosen = [given](std::ostream& out, std::ostream& err) {
            given->sources->needs_state = false;
            const auto config = configuration(*given->sources, err);
            if (!config) {
                return wrong_usage;
            }
            take(*config, given->options.data_set);
            take(*config, given->options.threads);
            return run_wrap(given->options, out, err);
        };
    });
}

namespace {

struct CommitFlags {
    bool wanted = false;
    SendOptions::Commit options;
};

std::shared_ptr<CommitFlags> add_commit(CLI::App& command, ConfigSources& sources) {
    auto flags = std::make_shared<CommitFlags>();
    command.add_flag("--commit",
                     flags->wanted,
                     "Then ask the node for storage commitment, wait for its report and print each "
                     "object's result; exit 1 unless all are committed");
    command
        .add_option_function<std::int64_t>(
            "--commit-wait",
            [flags](const std::int64_t& given) {
                flags->wanted = true;
                flags->options.wait = std::chrono::seconds(given);
            },
            "Seconds to wait for a report (default 60)")
        ->check(CLI::Range(1, 86'400))
        ->type_name("N");
    command
        .add_option_function<std::uint16_t>(
            "--commit-port",
            [flags](const std::uint16_t& given) {
                flags->wanted = true;
                flags->options.port = given;
            },
            "Where the node reports to: the port that it knows for our AE title (default "
            "node.port; when a running `serve` has it, its state folder is watched)")
        ->check(CLI::Range(1, 65'535))
        ->type_name("N");
    add_state_folder(command, sources, "State folder that the transactions are kept in");
    return flags;
}

}  // namespace

void add_send(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "send", "Push images to a DICOM node by C-STORE, at a rate: a simulated modality");
    const auto given = std::make_shared<Command<SendOptions>>();
    SendOptions& options = given->options;
    add_data_set(*command, options.data_set.path);
    add_destination(*command, given->to, given->tls);
    command->get_option("--to")->required();
    command->add_option("--rate", options.rate, "Objects a second (default: as fast as it goes)")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    command->add_flag("--reports", options.reports, "Their structured reports, too");
    const auto commit = add_commit(*command, *given->sources);
    add_selection(*command, options.data_set.selection, *given->sources);
    add_config_file(*command, given->sources);
    command->footer(
        "Examples:\n"
        "  cxrbridge send /srv/chestxray14 --to ORTHANC@127.0.0.1:4242 --limit 60 --rate 2\n"
        "  cxrbridge send /srv/chestxray14 --to ORTHANC@127.0.0.1:4242 --commit --commit-port "
        "11113\n"
        "  cxrbridge send /srv/chestxray14 --to PACS@pacs:2762 --tls --ca ca.pem \\\n"
        "      --certificate node.pem --key node.key\n");
    command->callback([given, commit, &chosen] {
        chosen = [given, commit](std::ostream& out, std::ostream& err) {
            given->sources->needs_state = commit->wanted;
            const auto config = configuration(*given->sources, err);
            if (!config || !take(*config, given->to, given->tls, given->options.to, err)) {
                return wrong_usage;
            }
            take(*config, given->options.data_set);
            if (commit->wanted) {
                given->options.commit = commit->options;
                given->options.commit->config = *config;
            }
            return run_send(given->options, out, err);
        };
    });
}

}  // namespace cxr::bridge::cli
