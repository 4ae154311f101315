#pragma once
/// The command line's grammar: each add_…() describes one command (its options, help, examples)
/// and, when that command was typed, leaves in `chosen` what is to run.

#include <functional>
#include <iosfwd>

namespace CLI {
class App;
}

namespace cxr::bridge::cli {

using Chosen = std::function<int(std::ostream& out, std::ostream& err)>;

// What talks to another node.
void add_conform(CLI::App& program, Chosen& chosen);
// The daemon and its configuration.
void add_serve(CLI::App& program, Chosen& chosen);
void add_config(CLI::App& program, Chosen& chosen);
void add_conformance(CLI::App& program, Chosen& chosen);
void add_commitments(CLI::App& program, Chosen& chosen);
void add_queue(CLI::App& program, Chosen& chosen);
// What works on a data set and ends.
void add_verify(CLI::App& program, Chosen& chosen);
void add_wrap(CLI::App& program, Chosen& chosen);
void add_export(CLI::App& program, Chosen& chosen);
void add_import(CLI::App& program, Chosen& chosen);
void add_send(CLI::App& program, Chosen& chosen);
void add_sample(CLI::App& program, Chosen& chosen);

}  // namespace cxr::bridge::cli
