#pragma once
/// The options that objects are functions of, beside row and pixels. Every option that changes
/// attributes or pixels selects another UID namespace: profile() is its name.

#include "dicom/core/uid.hpp"

#include <cstdint>
#include <string>

namespace cxr::dicom {

enum class Spacing : std::uint8_t { nominal, pixel, none };
enum class Dates : std::uint8_t { synthetic, none };
enum class Names : std::uint8_t { id, human };
enum class ModalityChoice : std::uint8_t { dx, cr, ot, automatic };
enum class IodProfile : std::uint8_t {
    standard_extended,
    strict
};  ///< strict: without View Position

struct MappingOptions {
    Spacing spacing = Spacing::nominal;
    Dates dates = Dates::synthetic;
    Names names = Names::id;
    ModalityChoice modality = ModalityChoice::dx;
    IodProfile iod = IodProfile::standard_extended;
    bool clinical_trial = true;
    bool labels_in_image_comments = false;

    /// Sorted "k=v;" of what differs from the default; empty for the default.
    [[nodiscard]] std::string profile() const;
    friend bool operator==(const MappingOptions&, const MappingOptions&) = default;
};

}  // namespace cxr::dicom
