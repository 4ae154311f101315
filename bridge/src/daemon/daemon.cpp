#include "bridge/daemon/daemon.hpp"

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/commitment/judge.hpp"
#include "bridge/commitment/ledger.hpp"
#include "bridge/daemon/audit_trail.hpp"
#include "bridge/daemon/composition.hpp"
#include "bridge/daemon/event_log.hpp"
#include "bridge/daemon/log.hpp"
#include "bridge/daemon/state_folder.hpp"
#include "bridge/delivery/deliveries.hpp"
#include "bridge/objects/object_source.hpp"
#include "bridge/objects/received_store.hpp"
#include "bridge/web/operations.hpp"
#include "bridge/web/web.hpp"
#include "storescp/node.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <malloc.h>
#include <span>
#include <stdexcept>
#include <systemd/sd-daemon.h>
#include <thread>
#include <vector>

namespace cxr::bridge {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds shutdown_grace{10};
constexpr std::size_t row_faults_logged_max = 20;
constexpr std::chrono::days expiry_warning{30};

template <typename T>
T value_or_throw(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().doing);
    }
    return std::move(result).value();
}

void log_data_set(Log& log, const DataSetFolder& folder) {
    for (const std::string& note : folder.notes) {
        log.write(LogLevel::info, "data set", {{"note", note}});
    }
    const std::size_t shown = std::min(folder.faults.size(), row_faults_logged_max);
    for (const dicom::RowFault& fault : std::span(folder.faults).first(shown)) {
        log.write(LogLevel::warning,
                  fault.row_skipped ? "row skipped" : "value dropped",
                  {{"file", fault.file},
                   {"line", static_cast<std::int64_t>(fault.line)},
                   {"column", fault.column},
                   {"reason", fault.reason}});
    }
    if (folder.faults.size() > shown) {
        log.write(LogLevel::warning,
                  "more faults in rows: cxrbridge verify lists them all",
                  {{"count", static_cast<std::int64_t>(folder.faults.size() - shown)}});
    }
}

/// Reads the data set only where the catalogue is not already what it would give.
void synchronise(Log& log, Catalogue& catalogue, const config::Config& config) {
    const config::DataSetSection& data_set = config.data_set;
    const std::vector<AnnotationFile> annotations = annotation_files(config);
    const FolderFingerprint fingerprint =
        with_annotations(value_or_throw(fingerprint_of(data_set.path)), annotations);
    if (catalogue.is_current(fingerprint)) {
        return;
    }
    DataSetFolder folder = value_or_throw(read_data_set(data_set.path, data_set.mapping));
    if (auto added = add_annotations(folder, annotations); !added) {
        throw std::runtime_error(added.error().doing);
    }
    log_data_set(log, folder);
    const SyncReport report = value_or_throw(catalogue.synchronise(folder));
    if (!report.unchanged) {
        log.write(LogLevel::info,
                  "catalogue brought up to date",
                  {{"images_added", static_cast<std::int64_t>(report.images_added)},
                   {"images_changed", static_cast<std::int64_t>(report.images_changed)},
                   {"images_removed", static_cast<std::int64_t>(report.images_removed)}});
    }
}

/// They wait for the disk most of their time, and those that do so at once wait once.
constexpr std::size_t receptions_at_once = 16;

std::size_t worker_threads() {
    return std::max(2U, std::thread::hardware_concurrency());
}

}  // namespace

class Daemon::Impl {
public:
    Impl(config::Config config, ReloadConfig reload, Log& log, std::ostream* explanations)
        : config_(std::move(config)),
          reload_(std::move(reload)),
          log_(log),
          events_(log, explanations),
          operations_(events_),
          audit_(config_.log.audit, config_.node.aet, operations_, log),
          access_(value_or_throw(access_policy(config_))),
          state_(value_or_throw(StateFolder::lock(config_.state.path))),
          catalogue_(open_catalogue(log_, config_)),
          objects_(*catalogue_, object_source_settings(config_)),
          received_(*catalogue_, received_store_settings(config_)),
          commitments_(open_ledger(*catalogue_, config_)),
          deliveries_(config_, *catalogue_, *commitments_, log_),
          counts_(value_or_throw(catalogue_->counts())),
          pool_(worker_threads()),
          node_(io_,
                pool_,
                node_settings(config_, access_),
                storescp::Ports{.query = *catalogue_,
                                .retrieve = objects_,
                                .receive = received_,
                                .commitment = commitments_.get(),
                                .commitment_results = &deliveries_.queue(),
                                .delivery = &deliveries_.queue(),
                                .receive_pool = &receive_pool_},
                audit_),
          web_(make_web()),
          terminate_(io_, SIGINT, SIGTERM),
          hang_up_(io_, SIGHUP) {
        warn_of_expiry();
        malloc_trim(0);  // the tables that the catalogue was built from
    }

    [[nodiscard]] std::string ready_line() const {
        const std::string by_tls =
            node_.tls_port() == 0
                ? std::string()
                : fmt::format(" and by TLS at {}:{}", config_.tls.listen, node_.tls_port());
        const std::string by_web = web_ ? " and by web at " + web_->url() : std::string();
        return fmt::format(
            "ready: {} at {}:{}{}{}, {} patients, {} studies, {} series, {} instances ({} "
            "received)",
            config_.node.aet,
            config_.node.listen,
            node_.port(),
            by_tls,
            by_web,
            counts_.patients,
            counts_.studies,
            counts_.series,
            counts_.instances,
            counts_.received);
    }

    void run() {
        node_.start();
        if (web_) {
            web_->start();
        }
        deliveries_.start([this] { node_.deliver(); });
        terminate_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (!error) {
                begin_shutdown(signal);
            }
        });
        wait_for_hang_up();
        sd_notify(0, "READY=1");
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < worker_threads(); ++i) {
            threads.emplace_back([this] { io_.run(); });
        }
        io_.run();
        for (std::thread& thread : threads) {
            thread.join();
        }
        deliveries_.stop();
        pool_.join();
        receive_pool_.join();
    }

private:
    static std::unique_ptr<Catalogue> open_catalogue(Log& log, const config::Config& config) {
        auto catalogue = value_or_throw(Catalogue::open(catalogue_settings(config)));
        synchronise(log, *catalogue, config);
        return catalogue;
    }

    static std::unique_ptr<CommitmentLedger> open_ledger(const Catalogue& catalogue,
                                                         const config::Config& config) {
        return value_or_throw(CommitmentLedger::open(
            ledger_settings(config),
            [&catalogue,
             objects = object_source_settings(config)](const storescp::SOPReference& reference) {
                return judge_commitment(catalogue, objects, reference);
            }));
    }

    std::unique_ptr<web::Web> make_web() {
        if (!config_.web.enabled) {
            return nullptr;
        }
        return std::make_unique<web::Web>(
            io_,
            pool_,
            web::WebPorts{
                .query = *catalogue_,
                .retrieve = objects_,
                .receive = received_,
                .config = config_,
                .query_rules = node_settings(config_, access_).query_rules,
                .check = [this]() -> Result<void> {
                    const auto counts = catalogue_->counts();
                    return counts ? Result<void>() : counts.error();
                },
                .pool = &receive_pool_,
                .events = &audit_,
                .further = [this](web::Router& router) { add_operations(router); },
                .answered =
                    [this](const web::Exchange& exchange) { operations_.answered(exchange); },
                .audit = audit_.is_kept() ? &audit_ : nullptr},
            log_);
    }

    void add_operations(web::Router& router) {
        operations_.replace_access(access_);
        operations_.add_resources(router,
                                  {.catalogue = *catalogue_,
                                   .objects = objects_,
                                   .queue = deliveries_.queue(),
                                   .config = config_,
                                   .port = node_.port(),
                                   .tls_port = node_.tls_port()});
        web::add_console_resources(router);
    }

    /// Both faces of the node at the same time.
    asio::awaitable<void> stop_all() {
        if (web_) {
            asio::co_spawn(io_, web_->stop(shutdown_grace), [](const std::exception_ptr& thrown) {
                if (thrown) {
                    std::rethrow_exception(thrown);
                }
            });
        }
        co_await node_.stop(shutdown_grace);
    }

    void begin_shutdown(int signal) {
        log_.write(
            LogLevel::info,
            fmt::format("stopping on signal {}: {} associations", signal, node_.associations()));
        sd_notify(0, "STOPPING=1");
        hang_up_.cancel();
        asio::co_spawn(io_, stop_all(), [this](const std::exception_ptr& thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
            log_.write(LogLevel::info, "stopped");
        });
    }

    void wait_for_hang_up() {
        hang_up_.async_wait([this](const boost::system::error_code& error, int /*signal*/) {
            if (!error) {
                reload();
                wait_for_hang_up();
            }
        });
    }

    void reload() {
        auto loaded = reload_();
        if (const auto* mistakes = std::get_if<config::ConfigMistakes>(&loaded)) {
            keep_running_configuration(mistakes->mistakes);
            return;
        }
        const config::Config& next = std::get<config::Config>(loaded);
        config::Config merged = config_;
        merged.peers = next.peers;
        merged.users = next.users;
        merged.access = next.access;
        merged.tls = next.tls;
        merged.tls.enabled = config_.tls.enabled;
        merged.tls.listen = config_.tls.listen;
        merged.tls.port = config_.tls.port;
        auto access = access_policy(merged);
        if (!access) {
            keep_running_configuration({access.error().doing});
            return;
        }
        if (auto renewed = web_ ? web_->reload(merged) : Result<void>(); !renewed) {
            keep_running_configuration({renewed.error().doing});
            return;
        }
        for (const std::string& section : changes_that_need_a_restart(config_, next)) {
            log_.write(LogLevel::warning,
                       "changed, takes effect at the next start",
                       {{"section", section}});
        }
        config_ = std::move(merged);
        access_ = *std::move(access);
        node_.replace_access(access_);
        operations_.replace_access(access_);
        audit_.reopen();
        warn_of_expiry();
        log_.write(LogLevel::info,
                   "reloaded",
                   {{"peers", static_cast<std::int64_t>(config_.peers.size())}});
    }

    void keep_running_configuration(const std::vector<std::string>& mistakes) {
        for (const std::string& mistake : mistakes) {
            log_.write(LogLevel::error, "configuration", {{"mistake", mistake}});
        }
        log_.write(LogLevel::error, "the running configuration stays in force");
    }

    void warn_of_expiry() {
        if (!access_->tls || config_.tls.certificate.empty()) {
            return;
        }
        const auto left = access_->tls->expires() - std::chrono::system_clock::now();
        if (left < expiry_warning) {
            log_.write(LogLevel::warning,
                       left.count() < 0 ? "our certificate has expired: peers will refuse it"
                                        : "our certificate expires soon",
                       {{"certificate", config_.tls.certificate},
                        {"days_left", std::chrono::floor<std::chrono::days>(left).count()}});
        }
    }

    config::Config config_;  // what is reloaded: signal handlers only, one at a time
    ReloadConfig reload_;
    Log& log_;
    EventLog events_;
    web::Operations operations_;
    AuditTrail audit_;
    std::shared_ptr<const storescp::AccessPolicy> access_;  ///< as config_
    StateFolder state_;
    std::unique_ptr<Catalogue> catalogue_;
    ObjectSource objects_;
    ReceivedStore received_;
    std::unique_ptr<CommitmentLedger> commitments_;
    Deliveries deliveries_;
    CatalogueCounts counts_;
    asio::io_context io_;
    asio::thread_pool pool_;
    asio::thread_pool receive_pool_{receptions_at_once};
    storescp::Node node_;
    std::unique_ptr<web::Web> web_;  ///< null: not wanted
    asio::signal_set terminate_, hang_up_;
};

Daemon::Daemon(config::Config config, ReloadConfig reload, Log& log, std::ostream* explanations)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(reload), log, explanations)) {}
Daemon::~Daemon() = default;

std::string Daemon::ready_line() const {
    return impl_->ready_line();
}

void Daemon::run() {
    impl_->run();
}

}  // namespace cxr::bridge
