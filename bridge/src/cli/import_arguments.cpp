#include "arguments.hpp"
#include "bridge/cli/commands.hpp"
#include "bridge/daemon/composition.hpp"
#include "config_arguments.hpp"
#include "data_set_options.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <ostream>

namespace cxr::bridge::cli {
namespace {

struct ImportCommand {
    ImportOptions options;
    std::shared_ptr<ConfigSources> sources = std::make_shared<ConfigSources>();
};

ImportFormat format_of(const std::string& name) {
    static const std::map<std::string_view, ImportFormat> formats{{"csv", ImportFormat::csv},
                                                                  {"labels", ImportFormat::labels},
                                                                  {"json", ImportFormat::json},
                                                                  {"coco", ImportFormat::coco}};
    const auto found = formats.find(name);
    if (found == formats.end()) {
        throw CLI::ValidationError("--format", name + " is none of csv, labels, json, coco");
    }
    return found->second;
}

void add_key_flag(CLI::App& command,
                  const std::shared_ptr<ImportCommand>& given,
                  const char* flag,
                  std::pair<const char*, const char*> setting,
                  const char* says) {
    command.add_flag_callback(
        flag,
        [given, setting] { given->sources->settings.emplace_back(setting.first, setting.second); },
        says);
}

int run(ImportCommand& given, std::ostream& out, std::ostream& err) {
    given.sources->needs_state = false;
    auto loaded = load_config(*given.sources);
    if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
        for (const std::string& mistake : refused->mistakes) {
            err << mistake << '\n';
        }
        return wrong_usage;
    }
    const config::Config& config = std::get<config::Config>(loaded);
    ImportOptions& options = given.options;
    options.mapping = config.data_set.mapping;
    options.reading = report_reading(config);
    if (options.threads == 0) {
        options.threads = config.export_.threads;
    }
    return run_import(options, out, err);
}

}  // namespace

void add_import(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "import", "Read structured reports, ours or a viewer's, back into flat annotations");
    const auto given = std::make_shared<ImportCommand>();
    ImportOptions& options = given->options;
    command->add_option("REPORT", options.reports, "DICOM files, or folders of them")
        ->required()
        ->type_name("");
    command
        ->add_option_function<std::string>(
            "--format",
            [&options](const std::string& name) { options.format = format_of(name); },
            "csv: boxes as BBox_List_2017.csv has them; labels: images and their label "
            "string as in Data_Entry; json: everything, also labels that are none of "
            "ours; coco: boxes for detection tools")
        ->required()
        ->type_name("csv|labels|json|coco");
    command->add_option("-o,--output", options.output, "File to write")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--dataset",
                     options.data_set,
                     "Folder that holds the CSV files: images are looked up in it, rows keep its "
                     "order, and boxes that nobody moved its digits")
        ->type_name("DIR");
    add_key_flag(*command,
                 given,
                 "--bounding-boxes",
                 {"import.nonrect", "bbox"},
                 "Take circles, ellipses and other polygons by the box around them");
    add_key_flag(*command,
                 given,
                 "--strict",
                 {"import.strict", "true"},
                 "Refuse documents that are not COMPLETE");
    add_threads(*command, options.threads);
    add_config_file(*command, given->sources);
    command->footer(
        "What is not taken is told on stderr with file, place and reason; the rest is written and "
        "the exit code is 1.\n"
        "Without --dataset an image is known by its derived UID.\n"
        "Examples:\n"
        "  cxrbridge import reports/ --format csv -o boxes.csv --dataset /srv/chestxray14\n"
        "  cxrbridge import saved-by-viewer.dcm --format json -o saved.json --bounding-boxes\n");
    command->callback([given, &chosen] {
        chosen = [given](std::ostream& out, std::ostream& err) { return run(*given, out, err); };
    });
}

}  // namespace cxr::bridge::cli
