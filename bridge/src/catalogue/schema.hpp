#pragma once
/// The catalogue's tables and their versions.
///
/// Identifiers nest: a series' is its study's followed by a number within the study, an instance's
/// is its series' followed by a number within the series. All series of a study and all instances
/// of a study or series are therefore one range of a table's primary key: children need neither a
/// column nor an index that points to their parent.
/// What thousands of rows share (modality, descriptions, SOP Class, …) stands once, in *_kind.
/// Texts are never NULL: an attribute without a value is ''.

#include "catalogue/sqlite.hpp"

#include <cstdint>

namespace cxr::bridge::schema {

inline constexpr int series_bits = 14;  ///< 16,383 series in a study
inline constexpr int instance_bits =
    22;  ///< 4,194,303 instances in a series, half of them received

[[nodiscard]] constexpr std::int64_t first_series(std::int64_t study) {
    return study << series_bits;
}
[[nodiscard]] constexpr std::int64_t last_series(std::int64_t study) {
    return ((study + 1) << series_bits) - 1;
}
[[nodiscard]] constexpr std::int64_t first_instance(std::int64_t series) {
    return series << instance_bits;
}
[[nodiscard]] constexpr std::int64_t last_instance(std::int64_t series) {
    return ((series + 1) << instance_bits) - 1;
}
/// Of a made series: its document; received instances follow it, earlier revisions come before the
/// last number, downwards.
[[nodiscard]] constexpr std::int64_t made_instance(std::int64_t series) {
    return first_instance(series) + 1;
}
[[nodiscard]] constexpr std::int64_t first_received_instance(std::int64_t series) {
    return first_instance(series) + 2;
}
[[nodiscard]] constexpr std::int64_t last_received_instance(std::int64_t series) {
    return first_instance(series) + (1 << (instance_bits - 1));
}
[[nodiscard]] constexpr std::int64_t series_of(std::int64_t instance) {
    return instance >> instance_bits;
}
[[nodiscard]] constexpr std::int64_t study_of(std::int64_t instance) {
    return instance >> (instance_bits + series_bits);
}

/// Raised with every change of the tables; upgrades from every earlier one are in schema.cpp.
inline constexpr std::int64_t version = 3;

/// Creates, migrates or refuses. Faults: storage (newer version, not a database, damaged: with what
/// to do).
[[nodiscard]] dicom::Result<void> prepare(sqlite::Connection& connection,
                                          const std::filesystem::path& file);

/// Indexes that a bulk build drops first and creates when all rows are there.
[[nodiscard]] dicom::Result<void> create_indexes(sqlite::Connection& connection);
[[nodiscard]] dicom::Result<void> drop_indexes(sqlite::Connection& connection);

}  // namespace cxr::bridge::schema
