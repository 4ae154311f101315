#pragma once
/// Orthanc on free ports beside the test, driven by its REST interface.

#include "interop/running_bridge.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace cxr::test {

class Orthanc {
public:
    /// @param plugin a shared library; empty: none @param further members of its configuration
    explicit Orthanc(const std::string& plugin = "", const std::string& further = "")
        : dicom_port_(free_port()), http_port_(free_port()) {
        server_ = std::make_unique<Server>(
            std::vector<std::string>{"Orthanc", write_configuration(plugin, further).string()});
        wait_for_port(http_port_);
    }

    [[nodiscard]] Destination destination() const {
        return {.ae_title = "ORTHANC", .port = dicom_port_};
    }

    /// Its configuration names the node only once the node's port is known: by REST.
    void knows(const RunningBridge& bridge) const {
        BOOST_REQUIRE(request("PUT",
                              "/modalities/bridge",
                              fmt::format(R"(["CXRBRIDGE", "127.0.0.1", {}])", bridge.port()))
                          .exit_code == 0);
    }

    [[nodiscard]] Finished request(const std::string& method,
                                   const std::string& path,
                                   const std::string& body = "") const {
        std::vector<std::string> command{"curl",
                                         "-sS",
                                         "--fail-with-body",
                                         "-X",
                                         method,
                                         fmt::format("http://127.0.0.1:{}{}", http_port_, path)};
        if (!body.empty()) {
            command.insert(command.end(), {"--data-binary", body});
        }
        return run(command);
    }
    [[nodiscard]] std::string get(const std::string& path) const {
        return request("GET", path).output;
    }

    /// Downloads to a file.
    void download(const std::string& path, const std::filesystem::path& file) const {
        BOOST_REQUIRE(run({"curl",
                           "-sS",
                           "-f",
                           "-o",
                           file.string(),
                           fmt::format("http://127.0.0.1:{}{}", http_port_, path)})
                          .exit_code == 0);
    }

private:
    std::filesystem::path write_configuration(const std::string& plugin,
                                              const std::string& further) const {
        const std::filesystem::path path = folder_ / "orthanc.json";
        std::ofstream file(path);
        file << fmt::format(
            R"({{"Name": "witness", "StorageDirectory": "{0}", "IndexDirectory": "{0}", "DicomAet": "ORTHANC",
                "DicomPort": {1}, "HttpPort": {2}, "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
                "DicomAlwaysAllowStore": true, "DicomAlwaysAllowEcho": true, "Plugins": [{4}], "ConcurrentJobs": {3}{5}}})",
            (folder_ / "storage").string(),
            dicom_port_,
            http_port_,
            2,
            plugin.empty() ? "" : "\"" + plugin + "\"",
            further.empty() ? "" : ", " + further);
        return path;
    }

    TemporaryFolder folder_;
    std::uint16_t dicom_port_, http_port_;
    std::unique_ptr<Server> server_;
};

/// The string that follows "key" : in a JSON text; the first one.
inline std::string json_string(const std::string& json, const std::string& key) {
    std::size_t at = json.find("\"" + key + "\"");
    BOOST_REQUIRE(at != std::string::npos);
    at = json.find('"', json.find(':', at)) + 1;
    return json.substr(at, json.find('"', at) - at);
}

}  // namespace cxr::test
