#pragma once
/// The data sets of storage commitment (PS3.4 J.3.2, J.3.3; PS3.3 C.14) to and from values. Pure.

#include "dicom/core/attributes.hpp"
#include "storescp/ports.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace cxr::storescp {

inline constexpr const char* storage_commitment_sop_class_uid = "1.2.840.10008.1.20.1";
inline constexpr const char* storage_commitment_sop_instance_uid = "1.2.840.10008.1.20.1.1";
inline constexpr std::uint16_t request_storage_commitment = 1;     ///< Action Type ID
inline constexpr std::uint16_t storage_commitment_successful = 1;  ///< Event Type ID
inline constexpr std::uint16_t storage_commitment_with_failures = 2;

/// Why an Action or Event Information is none (PS3.7 §10.1.1, §10.1.4).
struct RefusedInformation {
    std::uint16_t status;
    std::string why;
    std::string transaction_uid = {};  ///< if it could be read
};

[[nodiscard]] std::variant<CommitmentRequest, RefusedInformation> parse_action_information(
    const dicom::Attributes& information, std::size_t references_max);
[[nodiscard]] std::variant<CommitmentReport, RefusedInformation> parse_event_information(
    const dicom::Attributes& information);

[[nodiscard]] dicom::Attributes action_information(const CommitmentRequest& request);
/// Of the type that event_type_of() gives. The objects can be had from `retrieve_ae_title`, said
/// once for all (C.14: here or in each item, not both).
[[nodiscard]] dicom::Attributes event_information(const CommitmentReport& report,
                                                  const std::string& retrieve_ae_title);
[[nodiscard]] std::uint16_t event_type_of(const CommitmentReport& report);

}  // namespace cxr::storescp
