// Clients of any DICOM node, many at once on one thread, each with an association of its own: sends
// C-FIND (one study) or C-ECHO for a while, prints latencies and throughput as JSON.
//
//   bench.dimse_clients HOST:PORT CALLED CLIENTS SECONDS echo
//   bench.dimse_clients HOST:PORT CALLED CLIENTS SECONDS find UIDS    one Study Instance UID a line
//   bench.dimse_clients HOST:PORT CALLED CLIENTS SECONDS all          every study, once by each
//   bench.dimse_clients HOST:PORT CALLED CLIENTS SECONDS idle         associations alone
#include "dicom/core/attributes.hpp"
#include "storescp/association/requestor.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace cxr;
using namespace cxr::storescp;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* verification = "1.2.840.10008.1.1";
constexpr const char* study_root_find = "1.2.840.10008.5.1.4.1.2.2.1";

struct Job {
    std::string host;
    std::uint16_t port = 0;
    std::string called;
    std::size_t clients = 1;
    double seconds = 1;
    std::string what;
    std::vector<std::string> study_instance_uids;
};

struct Measured {
    std::vector<double> latencies_ms;
    std::size_t matches = 0;
    std::size_t connected = 0;
    std::size_t refused = 0;
    std::string trouble;
    std::optional<Clock::time_point> begin{};  ///< when all were connected
};

std::vector<std::byte> identifier(const std::string& study_instance_uid) {
    dicom::Attributes keys;
    put(keys, DCM_StudyDate, "");
    put(keys, DCM_QueryRetrieveLevel, "STUDY");
    put(keys, DCM_PatientName, "");
    put(keys, DCM_PatientID, "");
    put(keys, DCM_StudyInstanceUID, study_instance_uid);
    return dicom::encode_attributes(keys, dicom::implicit_vr_little_endian);
}

/// Until the final response; the number of pending ones.
Awaitable<std::size_t> take_responses(Association& association) {
    std::size_t pending = 0;
    while (true) {
        const auto message = co_await association.receive_message();
        if (!message) {
            throw std::runtime_error(message.error().doing);
        }
        for (bool more = message->command.has_data_set(); more;) {
            const auto fragment = co_await association.receive_data_fragment();
            if (!fragment) {
                throw std::runtime_error(fragment.error().doing);
            }
            more = !fragment->empty();
        }
        const unsigned status = message->command.status.value_or(0xC000);
        if ((status & 0xFF00U) != 0xFF00U) {
            if (status != 0) {
                throw std::runtime_error(fmt::format("status {:04X}H", status));
            }
            co_return pending;
        }
        ++pending;
    }
}

Awaitable<std::size_t> ask(Association& association,
                           const Job& job,
                           std::size_t number,
                           std::uint16_t message_id) {
    const bool is_echo = job.what == "echo";
    const char* sop_class = is_echo ? verification : study_root_find;
    const PresentationContext* context = association.agreement().accepted(sop_class);
    if (context == nullptr) {
        throw std::runtime_error("the presentation context is not accepted");
    }
    CommandSet command;
    command.affected_sop_class_uid = sop_class;
    command.command_field =
        static_cast<std::uint16_t>(is_echo ? CommandField::c_echo_rq : CommandField::c_find_rq);
    command.message_id = message_id;
    std::vector<dicom::Segment> data_set;
    if (!is_echo) {
        command.priority = 0;
        data_set.push_back(dicom::Segment::of(identifier(
            job.what == "all" ? std::string()
                              : job.study_instance_uids[number % job.study_instance_uids.size()])));
    }
    const auto sent = co_await association.send_message(context->id, std::move(command), data_set);
    if (!sent) {
        throw std::runtime_error(sent.error().doing);
    }
    co_return co_await take_responses(association);
}

AssociationRequest request_of(const Job& job) {
    const std::vector<std::string> implicit{std::string(dicom::implicit_vr_little_endian.uid)};
    return {
        .peers = {.calling = "BENCH", .called = job.called},
        .host = job.host,
        .port = job.port,
        .contexts = {{.id = 1, .abstract_syntax = verification, .transfer_syntaxes = implicit},
                     {.id = 3, .abstract_syntax = study_root_find, .transfer_syntaxes = implicit}},
        .roles = {},
        .extended_negotiation = {},
        .timeouts = {.dimse = std::chrono::minutes(10)},
        .limits = {}};
}

/// All connect first, then all begin at once.
Awaitable<void> client(const Job& job, Measured& measured, std::size_t number) {
    auto request = request_of(job);
    auto association = co_await request_association(std::move(request));
    ++(association ? measured.connected : measured.refused);
    boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor);
    while (measured.connected + measured.refused < job.clients) {
        pause.expires_after(std::chrono::milliseconds(5));
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
    if (!association) {
        measured.trouble = association.error().doing;
        co_return;
    }
    if (!measured.begin) {
        measured.begin = Clock::now();
    }
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(job.seconds));
    if (job.what == "idle") {
        fmt::print("idle\n");
        std::fflush(stdout);
        pause.expires_at(end);
        co_await pause.async_wait(boost::asio::use_awaitable);
        co_return;
    }
    std::uint16_t message_id = 1;
    std::size_t next = number * 7919;
    try {
        do {
            const auto asked = Clock::now();
            measured.matches += co_await ask(**association, job, next++, message_id++);
            measured.latencies_ms.push_back(
                std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
        } while (job.what != "all" && Clock::now() < end);
        co_await (*association)->release();
    } catch (const std::exception& error) {
        measured.trouble = error.what();
    }
}

double quantile(const std::vector<double>& sorted, double part) {
    return sorted.empty()
               ? 0
               : sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

Job job_of(const std::vector<std::string>& arguments) {
    Job job;
    const std::size_t colon = arguments.at(0).rfind(':');
    job.host = arguments.at(0).substr(0, colon);
    job.port = static_cast<std::uint16_t>(std::stoul(arguments.at(0).substr(colon + 1)));
    job.called = arguments.at(1);
    job.clients = std::stoul(arguments.at(2));
    job.seconds = std::stod(arguments.at(3));
    job.what = arguments.at(4);
    if (job.what == "find") {
        std::ifstream file(arguments.at(5));
        for (std::string line; std::getline(file, line);) {
            job.study_instance_uids.push_back(line);
        }
        if (job.study_instance_uids.empty()) {
            throw std::runtime_error("no UIDs in " + arguments.at(5));
        }
    }
    return job;
}

void run(const Job& job) {
    boost::asio::io_context io;
    Measured measured;
    for (std::size_t number = 0; number < job.clients; ++number) {
        boost::asio::co_spawn(io, client(job, measured, number), boost::asio::detached);
    }
    io.run();
    const double seconds =
        std::chrono::duration<double>(Clock::now() - measured.begin.value_or(Clock::now())).count();
    auto& latencies = measured.latencies_ms;
    std::ranges::sort(latencies);
    fmt::print(
        R"({{"clients": {}, "connected": {}, "requests": {}, "matches": {}, "seconds": {:.4f}, )"
        R"("per_second": {:.2f}, "p50_ms": {:.4f}, "p99_ms": {:.4f}, "worst_ms": {:.4f}, )"
        R"("trouble": "{}"}})"
        "\n",
        job.clients,
        measured.connected,
        latencies.size(),
        measured.matches,
        seconds,
        static_cast<double>(latencies.size()) / seconds,
        quantile(latencies, 0.5),
        quantile(latencies, 0.99),
        quantile(latencies, 1),
        measured.trouble);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        run(job_of({arguments + 1, arguments + count}));
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 2;
    }
}
