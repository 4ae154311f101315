#include "arguments.hpp"
#include "bridge/cli/commands.hpp"
#include "bridge/daemon/credentials.hpp"
#include "tls_options.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <ostream>

namespace cxr::bridge::cli {

namespace {

constexpr const char* footer =
    "Plays the cases of a conformance laboratory against a DICOM node and reports, case by case,\n"
    "what the standard expects and what was seen. Nothing is written to the peer without --store;\n"
    "what --store writes belongs to patients whose IDs begin with CXR-CONFORM.\n"
    "\n"
    "Verdicts: PASS; FAIL: the standard says otherwise; INFO: what the peer chose where the\n"
    "standard leaves a choice; SKIP: could not be played here, and why. Exit code 1 when a case\n"
    "FAILed, 2 when the peer cannot be reached.\n"
    "\n"
    "Examples:\n"
    "  cxrbridge conform --list                                the cases, and how each is shown\n"
    "  cxrbridge conform ORTHANC@127.0.0.1:4242                reads only\n"
    "  cxrbridge conform ORTHANC@127.0.0.1:4242 --store --move-destination CXRCONFORM:11119\n"
    "  cxrbridge conform PACS@pacs:104 --only 'A*,V*' --format junit -o pacs.xml\n"
    "  cxrbridge conform PACS@pacs:2762 --tls --ca ca.pem --certificate me.pem --key me.key\n";

/// "AE:port" of --move-destination.
storescp::conformance::OwnListener own_listener(const std::string& text) {
    const auto listener = config::parse_peer([&] {
        const std::size_t colon = text.find(':');
        return text.substr(0, colon) + "@0.0.0.0" +
               (colon == std::string::npos ? "" : text.substr(colon));
    }());
    if (!listener) {
        throw CLI::ValidationError("--move-destination", text + " is not AE:PORT");
    }
    return {.ae_title = listener->aet, .port = listener->port, .address = "0.0.0.0"};
}

/// Faults: not_found, malformed.
dicom::Result<storescp::conformance::ExaminerTls> examiner_tls(const config::PeerSection& peer,
                                                               const TlsFlags& flags) {
    config::Config config;
    config.peers = {peer};
    // Who calls us at --move-destination need not show a certificate.
    config.tls.client_certificate = config::ClientCertificate::optional;
    take(flags, config);
    if (const auto found = config::contradictions(config); !found.empty()) {
        return dicom::Fault{.kind = dicom::FaultKind::malformed, .doing = found.front()};
    }
    auto settings = tls_settings(config);
    if (!settings) {
        return settings.error();
    }
    auto context = storescp::TlsContext::make(*settings);
    if (!context) {
        return context.error();
    }
    return storescp::conformance::ExaminerTls{.settings = *std::move(settings),
                                              .context = *std::move(context),
                                              .certificate_name = flags.certificate_name};
}

/// The node to examine, and how it is called. False, and why on `err`, when nobody can be.
bool take(const std::string& peer,
          const TlsFlags& tls,
          ConformOptions& options,
          std::ostream& err) {
    auto parsed = config::parse_peer(peer);
    if (!parsed) {
        err << (peer.empty() ? "which node? give AE@HOST:PORT, or --list" : parsed.error().doing)
            << '\n';
        return false;
    }
    options.peer = *std::move(parsed);
    if (tls.wanted) {
        auto made = examiner_tls(*options.peer, tls);
        if (!made) {
            err << made.error().doing << '\n';
            return false;
        }
        options.tls = *std::move(made);
    }
    return true;
}

void add_choice_of_cases(CLI::App& command, ConformOptions& options) {
    command.add_flag("--list", options.list, "Print the cases and how each is shown; play none");
    command
        .add_option("--only", options.only, "Only these cases: ids, or groups as A* (by commas)")
        ->delimiter(',')
        ->type_name("ID,…")
        ->allow_extra_args(false);
}

void add_output(CLI::App& command, ConformOptions& options) {
    static const std::map<std::string, ReportFormat> formats{{"text", ReportFormat::text},
                                                             {"junit", ReportFormat::junit},
                                                             {"json", ReportFormat::json},
                                                             {"html", ReportFormat::html}};
    command
        .add_option_function<std::string>(
            "--format",
            [&options](const std::string& name) { options.format = formats.at(name); },
            "text (the default), junit, json or html")
        ->check(CLI::IsMember({"text", "junit", "json", "html"}))
        ->type_name("NAME");
    command.add_option("-o,--output", options.output, "Write the report to this file")
        ->type_name("FILE");
}

void add_seconds(CLI::App& command,
                 const std::string& name,
                 std::chrono::milliseconds& value,
                 const std::string& says) {
    command
        .add_option_function<double>(
            name,
            [&value](double seconds) {
                value = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
            },
            says)
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("SECONDS");
}

}  // namespace

void add_conform(CLI::App& program, Chosen& chosen) {
    CLI::App* command = program.add_subcommand(
        "conform", "Examine a DICOM node: play the cases of a conformance laboratory against it");
    const auto options = std::make_shared<ConformOptions>();
    const auto peer = std::make_shared<std::string>();
    const auto tls = std::make_shared<TlsFlags>();
    command->add_option("PEER", *peer, "The node, as AE@HOST:PORT")->type_name("");
    add_choice_of_cases(*command, *options);
    add_output(*command, *options);
    command->add_flag("--store", options->store, "May write test objects to the peer");
    command->add_option("--calling", options->calling_ae_title, "Our AE title (default CXRCONFORM)")
        ->type_name("AE");
    command
        ->add_option_function<std::string>(
            "--move-destination",
            [options](const std::string& text) { options->move_destination = own_listener(text); },
            "Listen here for C-MOVE; the peer must know this AE title at our address")
        ->type_name("AE:PORT");
    add_tls(*command, *tls);
    add_seconds(*command, "--timeout", options->timeout, "For every answer (default 5)");
    add_seconds(*command,
                "--wait",
                options->wait,
                "For the peer's own timers, as ARTIM, in cases that need it (default 35)");
    command->footer(footer);
    command->callback([options, peer, tls, &chosen] {
        chosen = [options, peer, tls](std::ostream& out, std::ostream& err) {
            return options->list || take(*peer, *tls, *options, err)
                       ? run_conform(*options, out, err)
                       : wrong_usage;
        };
    });
}

}  // namespace cxr::bridge::cli
