#pragma once
/// What the commands on a data set have in common: their options, and the configuration that fills
/// what flags do not say.

#include "bridge/cli/commands.hpp"
#include "config_arguments.hpp"
#include "tls_options.hpp"

#include <iosfwd>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace cxr::bridge::cli {

/// A command as it was typed.
template <typename Options>
struct Command {
    Options options;
    std::shared_ptr<ConfigSources> sources = std::make_shared<ConfigSources>();
    std::string to;  ///< as typed
    TlsFlags tls = {};
};

/// DATASET
void add_data_set(CLI::App& command, std::filesystem::path& path);
/// --patient, --split, --finding, --limit, --missing-images: alike in every command.
void add_selection(CLI::App& command, Selection& selection, ConfigSources& sources);
/// --threads
void add_threads(CLI::App& command, std::size_t& threads);
/// --state
void add_state_folder(CLI::App& command, ConfigSources& sources, const char* says);
/// --to, and how it is called by TLS
void add_destination(CLI::App& command, std::string& to, TlsFlags& tls);

/// The configuration that a command works with; none, and the mistakes on `err`, when it has any.
[[nodiscard]] std::optional<config::Config> configuration(const ConfigSources& sources,
                                                          std::ostream& err);
void take(const config::Config& config, DataSetChoice& choice);
/// Threads of the configuration, where none were given.
void take(const config::Config& config, std::size_t& threads);
/// False, and why on `err`, when `text` names no destination, or TLS cannot be spoken to it.
[[nodiscard]] bool take(const config::Config& config,
                        const std::string& text,
                        const TlsFlags& tls,
                        Destination& destination,
                        std::ostream& err);

}  // namespace cxr::bridge::cli
