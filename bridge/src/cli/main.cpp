#include "arguments.hpp"
#include "bridge/cli/commands.hpp"
#include "bridge/daemon/process.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <iostream>

using namespace cxr::bridge;

namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 done; 1 done with findings or failures; 2 wrong usage or configuration, or a\n"
    "start that cannot work. `cxrbridge COMMAND --help` tells a command's options, with "
    "examples.\n";

/// A full disk must not pass for done. A reader that had enough (EPIPE) knows that it left.
int delivered(int exit_code) {
    errno = 0;
    std::cout.flush();
    if (std::cout) {
        return exit_code;
    }
    if (errno != EPIPE) {
        std::cerr << "cxrbridge: cannot write all of the output\n";
    }
    return std::max(exit_code, cli::done_with_findings);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        prepare_process();

        CLI::App program(
            "Serves the NIH ChestX-ray14 data set (PNG and CSV files) as a DICOM node.",
            "cxrbridge");
        program.set_version_flag("--version", version());
        program.require_subcommand(0, 1);
        program.footer(exit_codes);
        program.get_formatter()->column_width(36);

        cli::Chosen chosen;
        cli::add_serve(program, chosen);
        cli::add_verify(program, chosen);
        cli::add_wrap(program, chosen);
        cli::add_export(program, chosen);
        cli::add_import(program, chosen);
        cli::add_send(program, chosen);
        cli::add_conform(program, chosen);
        cli::add_sample(program, chosen);
        cli::add_config(program, chosen);
        cli::add_conformance(program, chosen);
        cli::add_commitments(program, chosen);
        cli::add_queue(program, chosen);

        try {
            program.parse(argc, argv);
        } catch (const CLI::ParseError& stopped) {  // --help and --version come this way, too
            return program.exit(stopped) == 0 ? cli::done : cli::wrong_usage;
        }
        if (!chosen) {
            std::cerr << "a command is missing; cxrbridge --help lists them\n";
            return cli::wrong_usage;
        }
        return delivered(chosen(std::cout, std::cerr));
    } catch (const std::exception& fault) {
        std::cerr << "cxrbridge: " << fault.what() << '\n';
        return cli::wrong_usage;
    }
}
