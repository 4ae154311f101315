#include "bridge/cli/commands.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/report/code_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <sstream>

namespace cxr::bridge::cli {

namespace {

/// Of a folder list such as $STATE_DIRECTORY, the first; empty when unset or relative.
std::filesystem::path absolute_folder_from(const char* variable) {
    const char* value = std::getenv(variable);
    const std::string text = value == nullptr ? "" : value;
    const std::filesystem::path path = text.substr(0, text.find(':'));
    return path.is_absolute() ? path : std::filesystem::path();
}

using Loaded = std::variant<config::Config, config::ConfigMistakes>;

std::optional<std::string> text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return !file || std::filesystem::is_directory(path) ? std::nullopt : std::optional(text.str());
}

std::string cannot_read(const std::filesystem::path& path) {
    return fmt::format("{}: cannot read it", path.string());
}

Loaded read_file(const std::filesystem::path& path) {
    const auto text = text_of(path);
    return text ? config::parse_config(*text, path.string())
                : Loaded(config::ConfigMistakes{{cannot_read(path)}});
}

/// The options of reports, with the table that they name: part of what objects are functions of.
void read_code_table(config::Config& config, std::vector<std::string>& mistakes) {
    dicom::ReportOptions& options = config.data_set.mapping.reports;
    options = config.reports.options;
    const std::filesystem::path& path = config.reports.codes;
    if (path.empty()) {
        return;
    }
    const auto text = text_of(path);
    if (!text) {
        mistakes.push_back("reports.codes: " + cannot_read(path));
        return;
    }
    auto table = dicom::CodeTable::parse(*text, path.string());
    if (!table) {
        mistakes.push_back(table.error().doing);
        return;
    }
    options.codes = std::make_shared<const dicom::CodeTable>(*std::move(table));
}

void apply_flags(const ConfigSources& sources,
                 config::Config& config,
                 std::vector<std::string>& mistakes) {
    for (const auto& [name, value] : sources.settings) {
        if (auto set = config::set_key(config, name, value); !set) {
            mistakes.push_back(set.error().doing);
        }
    }
    for (const std::string& text : sources.peers) {
        auto peer = config::parse_peer(text);
        if (!peer) {
            mistakes.push_back(peer.error().doing);
            continue;
        }
        std::erase_if(config.peers, [&](const auto& other) { return other.aet == peer->aet; });
        config.peers.push_back(*peer);
    }
}

void print(const config::ConfigMistakes& refused, std::ostream& err) {
    for (const std::string& mistake : refused.mistakes) {
        err << mistake << '\n';
    }
}

}  // namespace

std::filesystem::path default_state_folder() {
    if (auto systemd = absolute_folder_from("STATE_DIRECTORY"); !systemd.empty()) {
        return systemd;
    }
    if (auto xdg = absolute_folder_from("XDG_STATE_HOME"); !xdg.empty()) {
        return xdg / "cxrbridge";
    }
    auto home = absolute_folder_from("HOME");
    return home.empty() ? home : home / ".local/state/cxrbridge";
}

Loaded load_config(const ConfigSources& sources) {
    Loaded loaded = sources.file ? read_file(*sources.file) : Loaded(config::Config{});
    auto* config = std::get_if<config::Config>(&loaded);
    if (config == nullptr) {
        return loaded;
    }
    std::vector<std::string> mistakes;
    apply_flags(sources, *config, mistakes);
    if (config->state.path.empty()) {
        config->state.path = default_state_folder();
    }
    if (config->state.path.empty() && sources.needs_state) {
        mistakes.emplace_back("state.path: there is no home folder to keep state in; give --state");
    }
    read_code_table(*config, mistakes);
    for (std::string& contradiction : config::contradictions(*config)) {
        mistakes.push_back(std::move(contradiction));
    }
    return mistakes.empty() ? loaded : Loaded(config::ConfigMistakes{std::move(mistakes)});
}

int run_config_check(const ConfigSources& sources, std::ostream& out, std::ostream& err) {
    const Loaded loaded = load_config(sources);
    if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
        print(*refused, err);
        return wrong_usage;
    }
    out << (sources.file ? sources.file->string() : std::string("the defaults"))
        << ": no mistakes\n";
    return done;
}

int run_config_show(const ConfigSources& sources, std::ostream& out, std::ostream& err) {
    const Loaded loaded = load_config(sources);
    if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
        print(*refused, err);
        return wrong_usage;
    }
    out << config::show(std::get<config::Config>(loaded));
    return done;
}

int run_conformance(const ConformanceOptions& options, std::ostream& out, std::ostream& err) {
    const Loaded loaded = load_config(options.sources);
    if (const auto* refused = std::get_if<config::ConfigMistakes>(&loaded)) {
        print(*refused, err);
        return wrong_usage;
    }
    dicom::initialise_dcmtk();
    out << conformance_statement(std::get<config::Config>(loaded), options.format);
    return done;
}

}  // namespace cxr::bridge::cli
