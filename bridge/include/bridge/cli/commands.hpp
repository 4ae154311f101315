#pragma once
/// The commands as functions: options in, text out, exit code back. main() only fills the options;
/// tests and other commands call the same functions.
/// `out` is what the command is for (a table, JSON, paths), `err` what went wrong, one line each.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/conform/report.hpp"
#include "bridge/data_set/annotation_files.hpp"
#include "bridge/data_set/folder.hpp"
#include "bridge/import/statement_file.hpp"
#include "bridge/statement/statement.hpp"
#include "config/schema.hpp"
#include "dicom/mapping/options.hpp"
#include "dicom/report/report_reader.hpp"
#include "storescp/association/settings.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cxr::bridge::cli {

/// Exit codes, the same for every command.
inline constexpr int done = 0;
inline constexpr int done_with_findings = 1;  ///< or with failures
inline constexpr int wrong_usage = 2;  ///< or wrong configuration, or a start that cannot work

/// The folder that holds the CSV files, how it is mapped and which of its images are meant.
struct DataSetChoice {
    std::filesystem::path path;
    dicom::MappingOptions mapping;
    Selection selection;
    std::vector<AnnotationFile> annotations;  ///< further sources
};
/// The folder with the further sources' annotations; nothing, and why on `err`, when it cannot be
/// read. Annotations that cannot be taken are told on `err`, too.
[[nodiscard]] std::optional<DataSetFolder> read(const DataSetChoice& choice, std::ostream& err);

/// Where to send to, and as whom.
struct Destination {
    storescp::Peer peer;
    std::shared_ptr<const storescp::AccessPolicy> access;
    std::string calling_ae_title = "CXRBRIDGE";
};

/// verify DATASET [--deep] [--json]
struct VerifyOptions {
    std::filesystem::path data_set;
    bool deep = false;  ///< decodes every PNG
    bool json = false;
    std::size_t threads = 0;  ///< 0: as many as cores
};
/// done_with_findings when something is wrong with the data set; wrong_usage when it cannot be
/// read.
[[nodiscard]] int run_verify(const VerifyOptions& options, std::ostream& out, std::ostream& err);

/// wrap DATASET -o DIR [IMAGE…] [--transfer-syntax NAME] [--dicomdir]
struct WrapOptions {
    DataSetChoice data_set;
    std::filesystem::path output;
    std::string transfer_syntax_uid = "1.2.840.10008.1.2.1";
    bool dicomdir = false;
    std::size_t threads = 0;  ///< 0: as many as cores
};
/// done_with_findings when an image could not be wrapped; the others are.
[[nodiscard]] int run_wrap(const WrapOptions& options, std::ostream& out, std::ostream& err);

enum class ExportFormat : std::uint8_t { sr, gsps, kos, csv, json, coco, fhir, html };
[[nodiscard]] std::optional<ExportFormat> export_format_of(std::string_view name);
[[nodiscard]] std::string export_format_names();  ///< "sr, gsps, …"

/// export DATASET --format NAME… [-o DIR] [--to AE@host:port]
struct ExportOptions {
    DataSetChoice data_set;
    std::vector<ExportFormat> formats{ExportFormat::sr};
    std::optional<std::filesystem::path> output;  ///< at least one of output and to
    std::optional<Destination> to;
    unsigned attempts = 8;             ///< in a row and in vain to deliver something
    std::filesystem::path deliveries;  ///< what is delivered is noted there until all is
    std::size_t threads = 0;           ///< 0: as many as cores
    /// A node's state: revisions of its reports, and reports that others sent to it. Its catalogue
    /// is brought up to date first, unless the node itself is running.
    std::optional<CatalogueSettings> state = std::nullopt;
    dicom::ReportReadingOptions reading = {};  ///< of the reports that were sent
};
[[nodiscard]] int run_export(const ExportOptions& options, std::ostream& out, std::ostream& err);

/// import REPORT… --format csv|labels|json|coco -o FILE [--dataset DIR]
struct ImportOptions {
    std::vector<std::filesystem::path> reports;  ///< files, or folders of them
    ImportFormat format = ImportFormat::csv;
    std::filesystem::path output;
    std::optional<std::filesystem::path> data_set;
    dicom::MappingOptions mapping;
    dicom::ReportReadingOptions reading;
    std::size_t threads = 0;  ///< 0: as many as cores
};
/// done_with_findings when something could not be taken; the rest is written.
[[nodiscard]] int run_import(const ImportOptions& options, std::ostream& out, std::ostream& err);

/// send DATASET --to AE@host:port [--rate N] [--reports]
struct SendOptions {
    DataSetChoice data_set;
    Destination to;
    double rate = 0;       ///< objects a second; 0: as fast as the peer takes them
    bool reports = false;  ///< their structured reports, too
    /// --commit: asks the peer to commit to what it stored. The ledger is in the configuration's
    /// state folder.
    struct Commit {
        config::Config config;
        std::chrono::seconds wait{60};
        std::optional<std::uint16_t> port;  ///< where the peer's report is waited for
    };
    std::optional<Commit> commit;
};
[[nodiscard]] int run_send(const SendOptions& options, std::ostream& out, std::ostream& err);

/// conform AE@host:port [--only ID,…] [--store] [--move-destination AE:PORT] …; conform --list
struct ConformOptions {
    std::optional<config::PeerSection> peer;  ///< needed unless `list`
    bool list = false;
    std::vector<std::string> only;  ///< "A1", "F*"; empty: all
    ReportFormat format = ReportFormat::text;
    std::optional<std::filesystem::path> output;
    bool store = false;
    std::string calling_ae_title = "CXRCONFORM";
    std::optional<storescp::conformance::OwnListener> move_destination;
    std::optional<storescp::conformance::ExaminerTls> tls;  ///< unset: plain
    std::chrono::milliseconds timeout{5'000};
    std::chrono::milliseconds wait{35'000};
};
/// done_with_findings when a case failed; wrong_usage when the peer cannot be examined at all.
[[nodiscard]] int run_conform(const ConformOptions& options, std::ostream& out, std::ostream& err);

/// commitments [--state DIR] [--json] [--retry UID]
struct CommitmentsOptions {
    config::Config config;
    bool json = false;
    std::vector<std::string> retry;  ///< dead transactions that are owed again
};
/// done_with_findings when there are dead ones. Works beside a running daemon.
[[nodiscard]] int run_commitments(const CommitmentsOptions& options,
                                  std::ostream& out,
                                  std::ostream& err);

/// queue [--verbose] [--json]; queue retry|drop DESTINATION|--all [--object UID]
struct QueueOptions {
    enum class Change : std::uint8_t { none, retry, drop };
    config::Config config;
    Change change = Change::none;
    bool verbose = false;
    bool json = false;
    std::string destination;           ///< of a change; empty: every one
    std::vector<std::string> objects;  ///< of a change; empty: all
};
/// done_with_findings when something needs a person. Works beside a running daemon.
[[nodiscard]] int run_queue(const QueueOptions& options, std::ostream& out, std::ostream& err);

/// sample -o DIR [--patients N] [--seed N]
struct SampleOptions {
    std::filesystem::path output;
    std::size_t patients = 20;
    std::uint64_t seed = 1;
    std::size_t threads = 0;  ///< 0: as many as cores
};
/// wrong_usage when the folder cannot be used; an existing one must be empty.
[[nodiscard]] int run_sample(const SampleOptions& options, std::ostream& out, std::ostream& err);

/// Where a configuration comes from. Flags override the file, the file overrides the defaults.
struct ConfigSources {
    std::optional<std::filesystem::path> file;
    std::vector<std::pair<std::string, std::string>> settings;  ///< {"node.port", "104"}
    std::vector<std::string>
        peers;                ///< "AE@host:port": added, or in place of the file's of that AE
    bool needs_state = true;  ///< no state folder, and no home folder to have one in, is a mistake
};
/// Reads the file and applies the flags; called again on SIGHUP. Fills the state folder's default.
[[nodiscard]] std::variant<config::Config, config::ConfigMistakes> load_config(
    const ConfigSources& sources);
/// $STATE_DIRECTORY (systemd), else $XDG_STATE_HOME/cxrbridge, else ~/.local/state/cxrbridge; empty
/// when there is no home either.
[[nodiscard]] std::filesystem::path default_state_folder();

/// serve [--config FILE] [--dataset DIR] [--state DIR] [--aet AE] [--port N] …
struct ServeOptions {
    config::Config config;  ///< what load_config(sources) gave
    ConfigSources sources;
    bool explain = false;  ///< print every negotiation as a table on `out`
};
[[nodiscard]] int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err);

/// config check: done when there are no mistakes, else wrong_usage and every mistake on `err`.
[[nodiscard]] int run_config_check(const ConfigSources& sources,
                                   std::ostream& out,
                                   std::ostream& err);
/// config show: the effective configuration, as TOML that can be a file again.
[[nodiscard]] int run_config_show(const ConfigSources& sources,
                                  std::ostream& out,
                                  std::ostream& err);

/// conformance [--config FILE] [--format markdown|html]
struct ConformanceOptions {
    ConfigSources sources;
    StatementFormat format = StatementFormat::markdown;
};
[[nodiscard]] int run_conformance(const ConformanceOptions& options,
                                  std::ostream& out,
                                  std::ostream& err);

}  // namespace cxr::bridge::cli
