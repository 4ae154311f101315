#include "arguments.hpp"
#include "bridge/cli/commands.hpp"
#include "data_set_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace cxr::bridge::cli {

void add_verify(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "verify", "Audit a data set against its lists and the published counts; exit 1 if wrong");
    const auto options = std::make_shared<VerifyOptions>();
    add_data_set(*command, options->data_set);
    command->add_flag("--deep", options->deep, "Decode every PNG, too");
    command->add_flag("--json", options->json, "Print one JSON object instead of tables");
    add_threads(*command, options->threads);
    command->footer(
        "Examples:\n"
        "  cxrbridge verify /srv/chestxray14\n"
        "  cxrbridge verify /srv/chestxray14 --deep --json > audit.json\n");
    command->callback([options, &chosen] {
        chosen = [options](auto& out, auto& err) { return run_verify(*options, out, err); };
    });
}

void add_sample(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "sample", "Write a synthetic data set in ChestX-ray14's shape, with phantom radiographs");
    const auto options = std::make_shared<SampleOptions>();
    command->add_option("-o,--output", options->output, "Folder to write; made when absent")
        ->required()
        ->type_name("DIR");
    command->add_option("--patients", options->patients, "Patients (default 20)")
        ->check(CLI::Range(1, 99'999))
        ->type_name("N");
    command->add_option("--seed", options->seed, "Same seed, same data set (default 1)")
        ->type_name("N");
    add_threads(*command, options->threads);
    command->footer("Example:\n  cxrbridge sample -o sample --patients 20 --seed 7\n");
    command->callback([options, &chosen] {
        chosen = [options](auto& out, auto& err) { return run_sample(*options, out, err); };
    });
}

}  // namespace cxr::bridge::cli
