#include "interop/running_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>

namespace cxr::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> fields;
    std::istringstream stream(line);
    std::string field;
    while (std::getline(stream, field, separator)) {
        fields.push_back(field);
    }
    return fields;
}

std::vector<std::vector<std::string>> rows_of(const fs::path& table) {
    std::ifstream file(table);
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        rows.push_back(split(line, ','));
    }
    return rows;
}

}  // namespace

std::string cxrbridge() {
    return CXRBRIDGE_PROGRAM;
}

const fs::path& sample() {
    static const TemporaryFolder folder;
    static const fs::path path = [] {
        const Finished made =
            run({cxrbridge(), "sample", "-o", (folder / "sample").string(), "--patients", "6"});
        if (made.exit_code != 0) {
            throw std::runtime_error("cxrbridge sample failed: " + made.errors);
        }
        return folder / "sample";
    }();
    return path;
}

std::vector<SampleRow> sample_rows(const fs::path& data_set) {
    std::vector<SampleRow> rows;
    for (const auto& fields : rows_of(data_set / "Data_Entry_2017_v2020.csv")) {
        rows.push_back({.image_index = fields.at(0),
                        .finding_labels = fields.at(1),
                        .patient_id = fields.at(0).substr(0, 8),
                        .view_position = fields.at(6)});
    }
    return rows;
}

std::vector<std::string> boxed_images(const fs::path& data_set) {
    std::set<std::string> images;
    for (const auto& fields : rows_of(data_set / "BBox_List_2017.csv")) {
        images.insert(fields.at(0));
    }
    return {images.begin(), images.end()};
}

RunningBridge::RunningBridge(std::vector<Destination> destinations,
                             const fs::path& data_set,
                             std::string further_configuration)
    : data_set_(data_set) {
    write_configuration(destinations, further_configuration);
    start();
}

void RunningBridge::write_configuration(const std::vector<Destination>& destinations,
                                        const std::string& further_configuration) {
    std::ofstream file(folder_ / "cxrbridge.toml");
    for (const Destination& destination : destinations) {
        file << fmt::format("[[peer]]\naet = \"{}\"\nhost = \"127.0.0.1\"\nport = {}\n\n",
                            destination.ae_title,
                            destination.port);
    }
    file << further_configuration;
}

void RunningBridge::start() {
    server_ =
        std::make_unique<Server>(std::vector<std::string>{cxrbridge(),
                                                          "serve",
                                                          "--config",
                                                          (folder_ / "cxrbridge.toml").string(),
                                                          "--dataset",
                                                          data_set_.string(),
                                                          "--state",
                                                          state().string(),
                                                          "--port",
                                                          "0"});
    ready_line_ = server_->wait_for_line("ready: ");
    const std::string address = "127.0.0.1:";
    port_ = static_cast<std::uint16_t>(
        std::stoul(ready_line_.substr(ready_line_.find(address) + address.size())));
}

std::vector<std::string> RunningBridge::dcmtk_peer(const std::string& calling) const {
    return {"-aet", calling, "-aec", "CXRBRIDGE", "127.0.0.1", std::to_string(port_)};
}

StoreSCP::StoreSCP(std::vector<std::string> options) : port_(free_port()) {
    server_ = std::make_unique<Server>(
        std::vector<std::string>{"storescp", "-od", folder_.path().string()} + options +
        std::vector<std::string>{std::to_string(port_)});
    wait_for_port(port_);
}

std::vector<fs::path> StoreSCP::files() const {
    return files_below(folder_.path());
}

std::vector<std::string> operator+(std::vector<std::string> first,
                                   const std::vector<std::string>& rest) {
    first.insert(first.end(), rest.begin(), rest.end());
    return first;
}

std::vector<std::string> values_of(const std::string& dump, const std::string& tag) {
    std::vector<std::string> values;
    std::istringstream lines(dump);
    std::string line;
    while (std::getline(lines, line)) {
        const std::size_t begin = line.find("(" + tag + ")");
        if (begin == std::string::npos) {
            continue;
        }
        const std::size_t open = line.find('[', begin);
        const std::size_t close = line.rfind(']');
        values.push_back(open == std::string::npos ? "" : line.substr(open + 1, close - open - 1));
        while (!values.back().empty() &&
               (values.back().back() == ' ' || values.back().back() == '\0')) {
            values.back().pop_back();
        }
    }
    return values;
}

std::vector<std::string> lines_with_prefix(const std::string& text, const std::string& prefix) {
    std::vector<std::string> found;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        if (line.rfind(prefix, 0) == 0) {
            found.push_back(line);
        }
    }
    return found;
}

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

Finished find(const RunningBridge& bridge,
              const std::vector<std::string>& keys,
              const std::string& model) {
    std::vector<std::string> command{"findscu", model};
    for (const std::string& key : keys) {
        command.insert(command.end(), {"-k", key});
    }
    return run(command + bridge.dcmtk_peer());
}

std::vector<std::string> iod_errors(const fs::path& file) {
    return lines_with_prefix(run({"dciodvfy", file.string()}).errors, "Error");
}

}  // namespace cxr::test
