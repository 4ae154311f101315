/// The program as users run it: what it prints where, and its exit codes.

#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <ostream>
#include <sys/stat.h>

using namespace cxr::test;

namespace {

Finished cxrbridge(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CXRBRIDGE);
    return run(arguments);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct CommandLine {
    const char* says;
    std::vector<std::string> arguments;
    const char* complaint;
};
std::ostream& operator<<(std::ostream& out, const CommandLine& line) {
    return out << line.says;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(the_program)

BOOST_AUTO_TEST_CASE(tells_its_version_and_its_libraries) {
    const Finished finished = cxrbridge({"--version"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.output.starts_with("cxrbridge 0."));
    BOOST_TEST(contains(finished.output, "DCMTK 3.6.7"));
}

BOOST_AUTO_TEST_CASE(does_not_call_lost_output_done) {
    const Finished lost = run({"sh", "-c", CXRBRIDGE " config show > /dev/full"});
    BOOST_TEST(lost.exit_code == 1);
    BOOST_TEST(contains(lost.errors, "cannot write all of the output"), lost.errors);
}

BOOST_AUTO_TEST_CASE(documents_its_exit_codes_in_its_help) {
    const Finished finished = cxrbridge({"--help"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(
        contains(finished.output, "Exit codes: 0 done; 1 done with findings or failures; 2"));
}

const CommandLine wrong_usages[] = {
    {"a sample without a folder", {"sample"}, "--output"},
    {"a sample of nobody", {"sample", "-o", "x", "--patients", "0"}, "--patients"},
    {"an audit of nothing", {"verify"}, "DATASET"},
    {"a data set that is not there", {"wrap", "/nowhere", "-o", "x"}, "/nowhere"},
    {"a transfer syntax that is not written",
     {"wrap", "/nowhere", "-o", "x", "--transfer-syntax", "gif"},
     "gif is none of ExplicitVRLittleEndian"},
    {"a limit of none", {"wrap", "/nowhere", "-o", "x", "--limit", "0"}, "--limit"},
    {"a limit below that", {"wrap", "/nowhere", "-o", "x", "--limit", "-1"}, "--limit"},
    {"a limit beyond counting",
     {"wrap", "/nowhere", "-o", "x", "--limit", "99999999999999999999"},
     "--limit"},
    {"threads below none", {"verify", "/nowhere", "--threads", "-1"}, "--threads"},
    {"more threads than are good",
     {"import", "/", "--format", "csv", "-o", "x", "--threads", "1025"},
     "--threads"},
    {"an import into no format",
     {"import", "/nowhere", "--format", "xls", "-o", "x"},
     "xls is none of csv, labels, json, coco"},
    {"a finding that is none", {"wrap", "/nowhere", "-o", "x", "--finding", "Flu"}, "Flu is none"},
    {"an export to nowhere", {"export", "/nowhere", "--format", "sr"}, "-o DIR or --to"},
    {"an export in no format", {"export", "/nowhere", "-o", "x"}, "--format"},
    {"a destination that is none", {"send", "/nowhere", "--to", "PACS"}, "is not AE@host:port"},
    {"a node without a data set", {"serve"}, "no data set"},
    {"a node on a folder that is none",
     {"serve", "--dataset", "/nowhere", "--state", "/tmp", "--port", "0"},
     "/nowhere"},
    {"no command", {}, "a command is missing"},
    {"an unknown command", {"conquer"}, "conquer"},
    {"an unknown flag", {"config", "check", "--prot", "1"}, "--prot"},
    {"a flag without its value", {"config", "check", "--port"}, "--port"},
    {"a port that is none",
     {"config", "check", "--port", "99999"},
     "node.port: \"99999\" is not allowed; allowed: 0 to 65535"},
    {"a peer that is none", {"config", "check", "--peer", "ORTHANC"}, "is not AE@host:port"},
    {"a setting that is none", {"config", "check", "--set", "node.port"}, "SECTION.KEY=VALUE"},
    {"a setting of an unknown key", {"config", "check", "--set", "node.prot=1"}, "node.prot"},
    {"a configuration file that is not there",
     {"config", "check", "--config", "/nowhere/x.toml"},
     "/nowhere/x.toml: cannot read it"},
    {"a folder as configuration file", {"config", "check", "--config", "/"}, "/: cannot read it"},
};

BOOST_DATA_TEST_CASE(exits_2_on_wrong_usage_and_says_why, wrong_usages, line) {
    const Finished finished = cxrbridge(line.arguments);
    BOOST_TEST(finished.exit_code == 2);
    BOOST_TEST(contains(finished.errors, line.complaint), finished.errors);
    BOOST_TEST(finished.output == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(config_command)

BOOST_AUTO_TEST_CASE(check_tells_all_mistakes_at_once) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "bad.toml").string();
    std::ofstream(file) << "[node]\nprot = 104\n[log]\nlevel = 'loud'\n";
    const Finished finished = cxrbridge({"config", "check", "--config", file});
    BOOST_TEST(finished.exit_code == 2);
    BOOST_TEST(contains(finished.errors, file + ":2: node.prot: unknown key; did you mean port?"));
    BOOST_TEST(contains(finished.errors, file + ":4: log.level: \"loud\" is not allowed"));
}

BOOST_AUTO_TEST_CASE(check_accepts_the_installed_default_file) {
    const Finished finished = cxrbridge({"config", "check", "--config", "config/cxrbridge.toml"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.output == "config/cxrbridge.toml: no mistakes\n");
}

BOOST_AUTO_TEST_CASE(flags_override_the_file_and_the_file_the_defaults) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "a.toml").string();
    std::ofstream(file) << "[node]\nport = 104\naet = 'FILE'\n"
                           "[[peer]]\naet = 'A'\nhost = 'file'\n[[peer]]\naet = 'B'\nhost = 'b'\n";
    const Finished finished = cxrbridge({"config",
                                         "show",
                                         "--config",
                                         file,
                                         "--aet",
                                         "FLAG",
                                         "--peer",
                                         "A@flag:1",
                                         "--set",
                                         "log.level=debug"});
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(contains(finished.output, "port = 104\n"));
    BOOST_TEST(contains(finished.output, "aet = \"FLAG\"\n"));
    BOOST_TEST(contains(finished.output, "listen = \"127.0.0.1\"\n"));
    BOOST_TEST(contains(finished.output, "level = \"debug\"\n"));
    BOOST_TEST(contains(finished.output, "host = \"flag\"\n"));
    BOOST_TEST(!contains(finished.output, "host = \"file\"\n"));
    BOOST_TEST(contains(finished.output, "host = \"b\"\n"));
}

BOOST_AUTO_TEST_CASE(show_prints_a_file_that_check_accepts) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "shown.toml").string();
    const Finished shown = cxrbridge({"config", "show", "--peer", "A@[::1]:4242"});
    BOOST_TEST(shown.exit_code == 0);
    std::ofstream(file) << shown.output;
    BOOST_TEST(cxrbridge({"config", "check", "--config", file}).exit_code == 0);
    BOOST_TEST(cxrbridge({"config", "show", "--config", file}).output == shown.output);
}

BOOST_AUTO_TEST_CASE(show_tells_where_state_is_kept) {
    struct Environment {
        std::vector<std::string> variables;
        const char* path;
    };
    const Environment environments[] = {
        {{"HOME=/h"}, "path = \"/h/.local/state/cxrbridge\"\n"},
        {{"HOME=/h", "XDG_STATE_HOME=/x"}, "path = \"/x/cxrbridge\"\n"},
        {{"HOME=/h", "XDG_STATE_HOME=relative"}, "path = \"/h/.local/state/cxrbridge\"\n"},
        {{"HOME=/h", "STATE_DIRECTORY=/var/lib/a:/var/lib/b"}, "path = \"/var/lib/a\"\n"},
    };
    for (const Environment& environment : environments) {
        std::vector<std::string> command{"env", "-i"};
        command.insert(command.end(), environment.variables.begin(), environment.variables.end());
        command.insert(command.end(), {CXRBRIDGE, "config", "show"});
        BOOST_TEST(contains(run(command).output, environment.path));
    }
    const Finished homeless = run({"env", "-i", CXRBRIDGE, "config", "check"});
    BOOST_TEST(homeless.exit_code == 2);
    BOOST_TEST(contains(homeless.errors, "give --state"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(verify_and_sample)

BOOST_AUTO_TEST_CASE(a_sample_is_made_once_and_verify_reads_it) {
    const TemporaryFolder folder;
    const std::string sample = (folder / "sample").string();
    const Finished made = cxrbridge({"sample", "-o", sample, "--patients", "2", "--seed", "3"});
    BOOST_TEST(made.exit_code == 0, made.errors);
    BOOST_TEST(cxrbridge({"sample", "-o", sample}).exit_code == 2);  // never over another's files

    const Finished verified = cxrbridge({"verify", sample, "--json"});
    BOOST_TEST(verified.exit_code != 2, verified.errors);
    BOOST_TEST(verified.output.starts_with("{"));
}

BOOST_AUTO_TEST_CASE(verify_exits_2_where_there_is_no_data_set) {
    const TemporaryFolder folder;
    const Finished verified = cxrbridge({"verify", folder.path().string()});
    BOOST_TEST(verified.exit_code == 2);
    BOOST_TEST(contains(verified.errors, "Data_Entry_2017"), verified.errors);
}

BOOST_AUTO_TEST_CASE(verify_exits_1_when_something_is_wrong) {
    const TemporaryFolder folder;
    const std::string sample = (folder / "sample").string();
    BOOST_TEST(cxrbridge({"sample", "-o", sample, "--patients", "2"}).exit_code == 0);
    for (const auto& image : std::filesystem::recursive_directory_iterator(sample)) {
        if (image.path().extension() == ".png") {
            std::filesystem::resize_file(image.path(), 1000);
            break;
        }
    }
    BOOST_TEST(cxrbridge({"verify", sample, "--deep"}).exit_code == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(serve)

struct Sample {
    TemporaryFolder folder;
    std::string path = (folder / "sample").string();
    Sample() { BOOST_REQUIRE(cxrbridge({"sample", "-o", path, "--patients", "2"}).exit_code == 0); }
    [[nodiscard]] std::vector<std::string> serve(const std::string& state,
                                                 const std::string& port) const {
        return {CXRBRIDGE,
                "serve",
                "--dataset",
                path,
                "--state",
                (folder / state).string(),
                "--port",
                port};
    }
};

std::string port_in(const std::string& ready_line) {
    const std::size_t comma = ready_line.find(',');
    const std::size_t colon = ready_line.rfind(':', comma);
    return ready_line.substr(colon + 1, comma - colon - 1);
}

BOOST_FIXTURE_TEST_CASE(says_where_it_listens_and_ends_well_on_sigterm, Sample) {
    Server server(serve("state", "0"));
    const std::string ready = server.wait_for_line("ready:");
    BOOST_TEST(ready.starts_with("ready: CXRBRIDGE at 127.0.0.1:"), ready);
    BOOST_TEST(contains(ready, ", 2 patients, "), ready);
    BOOST_TEST(run({"echoscu", "-aec", "CXRBRIDGE", "127.0.0.1", port_in(ready)}).exit_code == 0);
    BOOST_TEST(server.stop(SIGTERM) == 0);
}

BOOST_FIXTURE_TEST_CASE(explains_every_negotiation_when_asked_to, Sample) {
    auto command = serve("state", "0");
    command.emplace_back("--explain");
    Server server(command);
    const std::string port = port_in(server.wait_for_line("ready:"));
    BOOST_TEST(run({"echoscu", "-aec", "CXRBRIDGE", "127.0.0.1", port}).exit_code == 0);
    BOOST_TEST(contains(server.wait_for_line("asks 'CXRBRIDGE'"), "'ECHOSCU'"));
    BOOST_TEST(contains(server.wait_for_line("VerificationSOPClass:"), "[LittleEndianImplicit]"));
    BOOST_TEST(run({"echoscu", "-aec", "ELSE", "127.0.0.1", port}).exit_code != 0);
    BOOST_TEST(contains(server.wait_for_line("(1/1/7)"), "called AE title 'ELSE' is not ours"));
}

BOOST_FIXTURE_TEST_CASE(exits_2_when_its_port_is_taken, Sample) {
    Server server(serve("first", "0"));
    const std::string port = port_in(server.wait_for_line("ready:"));
    const Finished second = run(serve("second", port));
    BOOST_TEST(second.exit_code == 2);
    BOOST_TEST(contains(second.errors, port), second.errors);
    BOOST_TEST(second.output == "");
}

BOOST_FIXTURE_TEST_CASE(exits_2_when_its_state_folder_is_in_use, Sample) {
    Server server(serve("state", "0"));
    server.wait_for_line("ready:");
    const Finished second = run(serve("state", "0"));
    BOOST_TEST(second.exit_code == 2);
    BOOST_TEST(contains(second.errors, "state"), second.errors);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wrap_export_and_send)

BOOST_FIXTURE_TEST_CASE(wrap_does_the_others_when_one_png_is_damaged, serve::Sample) {
    std::string damaged;
    for (const auto& image : std::filesystem::recursive_directory_iterator(path)) {
        if (image.path().extension() == ".png" && damaged.empty()) {
            damaged = image.path().stem().string();
            std::filesystem::resize_file(image.path(), 1000);
        }
    }
    const std::string out = (folder / "out").string();
    const Finished wrapped = cxrbridge({"wrap", path, "-o", out});
    BOOST_TEST(wrapped.exit_code == 1);
    BOOST_TEST(contains(wrapped.errors, damaged), wrapped.errors);
    BOOST_TEST(!std::filesystem::is_empty(out));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_written_into_the_data_set, serve::Sample) {
    std::filesystem::create_directory_symlink(path, folder / "link");
    const std::string boxes = read_file(path + "/BBox_List_2017.csv");
    for (const std::string& output :
         {path, path + "/", path + "/out", path + "/../sample/x/y", (folder / "link").string()}) {
        for (const std::vector<std::string>& command :
             {std::vector<std::string>{"export", path, "--format", "csv", "--limit", "1"},
              {"wrap", path, "--limit", "1"},
              {"import", folder.path().string(), "--format", "csv", "--dataset", path}}) {
            std::vector<std::string> arguments = command;
            arguments.insert(arguments.end(), {"-o", output});
            const Finished refused = cxrbridge(arguments);
            BOOST_TEST(refused.exit_code == 2, output);
            BOOST_TEST(contains(refused.errors, "is only ever read"), refused.errors);
        }
    }
    BOOST_TEST(read_file(path + "/BBox_List_2017.csv") == boxes);
    BOOST_TEST(!std::filesystem::exists(path + "/out"));
    // A name that only begins alike is another folder's.
    BOOST_TEST(cxrbridge({"wrap", path, "--limit", "1", "-o", path + "-out"}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(import_waits_for_no_pipe_and_replaces_none, serve::Sample) {
    const std::string pipe = (folder / "pipe").string();
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const std::string reports = (folder / "reports").string();
    BOOST_TEST(cxrbridge({"export", path, "--format", "sr", "-o", reports}).exit_code == 0);
    const Finished from = cxrbridge({"import", pipe, "--format", "csv", "-o", pipe + ".csv"});
    BOOST_TEST(from.exit_code == 2);
    BOOST_TEST(contains(from.errors, "no such file"), from.errors);
    for (const char* format : {"csv", "json"}) {
        const Finished into = cxrbridge({"import", reports, "--format", format, "-o", pipe});
        BOOST_TEST(into.exit_code == 2);
        BOOST_TEST(contains(into.errors, "is no regular file"), into.errors);
        BOOST_TEST(std::filesystem::is_fifo(pipe));
    }
}

BOOST_FIXTURE_TEST_CASE(import_counts_what_is_in_its_file, serve::Sample) {
    const std::string reports = (folder / "reports").string();
    BOOST_TEST(cxrbridge({"export", path, "--format", "sr", "-o", reports}).exit_code == 0);
    const std::string file = (folder / "boxes.csv").string();
    const Finished imported = cxrbridge({"import", reports, "--format", "csv", "-o", file});
    BOOST_TEST(imported.exit_code == 0, imported.errors);
    const std::string text = read_file(file);
    const auto rows = std::ranges::count(text, '\n') - 1;
    BOOST_TEST(imported.output.starts_with(std::to_string(rows) + " annotations of "),
               imported.output);
    std::filesystem::create_directory(folder / "empty");
    const Finished of_nothing =
        cxrbridge({"import", (folder / "empty").string(), "--format", "csv", "-o", file + "2"});
    BOOST_TEST(of_nothing.exit_code == 1);
    BOOST_TEST(!std::filesystem::exists(file + "2"));
}

BOOST_FIXTURE_TEST_CASE(files_are_made_without_a_home_folder, serve::Sample) {
    const auto homeless = [](std::vector<std::string> arguments) {
        std::vector<std::string> command{"env", "-u", "HOME", "-u", "STATE_DIRECTORY"};
        command.insert(command.end(), {"-u", "XDG_STATE_HOME", CXRBRIDGE});
        command.insert(command.end(), arguments.begin(), arguments.end());
        return run(command);
    };
    const std::string out = (folder / "out").string();
    const Finished wrapped = homeless({"wrap", path, "-o", out, "--limit", "1"});
    BOOST_TEST(wrapped.exit_code == 0, wrapped.errors);
    const Finished exported = homeless({"export", path, "--format", "sr", "-o", out + "2"});
    BOOST_TEST(exported.exit_code == 0, exported.errors);
    const Finished imported =
        homeless({"import", out + "2", "--format", "csv", "-o", out + ".csv"});
    BOOST_TEST(imported.exit_code == 0, imported.errors);
    // What a node took is noted in the state folder.
    const Finished sent = homeless({"export", path, "--format", "sr", "--to", "A@127.0.0.1:1"});
    BOOST_TEST(sent.exit_code == 2);
    BOOST_TEST(contains(sent.errors, "state.path"), sent.errors);
}

BOOST_FIXTURE_TEST_CASE(what_selects_nothing_ends_with_1, serve::Sample) {
    const std::string out = (folder / "out").string();
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"wrap", path, "-o", out},
          {"export", path, "--format", "sr", "-o", out}}) {
        std::vector<std::string> arguments = command;
        arguments.insert(arguments.end(), {"--patient", "00000000"});
        const Finished finished = cxrbridge(arguments);
        BOOST_TEST(finished.exit_code == 1);
        BOOST_TEST(contains(finished.errors, "nothing to "), finished.errors);
    }
}

BOOST_FIXTURE_TEST_CASE(export_writes_reports_and_says_how_many, serve::Sample) {
    const std::string out = (folder / "out").string();
    const Finished exported =
        cxrbridge({"export", path, "--format", "sr", "-o", out, "--limit", "1"});
    BOOST_TEST(exported.exit_code == 0, exported.errors);
    BOOST_TEST(contains(exported.output, "0 failed"), exported.output);
}

BOOST_FIXTURE_TEST_CASE(send_exits_1_when_nobody_answers, serve::Sample) {
    const std::string nobody = "NOBODY@127.0.0.1:" + std::to_string(free_port());
    const Finished sent = cxrbridge({"send", path, "--to", nobody, "--limit", "1"});
    BOOST_TEST(sent.exit_code == 1);
    BOOST_TEST(!sent.errors.empty());
}

BOOST_AUTO_TEST_SUITE_END()
