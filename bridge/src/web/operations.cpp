#include "bridge/web/operations.hpp"

#include "bridge/daemon/composition.hpp"
#include "bridge/daemon/process.hpp"
#include "bridge/web/problem.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/core/uid.hpp"
#include "web/api_json.hpp"
#include "web/image_search.hpp"
#include "web/metrics.hpp"
#include "web/peer_echo.hpp"
#include "web/study_reports.hpp"

#include <mutex>
#include <sstream>

namespace cxr::bridge::web {

namespace {

NodeFacts facts_of(const OperationsPorts& ports) {
    const config::Config& config = ports.config;
    return {.ae_title = config.node.aet,
            .listen = config.node.listen,
            .port = ports.port,
            .tls_port = ports.tls_port,
            .tls_listen = config.tls.listen,
            .version = version(),
            .dates = config.data_set.mapping.dates == dicom::Dates::none ? "none" : "synthetic",
            .data_set = config.data_set.path.filename().string(),
            .has_viewer = !config.web.viewer.empty(),
            .started = std::chrono::system_clock::now()};
}

/// Whoever looks on wants what is, not what was.
Response fresh_json(std::string json) {
    Response response = json_response(std::move(json));
    response.set("Cache-Control", "no-store");
    return response;
}

}  // namespace

class Operations::Impl {
public:
    explicit Impl(storescp::EventSink& next) : activity(next), metrics(activity) {}

    Response metrics_text() const {
        Gauges gauges{.catalogue = {},
                      .cache = ports->objects.cache_counters(),
                      .disk_cache = ports->objects.disk_cache_counters(),
                      .destinations = {},
                      .version = version()};
        if (const auto counts = ports->catalogue.counts()) {
            gauges.catalogue = *counts;
        }
        if (auto destinations = ports->queue.destinations()) {
            gauges.destinations = *std::move(destinations);
        }
        std::ostringstream text;
        metrics.write(text, gauges);
        return text_response(200, "text/plain; version=0.0.4; charset=utf-8", text.str());
    }

    Response node() const {
        const auto counts = ports->catalogue.counts();
        return counts ? fresh_json(node_json(facts, *counts)) : problem_of(counts.error());
    }

    Response queue() const {
        const auto destinations = ports->queue.destinations();
        return destinations ? fresh_json(queue_json(*destinations))
                            : problem_of(destinations.error());
    }

    Response images(const Request& request) {
        const auto search = image_search_of(request.target.query);
        if (!search) {
            return problem_of(search.error());
        }
        const auto found = index();
        if (!found) {
            return problem_of(found.error());
        }
        return fresh_json(
            images_json(**found, (*found)->search(*search), ports->config.data_set.mapping));
    }

    Response annotations(const Request& request) const {
        const std::string& study = request.capture("study");
        if (!dicom::is_valid_uid(study)) {
            return problem(400, "no Study Instance UID");
        }
        const auto reports = study_reports(
            ports->objects, study, ports->config.data_set.mapping, report_reading(ports->config));
        return reports ? fresh_json(annotations_json(*reports)) : problem_of(reports.error());
    }

    Awaitable<Response> echo(Request& request) const {
        const auto known = access();
        const auto peer = known->peers.find(request.capture("aet"));
        if (peer == known->peers.end()) {
            co_return problem(404, "no such peer is configured");
        }
        const auto settings = node_settings(ports->config, known);
        const EchoSettings how{.own_ae_title = ports->config.node.aet,
                               .timeouts = settings.timeouts,
                               .limits = settings.limits};
        const PeerEcho outcome = co_await echo_peer(known, peer->second, how);
        co_return fresh_json(echo_json(outcome));
    }

    [[nodiscard]] std::shared_ptr<const storescp::AccessPolicy> access() const {
        const std::lock_guard lock(replacing_);
        return access_;
    }
    void replace_access(std::shared_ptr<const storescp::AccessPolicy> access) {
        const std::lock_guard lock(replacing_);
        access_ = std::move(access);
    }

    Activity activity;
    Metrics metrics;
    std::optional<OperationsPorts> ports;  ///< constant after add_resources()
    NodeFacts facts;

private:
    /// Made when it is first asked for; after a fault, when it is asked for again.
    Result<std::shared_ptr<const ImageIndex>> index() {
        const std::lock_guard lock(loading_);
        if (!index_) {
            auto loaded = ImageIndex::load(ports->catalogue);
            if (!loaded) {
                return loaded.error();
            }
            index_ = std::make_shared<const ImageIndex>(*std::move(loaded));
        }
        return index_;
    }

    mutable std::mutex replacing_;
    std::shared_ptr<const storescp::AccessPolicy> access_ =
        std::make_shared<storescp::AccessPolicy>();  ///< guarded by replacing_
    std::mutex loading_;
    std::shared_ptr<const ImageIndex> index_;  ///< guarded by loading_
};

Operations::Operations(storescp::EventSink& next) : impl_(std::make_unique<Impl>(next)) {}
Operations::~Operations() = default;

void Operations::on(const storescp::Event& event) {
    impl_->metrics.on(event);
}

void Operations::answered(const Exchange& exchange) {
    impl_->metrics.answered(
        exchange.pattern.empty() ? "(none)" : exchange.pattern, exchange.status, exchange.took);
}

void Operations::replace_access(std::shared_ptr<const storescp::AccessPolicy> access) {
    impl_->replace_access(std::move(access));
}

void Operations::add_resources(Router& router, const OperationsPorts& ports) {
    impl_->ports.emplace(ports);
    impl_->facts = facts_of(*impl_->ports);
    const auto add_get = [&router](std::string pattern, std::string says, Answer answer) {
        router.add({.method = "GET",
                    .pattern = std::move(pattern),
                    .says = std::move(says),
                    .handler = std::move(answer),
                    .role = Role::reader,
                    .media_types = {"application/json"}});
    };
    Impl* const impl = impl_.get();
    router.add({.method = "GET",
                .pattern = "/metrics",
                .says = "Counters for Prometheus",
                .handler = Answer([impl](const Request&) { return impl->metrics_text(); }),
                .role = Role::reader,
                .media_types = {"text/plain"}});
    add_get("/api/node", "What the node is and what it has", [impl](const Request&) {
        return impl->node();
    });
    add_get("/api/activity", "What goes on, and what happened last", [impl](const Request&) {
        return fresh_json(activity_json(impl->activity.snapshot()));
    });
    add_get("/api/queue", "Objects to deliver, by destination", [impl](const Request&) {
        return impl->queue();
    });
    add_get("/api/peers", "Configured peers", [impl](const Request&) {
        return fresh_json(peers_json(*impl->access()));
    });
    add_get("/api/images",
            "Images of the data set, searched and counted",
            [impl](const Request& request) { return impl->images(request); });
    add_get("/api/studies/{study}/annotations",
            "What a study's reports say",
            [impl](const Request& request) { return impl->annotations(request); });
    add_get("/api/dictionary", "Attribute keywords by tag", [](const Request&) {
        static const std::string dictionary = dictionary_json();
        Response response = json_response(dictionary);
        response.set("Cache-Control", "private, max-age=86400");
        return response;
    });
    router.add({.method = "POST",
                .pattern = "/api/peers/{aet}/echo",
                .says = "Sends a C-ECHO to a peer",
                .handler = Dialogue([impl](Request& request) { return impl->echo(request); }),
                .role = Role::writer,
                .media_types = {"application/json"}});
}

}  // namespace cxr::bridge::web
