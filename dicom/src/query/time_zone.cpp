#include "dicom/query/time_zone.hpp"

#include "dicom/query/matching.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace cxr::dicom {
namespace {

constexpr int west_most = -12 * 60;
constexpr int east_most = 14 * 60;

/// Of digits only.
int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace

std::optional<int> utc_offset_minutes(std::string_view text) {
    const bool well_formed =
        text.size() == 5 && (text[0] == '+' || text[0] == '-') &&
        text.substr(1).find_first_not_of("0123456789") == std::string_view::npos;
    if (!well_formed || number(text.substr(3)) > 59) {
        return std::nullopt;
    }
    const int east = number(text.substr(1, 2)) * 60 + number(text.substr(3));
    const int minutes = text[0] == '-' ? -east : east;
    return minutes >= west_most && minutes <= east_most ? std::optional(minutes) : std::nullopt;
}

std::string utc_offset_text(int minutes) {
    const int distance = minutes < 0 ? -minutes : minutes;
    return fmt::format("{}{:02}{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

LocalMoment moved_east(LocalMoment moment, int minutes) {
    const auto date = comparable(moment.date, VR::DA);
    const auto time = comparable(moment.time, VR::TM);
    if (minutes == 0 || !date || !time) {
        return moment;
    }
    using namespace std::chrono;
    const std::string_view digits(*date);
    const year_month_day day(year(number(digits.substr(0, 4))),
                             month(static_cast<unsigned>(number(digits.substr(4, 2)))),
                             std::chrono::day(static_cast<unsigned>(number(digits.substr(6, 2)))));
    const std::string_view clock(*time);
    const auto moved = sys_days(day) + hours(number(clock.substr(0, 2))) +
                       std::chrono::minutes(number(clock.substr(2, 2)) + minutes);
    const auto moved_day = floor<days>(moved);
    const year_month_day new_day(moved_day);
    const auto since_midnight = (moved - moved_day).count();
    // What stands behind hours and minutes stays as precise as it was.
    const std::size_t given = moment.time.find_last_not_of(' ') + 1;
    const bool has_colons = moment.time.find(':') != std::string::npos;
    const bool only_hours = given == 2;
    const std::string rest = has_colons  ? std::string(clock.substr(4))
                             : given > 4 ? moment.time.substr(4, given - 4)
                                         : std::string();
    return {.date = fmt::format("{:04}{:02}{:02}",
                                static_cast<int>(new_day.year()),
                                static_cast<unsigned>(new_day.month()),
                                static_cast<unsigned>(new_day.day())),
            .time = only_hours && minutes % 60 == 0
                        ? fmt::format("{:02}", since_midnight / 60)
                        : fmt::format("{:02}{:02}{}",
                                      since_midnight / 60,
                                      since_midnight % 60,
                                      only_hours ? std::string() : rest)};
}

}  // namespace cxr::dicom
