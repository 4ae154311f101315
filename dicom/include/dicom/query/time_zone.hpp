#pragma once
/// Timezone Offset From UTC (0008,0201), and dates and times moved from one offset to another
/// (PS3.4 C.5.1 byte 4). Pure arithmetic on the Gregorian calendar: no zone of this machine.

#include <optional>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// "+0130" is 90, minutes east of UTC. Nothing unless it is a sign and four digits from -1200 to
/// +1400 (PS3.3 C.12.1.1.8).
[[nodiscard]] std::optional<int> utc_offset_minutes(std::string_view text);
/// The reverse: "-0500".
[[nodiscard]] std::string utc_offset_text(int minutes);

/// A date and a time of day that belong together.
struct LocalMoment {
    std::string date;  ///< DA
    std::string time;  ///< TM, of any precision
    friend bool operator==(const LocalMoment&, const LocalMoment&) = default;
};
/// The same moment as clocks `minutes` further east show it, seconds and fraction untouched; an
/// hour alone gets its minutes when it must. Without a well-formed date and time there is no moment
/// to move: both stay.
[[nodiscard]] LocalMoment moved_east(LocalMoment moment, int minutes);

}  // namespace cxr::dicom
