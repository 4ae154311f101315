#include "dicom/core/vr.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dctag.h>

#include <algorithm>
#include <vector>

namespace cxr::dicom {
namespace {

bool is_one_of(VR vr, std::initializer_list<VR> set) {
    return std::find(set.begin(), set.end(), vr) != set.end();
}

VR vr_of(DcmEVR evr) {
    switch (evr) {
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

struct VRTableEntry {
    std::uint32_t tag;
    VR vr;
};
using VRTable = std::vector<VRTableEntry>;

VRTable read_dictionary() {
    VRTable table;
    // Nothing is written: only a non-const dictionary can be walked.
    DcmDataDictionary& dictionary = dcmDataDict.wrlock();
    for (auto entry = dictionary.normalBegin(); entry != dictionary.normalEnd(); ++entry) {
        if ((*entry)->getPrivateCreator() == nullptr && (*entry)->getGroup() % 2 == 0) {
            table.push_back(
                {.tag = (std::uint32_t{(*entry)->getGroup()} << 16) | (*entry)->getElement(),
                 .vr = vr_of((*entry)->getEVR())});
        }
    }
    dcmDataDict.wrunlock();
    std::sort(table.begin(), table.end(), [](const VRTableEntry& a, const VRTableEntry& b) {
        return a.tag < b.tag;
    });
    return table;
}

}  // namespace

bool is_known_vr(std::uint16_t code) {
    switch (static_cast<VR>(code)) {
        case VR::AE:
        case VR::AS:
        case VR::AT:
        case VR::CS:
        case VR::DA:
        case VR::DS:
        case VR::DT:
        case VR::FD:
        case VR::FL:
        case VR::IS:
        case VR::LO:
        case VR::LT:
        case VR::OB:
        case VR::OD:
        case VR::OF:
        case VR::OL:
        case VR::OV:
        case VR::OW:
        case VR::PN:
        case VR::SH:
        case VR::SL:
        case VR::SQ:
        case VR::SS:
        case VR::ST:
        case VR::SV:
        case VR::TM:
        case VR::UC:
        case VR::UI:
        case VR::UL:
        case VR::UN:
        case VR::UR:
        case VR::US:
        case VR::UT:
        case VR::UV:
            return true;
    }
    return false;
}

bool has_long_length(VR vr) {
    switch (vr) {
        case VR::OB:
        case VR::OD:
        case VR::OF:
        case VR::OL:
        case VR::OV:
        case VR::OW:
        case VR::SQ:
        case VR::SV:
        case VR::UC:
        case VR::UN:
        case VR::UR:
        case VR::UT:
        case VR::UV:
            return true;
        default:
            return false;
    }
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
    // A copy of the dictionary's standard part: DCMTK takes a lock for each look-up.
    static const VRTable table = read_dictionary();
    const std::uint16_t group = tag.getGroup();
    const std::uint16_t element = tag.getElement();
    if (element == 0) {
        return VR::UL;  // group length (PS3.5 7.2)
    }
    if (group % 2 != 0) {
        return element >= 0x10 && element <= 0xFF ? VR::LO : VR::UN;
    }
    const std::uint32_t number = (std::uint32_t{group} << 16) | element;
    const auto entry = std::lower_bound(
        table.begin(), table.end(), number, [](const VRTableEntry& candidate, std::uint32_t key) {
            return candidate.tag < key;
        });
    if (entry != table.end() && entry->tag == number) {
        return entry->vr;
    }
    return vr_of(DcmTag(tag).getEVR());  // repeating groups, and what is not standard
}

}  // namespace cxr::dicom
