#pragma once
/// The conformance statement's tables, each read from the table that the node runs on.

#include "config/schema.hpp"
#include "dicom/query/identifier.hpp"
#include "statement/document.hpp"
#include "storescp/association/negotiation.hpp"
#include "storescp/status.hpp"

namespace cxr::bridge {

/// SOP class, UID, role of ours (SCP, SCU).
[[nodiscard]] TextTable network_services(const storescp::AcceptableContexts& contexts);
/// Abstract syntax, UID, transfer syntaxes, roles, extended negotiation: of the storage classes, or
/// of the others.
[[nodiscard]] TextTable accepted_contexts(const storescp::AcceptableContexts& contexts,
                                          bool storage);
/// Name and UID of every transfer syntax, and whether objects are made in it.
[[nodiscard]] TextTable transfer_syntaxes();
[[nodiscard]] TextTable query_keys(dicom::InformationModel model);
[[nodiscard]] TextTable statuses(std::span<const storescp::StatusMeaning> meanings);
[[nodiscard]] TextTable character_sets();
/// Every key with its allowed values, its default and its value in `config`; no paths, no secrets.
[[nodiscard]] TextTable configuration_parameters(const config::Config& config);

}  // namespace cxr::bridge
