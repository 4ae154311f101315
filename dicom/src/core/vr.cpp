#include "dicom/core/vr.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <algorithm>
#include <array>

namespace cxr::dicom {
namespace {

constexpr std::array all_vrs{VR::AE, VR::AS, VR::AT, VR::CS, VR::DA, VR::DS, VR::DT, VR::FD, VR::FL,
                             VR::IS, VR::LO, VR::LT, VR::OB, VR::OD, VR::OF, VR::OL, VR::OV, VR::OW,
                             VR::PN, VR::SH, VR::SL, VR::SQ, VR::SS, VR::ST, VR::SV, VR::TM, VR::UC,
                             VR::UI, VR::UL, VR::UN, VR::UR, VR::US, VR::UT, VR::UV};

bool is_one_of(VR vr, std::initializer_list<VR> set) {
    return std::find(set.begin(), set.end(), vr) != set.end();
}

}  // namespace

bool is_known_vr(std::uint16_t code) {
    return std::any_of(all_vrs.begin(), all_vrs.end(), [code](VR vr) {
        return static_cast<std::uint16_t>(vr) == code;
    });
}

bool has_long_length(VR vr) {
    return is_one_of(vr,
                     {VR::OB,
                      VR::OD,
                      VR::OF,
                      VR::OL,
                      VR::OV,
                      VR::OW,
                      VR::SQ,
                      VR::SV,
                      VR::UC,
                      VR::UN,
                      VR::UR,
                      VR::UT,
                      VR::UV});
}

bool is_charset_text(VR vr) {
    return is_one_of(vr, {VR::LO, VR::LT, VR::PN, VR::SH, VR::ST, VR::UC, VR::UT});
}

bool is_text(VR vr) {
    return is_charset_text(vr) ||
           is_one_of(
               vr,
               {VR::AE, VR::AS, VR::CS, VR::DA, VR::DS, VR::DT, VR::IS, VR::TM, VR::UI, VR::UR});
}

VR dictionary_vr(const DcmTagKey& tag) {
    switch (const DcmEVR evr = DcmTag(tag).getEVR()) {
        case EVR_xs:
            return VR::US;
        case EVR_ox:
        case EVR_px:
        case EVR_lt:
            return VR::OW;
        default: {
            const std::string_view name(DcmVR(evr).getValidVRName());
            const std::uint16_t code =
                name.size() == 2 ? vr_code(name[0], name[1]) : std::uint16_t{0};
            return is_known_vr(code) ? static_cast<VR>(code) : VR::UN;
        }
    }
}

}  // namespace cxr::dicom
