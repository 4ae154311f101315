#pragma once
/// `cxrbridge serve` on a free port, over a synthetic data set, beside the test.

#include "support/folders.hpp"
#include "support/process.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cxr::test {

/// The program under test.
[[nodiscard]] std::string cxrbridge();

/// A small synthetic data set (`cxrbridge sample`), made once for the whole test program.
[[nodiscard]] const std::filesystem::path& sample();

/// One row of a Data_Entry table, as far as tests compare with it.
struct SampleRow {
    std::string image_index, finding_labels, patient_id, view_position;
};
[[nodiscard]] std::vector<SampleRow> sample_rows(const std::filesystem::path& data_set);
/// Image indexes that the BBox table names.
[[nodiscard]] std::vector<std::string> boxed_images(const std::filesystem::path& data_set);

struct Destination {
    std::string ae_title;
    std::uint16_t port;
};

class RunningBridge {
public:
    explicit RunningBridge(std::vector<Destination> destinations = {},
                           const std::filesystem::path& data_set = sample(),
                           std::string further_configuration = {});

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::filesystem::path& data_set() const { return data_set_; }
    [[nodiscard]] std::filesystem::path state() const { return folder_ / "state"; }
    [[nodiscard]] std::string ready_line() const { return ready_line_; }
    [[nodiscard]] Server& server() { return *server_; }
    void write_configuration(const std::vector<Destination>& destinations,
                             const std::string& further_configuration);
    /// Starts it (again) on the same state folder.
    void start();
    /// The arguments that DCMTK's clients end with: calling and called AE title, address, port.
    [[nodiscard]] std::vector<std::string> dcmtk_peer(const std::string& calling = "TESTER") const;

private:
    TemporaryFolder folder_;
    std::filesystem::path data_set_;
    std::unique_ptr<Server> server_;
    std::string ready_line_;
    std::uint16_t port_ = 0;
};

/// DCMTK's storescp, writing what arrives into a folder of its own.
class StoreSCP {
public:
    explicit StoreSCP(std::vector<std::string> options = {});
    [[nodiscard]] Destination destination() const {
        return {.ae_title = "STORESCP", .port = port_};
    }
    [[nodiscard]] std::vector<std::filesystem::path> files() const;
    [[nodiscard]] Server& server() { return *server_; }

private:
    TemporaryFolder folder_;
    std::uint16_t port_;
    std::unique_ptr<Server> server_;
};

/// `first` and then `rest`: a command line.
[[nodiscard]] std::vector<std::string> operator+(std::vector<std::string> first,
                                                 const std::vector<std::string>& rest);

/// The values of an attribute in the text that DCMTK's tools print, "(0020,000d) UI [1.2.3]".
[[nodiscard]] std::vector<std::string> values_of(const std::string& dump, const std::string& tag);

/// Lines of `text` that begin with `prefix`.
[[nodiscard]] std::vector<std::string> lines_with_prefix(const std::string& text,
                                                         const std::string& prefix);

/// Regular files below a folder, sorted.
[[nodiscard]] std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);

/// `findscu` in the Study Root model with the given keys; what it printed.
[[nodiscard]] Finished find(const RunningBridge& bridge,
                            const std::vector<std::string>& keys,
                            const std::string& model = "-S");

/// dciodvfy's lines that begin with Error: none for a valid object.
[[nodiscard]] std::vector<std::string> iod_errors(const std::filesystem::path& file);

}  // namespace cxr::test
