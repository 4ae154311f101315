#pragma once
/// What `serve` and `config` share: the flags that override the configuration file.

#include "bridge/cli/commands.hpp"

#include <memory>

namespace CLI {
class App;
}

namespace cxr::bridge::cli {

/// --config FILE and --set SECTION.KEY=VALUE: for every command that has a configuration.
void add_config_file(CLI::App& command, const std::shared_ptr<ConfigSources>& sources);
/// Those, and the node's own flags: --dataset, --state, --aet, --port, …
void add_node_flags(CLI::App& command, const std::shared_ptr<ConfigSources>& sources);

}  // namespace cxr::bridge::cli
