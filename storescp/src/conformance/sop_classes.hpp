#pragma once
/// The SOP classes and transfer syntaxes that dialogues speak of (PS3.6 Annex A).

#include <string_view>

namespace cxr::storescp::conformance {

namespace sop {
inline constexpr std::string_view verification = "1.2.840.10008.1.1";
inline constexpr std::string_view storage_commitment = "1.2.840.10008.1.20.1";
inline constexpr std::string_view secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
inline constexpr std::string_view ct_image = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr std::string_view patient_root_find = "1.2.840.10008.5.1.4.1.2.1.1";
inline constexpr std::string_view patient_root_move = "1.2.840.10008.5.1.4.1.2.1.2";
inline constexpr std::string_view patient_root_get = "1.2.840.10008.5.1.4.1.2.1.3";
inline constexpr std::string_view study_root_find = "1.2.840.10008.5.1.4.1.2.2.1";
inline constexpr std::string_view study_root_move = "1.2.840.10008.5.1.4.1.2.2.2";
inline constexpr std::string_view study_root_get = "1.2.840.10008.5.1.4.1.2.2.3";
inline constexpr std::string_view patient_study_only_find = "1.2.840.10008.5.1.4.1.2.3.1";
/// Nobody's: a valid UID under 2.25 that stands for a class or syntax no peer can know.
inline constexpr std::string_view unknown = "2.25.294030214912346510123456789";
}  // namespace sop

namespace syntax {
inline constexpr std::string_view implicit_little = "1.2.840.10008.1.2";
inline constexpr std::string_view explicit_little = "1.2.840.10008.1.2.1";
inline constexpr std::string_view explicit_big = "1.2.840.10008.1.2.2";
inline constexpr std::string_view deflated = "1.2.840.10008.1.2.1.99";
inline constexpr std::string_view rle = "1.2.840.10008.1.2.5";
inline constexpr std::string_view jpeg_lossless = "1.2.840.10008.1.2.4.70";
}  // namespace syntax

/// Instance UID of the Storage Commitment Push Model (PS3.4 J.3.5).
inline constexpr std::string_view storage_commitment_instance = "1.2.840.10008.1.20.1.1";

}  // namespace cxr::storescp::conformance
