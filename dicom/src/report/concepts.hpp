#pragma once
/// Relationship types (PS3.3 C.17.3.2.4) and concept names (PS3.16) that several templates use, for
/// writing trees and for reading them.

#include "mapping/item_writer.hpp"

#include <string_view>

namespace cxr::dicom::concepts {

inline constexpr std::string_view contains = "CONTAINS";
inline constexpr std::string_view has_concept_mod = "HAS CONCEPT MOD";
inline constexpr std::string_view has_obs_context = "HAS OBS CONTEXT";
inline constexpr std::string_view has_acq_context = "HAS ACQ CONTEXT";
inline constexpr std::string_view has_properties = "HAS PROPERTIES";
inline constexpr std::string_view inferred_from = "INFERRED FROM";
inline constexpr std::string_view selected_from = "SELECTED FROM";

inline constexpr Code imaging_measurement_report{"126000", "DCM", "Imaging Measurement Report"};
inline constexpr Code imaging_measurements{"126010", "DCM", "Imaging Measurements"};
inline constexpr Code measurement_group{"125007", "DCM", "Measurement Group"};
inline constexpr Code qualitative_evaluations{"C0034375", "UMLS", "Qualitative Evaluations"};
inline constexpr Code image_region{"111030", "DCM", "Image Region"};
inline constexpr Code finding{"121071", "DCM", "Finding"};
inline constexpr Code finding_site{"363698007", "SCT", "Finding Site"};
inline constexpr Code comment{"121106", "DCM", "Comment"};
inline constexpr Code tracking_identifier{"112039", "DCM", "Tracking Identifier"};
inline constexpr Code tracking_unique_identifier{"112040", "DCM", "Tracking Unique Identifier"};
inline constexpr Code observer_type{"121005", "DCM", "Observer Type"};
inline constexpr Code person{"121006", "DCM", "Person"};
inline constexpr Code device{"121007", "DCM", "Device"};
inline constexpr Code person_observer_name{"121008", "DCM", "Person Observer Name"};
inline constexpr Code person_observer_organization{
    "121009", "DCM", "Person Observer's Organization Name"};
inline constexpr Code device_observer_uid{"121012", "DCM", "Device Observer UID"};
inline constexpr Code device_observer_name{"121013", "DCM", "Device Observer Name"};
inline constexpr Code device_observer_manufacturer{"121014", "DCM", "Device Observer Manufacturer"};
inline constexpr Code device_observer_model{"121015", "DCM", "Device Observer Model Name"};
inline constexpr Code source_of_measurement{"121112", "DCM", "Source of Measurement"};
inline constexpr Code source{"260753009", "SCT", "Source"};
inline constexpr Code algorithm_name{"111001", "DCM", "Algorithm Name"};
inline constexpr Code algorithm_version{"111003", "DCM", "Algorithm Version"};
inline constexpr Code certainty_of_finding{"111012", "DCM", "Certainty of Finding"};

}  // namespace cxr::dicom::concepts
