#pragma once
/// Turns a configuration into what the rooms below are told: they know nothing of configuration
/// files.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/commitment/ledger.hpp"
#include "bridge/data_set/annotation_files.hpp"
#include "bridge/objects/object_source.hpp"
#include "bridge/objects/received_store.hpp"
#include "config/schema.hpp"
#include "dicom/report/report_reader.hpp"
#include "storescp/association/settings.hpp"

namespace cxr::bridge {

/// Reads the files of certificates and passcodes that the configuration names. Faults: not_found,
/// malformed (one line that names the key or file).
[[nodiscard]] dicom::Result<std::shared_ptr<const storescp::AccessPolicy>> access_policy(
    const config::Config& config);
[[nodiscard]] storescp::NodeSettings node_settings(
    const config::Config& config, std::shared_ptr<const storescp::AccessPolicy> access);
[[nodiscard]] CatalogueSettings catalogue_settings(const config::Config& config);
[[nodiscard]] ObjectSourceSettings object_source_settings(const config::Config& config);
[[nodiscard]] dicom::ReportReadingOptions report_reading(const config::Config& config);
[[nodiscard]] std::vector<AnnotationFile> annotation_files(const config::Config& config);
[[nodiscard]] ReceivedStoreSettings received_store_settings(const config::Config& config);
[[nodiscard]] LedgerSettings ledger_settings(const config::Config& config);
/// Of the delivery queue.
[[nodiscard]] std::filesystem::path queue_file(const config::Config& config);

/// What a reload (SIGHUP) can change without ending associations is the access policy: peers,
/// users, access and the certificates of tls. Names the sections in which `next` differs from
/// `running` beyond that, for the log.
[[nodiscard]] std::vector<std::string> changes_that_need_a_restart(const config::Config& running,
                                                                   const config::Config& next);

}  // namespace cxr::bridge
