#include "arguments.hpp"
#include "bridge/daemon/composition.hpp"
#include "data_set_options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>

namespace cxr::bridge::cli {
namespace {

void add_formats(CLI::App& command, std::vector<ExportFormat>& formats) {
    command
        .add_option_function<std::vector<std::string>>(
            "--format",
            [&formats](const std::vector<std::string>& names) {
                for (const std::string& name : names) {
                    const auto format = export_format_of(name);
                    if (!format) {
                        throw CLI::ValidationError("--format",
                                                   name + " is none of " + export_format_names());
                    }
                    if (std::ranges::find(formats, *format) == formats.end()) {
                        formats.push_back(*format);
                    }
                }
            },
            "What to write (repeatable): sr, gsps, kos (DICOM); csv, json, coco, fhir; html")
        ->required()
        ->type_name("NAME")
        ->allow_extra_args(false);
}

constexpr const char* footer =
    "Formats:\n"
    "  sr    Structured Reports (TID 1500): labels of every image, boxes of the boxed ones\n"
    "  gsps  Grayscale Softcopy Presentation States: the boxes, for viewers without reports\n"
    "  kos   Key Object Selections: which images have boxes\n"
    "  csv   the data set's own two layouts: BBox_List_2017.csv, Finding_Labels.csv\n"
    "  json  one annotation a line, as docs/annotations.schema.json says\n"
    "  coco  boxes for detection tools\n"
    "  fhir  an R4 bundle an image: Patient, ImagingStudy, DiagnosticReport, Observation\n"
    "  html  a page an image, with the boxes drawn, and an index to search\n"
    "What further sources ([[annotations]] of --config) and reports received by a node (--state) "
    "say "
    "is in\nevery format beside the data set's own, under the observer's name.\n"
    "A run that was interrupted is simply started again: it leaves out what is there already, and "
    "with\n"
    "--to what the node has taken, as noted in the state folder (state.path). No PNG is needed but "
    "for html's "
    "pictures:\n"
    "--missing-images list exports what is known of absent ones, too.\n"
    "Examples:\n"
    "  cxrbridge export /srv/chestxray14 --format sr --format gsps -o out --missing-images list\n"
    "  cxrbridge export /srv/chestxray14 --format sr --to ORTHANC@127.0.0.1:4242 --limit 10\n"
    "  cxrbridge export /srv/chestxray14 --format coco -o coco --split test --finding Mass\n"
    "  cxrbridge export /srv/chestxray14 --format html -o pages --patient 00013118\n"
    "  cxrbridge export /srv/chestxray14 --format json -o all --state /var/lib/cxrbridge\n";

struct ExportCommand : Command<ExportOptions> {
    std::string state;
};

}  // namespace

void add_export(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "export", "Write findings and boxes as DICOM documents, flat files, FHIR or pages");
    const auto given = std::make_shared<ExportCommand>();
    ExportOptions& options = given->options;
    options.formats.clear();
    add_data_set(*command, options.data_set.path);
    add_formats(*command, options.formats);
    command->add_option("-o,--output", options.output, "Folder for the files; made when absent")
        ->type_name("DIR");
    add_destination(*command, given->to, given->tls);
    command
        ->add_option(
            "--attempts",
            options.attempts,
            "Attempts in a row at a node that is not there or has no room: 1 s apart, then "
            "2 s, … at most 30 s (default 8)")
        ->check(CLI::Range(1, 100'000))
        ->type_name("N");
    add_selection(*command, options.data_set.selection, *given->sources);
    command
        ->add_option(
            "--state",
            given->state,
            "A node's state folder: its documents' earlier revisions, and reports that were "
            "sent to it, are exported with -o, too")
        ->type_name("DIR");
    add_threads(*command, options.threads);
    add_config_file(*command, given->sources);
    command->footer(footer);
    command->callback([given, &chosen] {
        chosen = [given](std::ostream& out, std::ostream& err) {
            if (!given->state.empty()) {
                given->sources->settings.emplace_back("state.path", given->state);
            }
            given->sources->needs_state = !given->to.empty();
            const auto config = configuration(*given->sources, err);
            if (!config) {
                return wrong_usage;
            }
            take(*config, given->options.data_set);
            take(*config, given->options.threads);
            if (!given->state.empty()) {
                given->options.state = catalogue_settings(*config);
                given->options.reading = report_reading(*config);
            }
            given->options.deliveries = queue_file(*config);
            if (!given->to.empty() &&
                !take(*config, given->to, given->tls, given->options.to.emplace(), err)) {
                return wrong_usage;
            }
            return run_export(given->options, out, err);
        };
    });
}

}  // namespace cxr::bridge::cli
