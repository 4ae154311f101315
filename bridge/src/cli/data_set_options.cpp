#include "data_set_options.hpp"

#include "bridge/daemon/composition.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace cxr::bridge::cli {
namespace {

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

/// `text` is "AE@host:port" or the AE title of a configured peer; with the AE title of one, its TLS
/// and user hold for another host and port, too.
dicom::Result<config::PeerSection> find_peer(const config::Config& config,
                                             const std::string& text) {
    for (const config::PeerSection& peer : config.peers) {
        if (peer.aet == text) {
            return peer;
        }
    }
    auto peer = config::parse_peer(text);
    for (const config::PeerSection& known : config.peers) {
        if (peer && known.aet == peer->aet) {
            const config::PeerSection typed = *peer;
            *peer = known;
            peer->host = typed.host;
            peer->port = typed.port;
        }
    }
    return peer;
}

}  // namespace

void add_data_set(CLI::App& command, std::filesystem::path& path) {
    command.add_option("DATASET", path, "Folder that holds the CSV files")
        ->required()
        ->type_name("");
}

void add_selection(CLI::App& command, Selection& selection, ConfigSources& sources) {
    command.add_option("--patient", selection.patients, "Images of this patient ID (repeatable)")
        ->type_name("ID")
        ->allow_extra_args(false);
    command
        .add_option(
            "--split",
            selection.splits,
            "Images of this split list: train_val and test, or any NAME_list.txt of the folder, as "
            "split_by_image/val (repeatable)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_findings(command, selection.findings);
    command.add_option("--limit", selection.limit, "At most so many images")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}).description(""))
        ->type_name("N");
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
        ->check(CLI::Range(std::size_t{0}, std::size_t{1'024}).description(""))
        ->type_name("N");
}

void add_state_folder(CLI::App& command, ConfigSources& sources, const char* says) {
    command
        .add_option_function<std::string>(
            "--state",
            [&sources](const std::string& folder) {
                sources.settings.emplace_back("state.path", folder);
            },
            std::string(says) + " (default ~/.local/state/cxrbridge)")
        ->type_name("DIR");
}

void add_destination(CLI::App& command, std::string& to, TlsFlags& tls) {
    command
        .add_option(
            "--to", to, "Send to this DICOM node; AE alone names a [[peer]] of the configuration")
        ->type_name("AE@HOST:PORT");
    add_tls(command, tls);
}

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
    choice.annotations = annotation_files(config);
    choice.selection.list_missing_images =
        config.data_set.missing_images == config::MissingImages::list;
}

void take(const config::Config& config, std::size_t& threads) {
    if (threads == 0) {
        threads = config.export_.threads;
    }
}

bool take(const config::Config& config,
          const std::string& text,
          const TlsFlags& tls,
          Destination& destination,
          std::ostream& err) {
    auto peer = find_peer(config, text);
    if (!peer) {
        err << "--to: " << peer.error().doing << '\n';
        return false;
    }
    config::Config with_peer = config;
    with_peer.peers = {*peer};
    with_peer.tls.enabled = false;  // nobody is listened to
    take(tls, with_peer);
    if (const auto found = config::contradictions(with_peer); !found.empty()) {
        err << found.front() << '\n';
        return false;
    }
    auto access = access_policy(with_peer);
    if (!access) {
        err << access.error().doing << '\n';
        return false;
    }
    destination = {.peer = (*access)->peers.at(peer->aet),
                   .access = *access,
                   .calling_ae_title = config.node.aet};
    return true;
}

}  // namespace cxr::bridge::cli
