#include "bridge/daemon/composition.hpp"

#include "bridge/daemon/credentials.hpp"
#include "dicom/core/transfer_syntax.hpp"
#include "dicom/core/uid.hpp"
#include "dicom/mapping/geometry.hpp"
#include "dicom/query/time_zone.hpp"

#include <algorithm>

namespace cxr::bridge {
namespace {

bool may(const config::PeerSection& peer, std::string_view what) {
    return std::find(peer.may.begin(), peer.may.end(), what) != peer.may.end();
}

std::set<std::string, std::less<>> sop_classes_of(const config::PeerSection& section) {
    std::set<std::string, std::less<>> uids;
    for (const std::string& name : section.sop_classes) {
        uids.insert(dicom::sop_class_uid(name).value());
    }
    return uids;
}

dicom::Result<storescp::Peer> peer_of(const config::PeerSection& section) {
    storescp::Peer peer{
        .ae_title = section.aet,
        .host = section.host,
        .port = section.port,
        .may_echo = may(section, "echo"),
        .may_query = may(section, "query"),
        .may_move = may(section, "move") || may(section, "retrieve"),
        .may_get = may(section, "get") || may(section, "retrieve"),
        .may_store = may(section, "store"),
        .may_commit = may(section, "commit"),
        .sop_classes = sop_classes_of(section),
        .is_move_destination = may(section, "destination"),
        .check_address = section.check_address,
        .preferred_transfer_syntaxes = {},
        .associations = static_cast<std::uint16_t>(section.associations),
        .operations_invoked_max = static_cast<std::uint16_t>(section.async_operations),
        .tls = section.tls,
        .certificate_name = section.certificate_name};
    if (section.idle_timeout.count() > 0) {
        peer.idle = section.idle_timeout;
    }
    for (const std::string& name : section.prefer) {
        if (const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(name)) {
            peer.preferred_transfer_syntaxes.emplace_back(syntax->uid);
        }
    }
    if (!section.user.empty()) {
        auto passcode = read_secret(section.user_passcode_file, section.user_passcode_env);
        if (!passcode) {
            return dicom::Fault{.kind = passcode.error().kind,
                                .doing = "peer " + section.aet + ": " + passcode.error().doing};
        }
        peer.credentials = {.name = section.user, .passcode = *std::move(passcode)};
    }
    return peer;
}

constexpr std::uint32_t lenient_pdu_bytes_max = 16'777'216;

bool is_lenient(const config::NodeSection& node, config::Switch rule) {
    return rule == config::Switch::as_strictness ? node.strictness == config::Strictness::lenient
                                                 : rule == config::Switch::lenient;
}

storescp::UserIdentity user_identity_of(config::UserIdentity demand) {
    switch (demand) {
        case config::UserIdentity::ignored:
            return storescp::UserIdentity::ignored;
        case config::UserIdentity::checked:
            return storescp::UserIdentity::checked;
        case config::UserIdentity::required:
            return storescp::UserIdentity::required;
    }
    return storescp::UserIdentity::required;
}

DuplicatePolicy policy_of(config::DuplicatePolicy policy) {
    switch (policy) {
        case config::DuplicatePolicy::keep_first:
            return DuplicatePolicy::keep_first;
        case config::DuplicatePolicy::replace:
            return DuplicatePolicy::replace;
        case config::DuplicatePolicy::warn:
            return DuplicatePolicy::warn;
        case config::DuplicatePolicy::refuse:
            return DuplicatePolicy::refuse;
    }
    return DuplicatePolicy::keep_first;
}

storescp::EventAssociation association_of(config::EventAssociation choice) {
    switch (choice) {
        case config::EventAssociation::automatic:
            return storescp::EventAssociation::automatic;
        case config::EventAssociation::same:
            return storescp::EventAssociation::same;
        case config::EventAssociation::new_association:
            return storescp::EventAssociation::new_association;
    }
    return storescp::EventAssociation::automatic;
}

storescp::CommitmentSettings commitment_settings(const config::CommitmentSection& section) {
    storescp::CommitmentSettings settings;
    settings.event_association = association_of(section.event_association);
    settings.event_delay = std::chrono::milliseconds(section.event_delay_ms);
    settings.retry = {.first = section.retry_interval,
                      .greatest = section.retry_interval_max,
                      .attempts_max = section.retry_limit};
    settings.refuse_unknown_transactions =
        section.unknown_transactions == config::UnknownTransactions::refuse;
    return settings;
}

dicom::StatementFormat format_of(config::AnnotationFormat format) {
    switch (format) {
        case config::AnnotationFormat::json:
            return dicom::StatementFormat::json;
        case config::AnnotationFormat::coco:
            return dicom::StatementFormat::coco;
        case config::AnnotationFormat::csv:
            break;
    }
    return dicom::StatementFormat::csv;
}

dicom::CertaintyUnit unit_of(config::CertaintyUnit unit) {
    return unit == config::CertaintyUnit::percent ? dicom::CertaintyUnit::percent
                                                  : dicom::CertaintyUnit::fraction;
}

/// Several routes may have one destination; then its schedule is the same in all.
std::vector<storescp::DeliveryDestination> delivery_destinations(const config::Config& config) {
    std::vector<storescp::DeliveryDestination> destinations;
    for (const config::RouteSection& route : config.routes) {
        const auto known =
            std::ranges::find(destinations, route.to, &storescp::DeliveryDestination::ae_title);
        if (known == destinations.end()) {
            destinations.push_back({.ae_title = route.to,
                                    .retry = {.first = route.retry_interval,
                                              .greatest = route.retry_interval_max,
                                              .attempts_max = route.retry_limit}});
        }
    }
    return destinations;
}

}  // namespace

dicom::Result<std::shared_ptr<const storescp::AccessPolicy>> access_policy(
    const config::Config& config) {
    auto policy = std::make_shared<storescp::AccessPolicy>();
    policy->ae_titles = {config.node.aet};
    policy->check_called_ae_title = config.access.check_called_aet;
    policy->case_insensitive_ae_titles = config.access.ignore_aet_case;
    policy->access = config.access.mode == config::AccessMode::known ? storescp::Access::known
                                                                     : storescp::Access::any;
    for (const config::PeerSection& section : config.peers) {
        auto peer = peer_of(section);
        if (!peer) {
            return peer.error();
        }
        policy->peers.insert_or_assign(section.aet, *std::move(peer));
    }
    policy->user_identity = user_identity_of(config.access.user_identity);
    auto known = users(config);
    if (!known) {
        return known.error();
    }
    policy->users = *std::move(known);
    auto tls = tls_context(config);
    if (!tls) {
        return tls.error();
    }
    policy->tls = *std::move(tls);
    return std::shared_ptr<const storescp::AccessPolicy>(std::move(policy));
}

storescp::NodeSettings node_settings(const config::Config& config,
                                     std::shared_ptr<const storescp::AccessPolicy> access) {
    const config::NodeSection& node = config.node;
    storescp::NodeSettings settings;
    settings.listen_address = node.listen;
    settings.port = node.port;
    settings.timeouts = {.artim = node.artim_timeout,
                         .idle = node.idle_timeout,
                         .dimse = node.dimse_timeout,
                         .stalled_write = node.write_timeout,
                         .connect = node.connect_timeout};
    settings.limits.associations_max = node.max_associations;
    settings.limits.associations_per_address_max = node.max_associations_per_address;
    settings.limits.pdu_bytes_max = node.max_pdu;
    settings.limits.matches_max = node.max_matches;
    settings.limits.operations_performed_max = static_cast<std::uint16_t>(node.async_operations);
    settings.limits.abort_beyond_window = !is_lenient(node, node.operations_window);
    settings.limits.lenient_pdu_bytes_max =
        is_lenient(node, node.oversized_pdus) ? lenient_pdu_bytes_max : 0;
    settings.query_rules.lenient = is_lenient(node, node.query_hierarchy);
    settings.query_rules.lenient_values = is_lenient(node, node.query_values);
    settings.query_rules.unknown_matches = !is_lenient(node, node.unknown_values);
    settings.query_rules.utc_offset_minutes = dicom::utc_offset_minutes(node.timezone).value_or(0);
    settings.pending_every = node.pending_interval;
    if (node.pending_interval.count() == 0) {
        settings.pending_every = std::chrono::hours(24);
        settings.pending_every_suboperations = 0;
    }
    settings.commitment = commitment_settings(config.commitment);
    settings.deliveries = delivery_destinations(config);
    if (config.tls.enabled) {
        settings.tls_listen = {.address = config.tls.listen, .port = config.tls.port};
    }
    settings.audit = !config.log.audit.empty();
    settings.access = std::move(access);
    return settings;
}

CatalogueSettings catalogue_settings(const config::Config& config) {
    CatalogueSettings settings{
        .file = config.state.path / "catalogue.sqlite",
        .retrieve_ae_title = config.node.aet,
        .mapping = config.data_set.mapping,
        .list_missing_images = config.data_set.missing_images == config::MissingImages::list};
    if (config.reports.presentation_states) {
        settings.made_kinds.push_back(dicom::DerivedKind::presentation_state);
    }
    if (config.reports.key_objects) {
        settings.made_kinds.push_back(dicom::DerivedKind::key_objects);
    }
    return settings;
}

ObjectSourceSettings object_source_settings(const config::Config& config) {
    return {.data_set = config.data_set.path,
            .store = config.state.path / "received",
            .mapping = config.data_set.mapping,
            .cache_bytes_max = config.state.object_cache_bytes,
            .disk_cache = config.state.path / "cache",
            .disk_cache_bytes_max = config.state.disk_cache_bytes};
}

dicom::ReportReadingOptions report_reading(const config::Config& config) {
    return {.non_rectangular_as_boxes = config.import_.nonrect == config::NonRectangular::bbox,
            .strict = config.import_.strict,
            .image_side_max = dicom::object_side_max(config.data_set.mapping.geometry)};
}

std::vector<AnnotationFile> annotation_files(const config::Config& config) {
    std::vector<AnnotationFile> files;
    for (const config::AnnotationsSection& section : config.annotations) {
        auto source = std::make_shared<dicom::AnnotationSource>();
        source->name = section.name;
        const bool is_device = section.observer == config::ObserverKind::device;
        source->observer = {
            .type = is_device ? dicom::ObserverType::device : dicom::ObserverType::person,
            .name =
                is_device && section.observer_name.empty() ? section.model : section.observer_name,
            .organization = is_device ? std::string() : section.organization,
            .manufacturer = is_device ? section.manufacturer : std::string(),
            .model_name = is_device ? section.model : std::string(),
            .software_version = is_device ? section.version : std::string(),
            .device_uid = {}};
        files.push_back({.source = std::move(source),
                         .file = section.file,
                         .table = {.format = format_of(section.format),
                                   .certainty_column = section.certainty,
                                   .certainty_unit = unit_of(section.certainty_unit)}});
    }
    return files;
}

ReceivedStoreSettings received_store_settings(const config::Config& config) {
    return {.root = config.state.path / "received",
            .quota_bytes = config.state.quota_bytes,
            .duplicates = policy_of(config.node.duplicates)};
}

LedgerSettings ledger_settings(const config::Config& config) {
    return {.file = config.state.path / "commitments.sqlite",
            .owed_max = config.commitment.max_owed,
            .kept_for = std::chrono::days(config.commitment.keep_days)};
}

std::filesystem::path queue_file(const config::Config& config) {
    return config.state.path / "deliveries.sqlite";
}

std::vector<std::string> changes_that_need_a_restart(const config::Config& running,
                                                     const config::Config& next) {
    std::vector<std::string> changed;
    const auto note = [&changed](bool same, const char* section) {
        if (!same) {
            changed.emplace_back(section);
        }
    };
    config::DataSetSection data_set = next.data_set;
    data_set.mapping.reports = running.data_set.mapping.reports;  // told as [reports]
    note(running.data_set == data_set, "[dataset]");
    note(running.node == next.node, "[node]");
    note(running.tls.enabled == next.tls.enabled && running.tls.listen == next.tls.listen &&
             running.tls.port == next.tls.port,
         "[tls] (enabled, listen, port)");
    note(running.web == next.web, "[web]");
    note(running.state == next.state, "[state]");
    note(running.commitment == next.commitment, "[commitment]");
    note(running.routes == next.routes, "[[route]]");
    note(running.export_ == next.export_, "[export]");
    note(running.annotations == next.annotations, "[[annotations]]");
    note(running.reports == next.reports &&
             running.data_set.mapping.reports == next.data_set.mapping.reports,
         "[reports]");
    note(running.log == next.log, "[log]");
    return changed;
}

}  // namespace cxr::bridge
