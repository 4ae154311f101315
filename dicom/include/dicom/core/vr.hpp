#pragma once
/// Value representations (PS3.5 §6.2), as the two characters that stand on the wire.

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctagkey.h>

#include <cstdint>
#include <string_view>

namespace cxr::dicom {

[[nodiscard]] constexpr std::uint16_t vr_code(char first, char second) {
    return static_cast<std::uint16_t>((static_cast<unsigned char>(first) << 8) |
                                      static_cast<unsigned char>(second));
}

enum class VR : std::uint16_t {
    AE = vr_code('A', 'E'),
    AS = vr_code('A', 'S'),
    AT = vr_code('A', 'T'),
    CS = vr_code('C', 'S'),
    DA = vr_code('D', 'A'),
    DS = vr_code('D', 'S'),
    DT = vr_code('D', 'T'),
    FD = vr_code('F', 'D'),
    FL = vr_code('F', 'L'),
    IS = vr_code('I', 'S'),
    LO = vr_code('L', 'O'),
    LT = vr_code('L', 'T'),
    OB = vr_code('O', 'B'),
    OD = vr_code('O', 'D'),
    OF = vr_code('O', 'F'),
    OL = vr_code('O', 'L'),
    OV = vr_code('O', 'V'),
    OW = vr_code('O', 'W'),
    PN = vr_code('P', 'N'),
    SH = vr_code('S', 'H'),
    SL = vr_code('S', 'L'),
    SQ = vr_code('S', 'Q'),
    SS = vr_code('S', 'S'),
    ST = vr_code('S', 'T'),
    SV = vr_code('S', 'V'),
    TM = vr_code('T', 'M'),
    UC = vr_code('U', 'C'),
    UI = vr_code('U', 'I'),
    UL = vr_code('U', 'L'),
    UN = vr_code('U', 'N'),
    UR = vr_code('U', 'R'),
    US = vr_code('U', 'S'),
    UT = vr_code('U', 'T'),
    UV = vr_code('U', 'V'),
};

/// Two upper-case letters that PS3.5 table 6.2-1 lists?
[[nodiscard]] bool is_known_vr(std::uint16_t code);

/// Explicit VR with 2 reserved bytes and a 32-bit length (PS3.5 table 7.1-1).
[[nodiscard]] bool has_long_length(VR vr);

/// Affected by Specific Character Set (PS3.5 §6.1.2.3): LO LT PN SH ST UC UT.
[[nodiscard]] bool is_charset_text(VR vr);

/// Kept as characters in the stream, several values separated by backslash (LT, ST, UT, UR hold
/// one).
[[nodiscard]] bool is_text(VR vr);

/// The data dictionary's VR (PS3.6), UN for unknown tags and private ones other than their creators
/// (LO). Ambiguous ones as they are written in Implicit VR: US for "US or SS", OW for "OB or OW".
/// Takes no lock after the first call.
[[nodiscard]] VR dictionary_vr(const DcmTagKey& tag);

}  // namespace cxr::dicom
