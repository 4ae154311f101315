// Dates, times and numbers in comparable form, and the ranges that keys ask for (PS3.4 C.2.2.2.5).
#include "dicom/query/matching.hpp"
#include "identifier_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace cxr::dicom {
namespace {

/// A value of whatever precision: its first and last instant in comparable form.
using Interval = Range;

bool only_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Of digits only.
int number(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

/// Takes `count` digits with a value up to `most` from the front; nothing if they are not there.
std::optional<int> take(std::string_view& text, std::size_t count, int least, int most) {
    if (text.size() < count || !only_digits(text.substr(0, count))) {
        return std::nullopt;
    }
    const int value = number(text.substr(0, count));
    text.remove_prefix(count);
    return value >= least && value <= most ? std::optional(value) : std::nullopt;
}

bool is_date(int year, int month, int day) {
    return std::chrono::year_month_day(std::chrono::year(year),
                                       std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
        .ok();
}

std::optional<Interval> date_interval(std::string_view text) {
    std::string plain(text);
    if (plain.size() == 10 && plain[4] == '.' && plain[7] == '.') {  // ACR-NEMA, PS3.5 6.2 DA
        plain.erase(7, 1);
        plain.erase(4, 1);
    }
    if (plain.size() != 8 || !only_digits(plain)) {
        return std::nullopt;
    }
    const std::string_view digits(plain);
    if (!is_date(number(digits.substr(0, 4)),
                 number(digits.substr(4, 2)),
                 number(digits.substr(6, 2)))) {
        return std::nullopt;
    }
    return Interval{.low = plain, .high = plain};
}

/// A fraction of a second from ".5" on; empty text: the whole second.
std::optional<Interval> fraction_interval(std::string_view text) {
    if (text.empty()) {
        return Interval{.low = ".000000", .high = ".999999"};
    }
    if (text[0] != '.' || text.size() < 2 || text.size() > 7 || !only_digits(text.substr(1))) {
        return std::nullopt;
    }
    std::string low(text);
    std::string high(text);
    low.resize(7, '0');
    high.resize(7, '9');
    return Interval{.low = low, .high = high};
}

std::optional<Interval> time_interval(std::string_view text) {
    std::string plain(text);
    if (plain.size() >= 5 && plain[2] == ':') {  // ACR-NEMA, PS3.5 6.2 TM
        if (plain.size() >= 8 && plain[5] == ':') {
            plain.erase(5, 1);
        }
        plain.erase(2, 1);
    }
    std::string_view rest(plain);
    Interval interval;
    constexpr int most[] = {23, 59, 60};
    for (const int component_most : most) {
        if (rest.empty() && !interval.low.empty()) {
            interval.low += "00";
            interval.high += fmt::format("{:02}", component_most);
            continue;
        }
        const auto component = take(rest, 2, 0, component_most);
        if (!component) {
            return std::nullopt;
        }
        interval.low += fmt::format("{:02}", *component);
        interval.high += fmt::format("{:02}", *component);
    }
    const auto fraction =
        plain.size() < 6 && !rest.empty() ? std::nullopt : fraction_interval(rest);
    if (!fraction) {
        return std::nullopt;
    }
    return Interval{.low = interval.low + fraction->low, .high = interval.high + fraction->high};
}

/// &ZZXX at the end of a DT, in minutes; removed from `text`. Nothing if malformed.
std::optional<int> take_offset(std::string_view& text) {
    const std::size_t sign = text.find_first_of("+-");
    if (sign == std::string_view::npos) {
        return 0;
    }
    std::string_view digits = text.substr(sign + 1);
    const bool negative = text[sign] == '-';
    text = text.substr(0, sign);
    const auto hours = take(digits, 2, 0, 14);
    const auto minutes = hours ? take(digits, 2, 0, 59) : std::nullopt;
    if (!minutes || !digits.empty()) {
        return std::nullopt;
    }
    const int offset = *hours * 60 + *minutes;
    return negative ? -offset : offset;
}

struct Moment {
    int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

std::string at_utc(const Moment& moment, int offset_minutes, std::string_view fraction) {
    using namespace std::chrono;
    const year_month_day date(year(moment.year),
                              month(static_cast<unsigned>(moment.month)),
                              day(static_cast<unsigned>(moment.day)));
    const auto local = sys_days(date) + hours(moment.hour) + minutes(moment.minute);
    const auto utc = local - minutes(offset_minutes);
    const auto utc_day = floor<days>(utc);
    const year_month_day utc_date(utc_day);
    const auto since_midnight = utc - utc_day;
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}{}",
                       static_cast<int>(utc_date.year()),
                       static_cast<unsigned>(utc_date.month()),
                       static_cast<unsigned>(utc_date.day()),
                       since_midnight.count() / 60,
                       since_midnight.count() % 60,
                       moment.second,
                       fraction);
}

std::optional<Interval> date_time_interval(std::string_view text) {
    const auto offset = take_offset(text);
    const auto year = take(text, 4, 1, 9999);
    if (!offset || !year) {
        return std::nullopt;
    }
    Moment low{.year = *year};
    Moment high{.year = *year, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59};
    struct Component {
        int Moment::*field;
        int least, most;
    };
    constexpr Component components[] = {{&Moment::month, 1, 12},
                                        {&Moment::day, 1, 31},
                                        {&Moment::hour, 0, 23},
                                        {&Moment::minute, 0, 59},
                                        {&Moment::second, 0, 60}};
    bool to_the_second = true;
    for (const Component& component : components) {
        if (text.empty()) {
            to_the_second = false;
            break;
        }
        const auto value = take(text, 2, component.least, component.most);
        if (!value) {
            return std::nullopt;
        }
        low.*component.field = *value;
        high.*component.field = *value;
    }
    while (!is_date(high.year, high.month, high.day) && high.day > 28 && low.day == 1) {
        --high.day;  // the month's last day, when none was given
    }
    const auto fraction = !to_the_second && !text.empty() ? std::nullopt : fraction_interval(text);
    if (!fraction || !is_date(low.year, low.month, low.day) ||
        !is_date(high.year, high.month, high.day)) {
        return std::nullopt;
    }
    return Interval{.low = at_utc(low, *offset, fraction->low),
                    .high = at_utc(high, *offset, fraction->high)};
}

std::optional<Interval> interval_of(std::string_view text, VR vr) {
    switch (vr) {
        case VR::DA:
            return date_interval(text);
        case VR::TM:
            return time_interval(text);
        case VR::DT:
            return date_time_interval(text);
        default:
            return std::nullopt;
    }
}

std::optional<std::string> comparable_integer(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
        text.remove_prefix(1);
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return std::to_string(value);
}

}  // namespace

std::optional<std::string> comparable(std::string_view value, VR vr) {
    value = trimmed_key(value);
    if (vr == VR::IS || vr == VR::US) {
        return comparable_integer(value);
    }
    auto interval = interval_of(value, vr);
    if (!interval) {
        return std::nullopt;
    }
    return std::move(interval->low);
}

std::optional<Range> parse_range(std::string_view key, VR vr) {
    key = trimmed_key(key);
    if (auto single = interval_of(key, vr)) {
        return single;
    }
    // A '-' may also belong to the offset of a DT: the first place where both sides make sense.
    for (std::size_t dash = key.find('-'); dash != std::string_view::npos;
         dash = key.find('-', dash + 1)) {
        const std::string_view first = trimmed_key(key.substr(0, dash));
        const std::string_view last = trimmed_key(key.substr(dash + 1));
        const auto low = interval_of(first, vr);
        const auto high = interval_of(last, vr);
        if ((!low && !first.empty()) || (!high && !last.empty()) || (!low && !high)) {
            continue;
        }
        return Range{.low = low ? low->low : std::string(),
                     .high = high ? high->high : std::string()};
    }
    return std::nullopt;
}

namespace {

bool is_within(const std::string& comparable_value, const Range& range) {
    return (range.low.empty() || range.low <= comparable_value) &&
           (range.high.empty() || comparable_value <= range.high);
}

}  // namespace

bool matches_range(std::string_view value, std::string_view key, VR vr) {
    const auto range = parse_range(key, vr);
    bool matched = false;
    for_each_value(value, [&](std::string_view one) {
        const auto instant = comparable(one, vr);
        matched = matched || (range && instant && is_within(*instant, *range));
    });
    return matched;
}

std::optional<Range> combined_range(std::string_view date_key, std::string_view time_key) {
    const auto dates = parse_range(date_key, VR::DA);
    const auto times = parse_range(time_key, VR::TM);
    if (!dates || !times) {
        return std::nullopt;
    }
    const auto join = [](const std::string& date, const std::string& time, const char* open_time) {
        return date.empty() ? std::string() : date + (time.empty() ? open_time : time);
    };
    return Range{.low = join(dates->low, times->low, "000000.000000"),
                 .high = join(dates->high, times->high, "235960.999999")};
}

bool matches_combined_range(std::string_view date_value,
                            std::string_view time_value,
                            std::string_view date_key,
                            std::string_view time_key) {
    const auto range = combined_range(date_key, time_key);
    const auto date = comparable(date_value, VR::DA);
    const auto time = comparable(time_value, VR::TM);
    return range && date && time && is_within(*date + *time, *range);
}

bool matches_single_value(std::string_view value, std::string_view key, VR vr) {
    const bool is_number = vr == VR::IS || vr == VR::US;
    bool matched = false;
    for_each_value(value, [&](std::string_view one) {
        for_each_value(key, [&](std::string_view wanted) {
            const auto number_value = is_number ? comparable(one, vr) : std::nullopt;
            matched = matched || trimmed_key(one) == trimmed_key(wanted) ||
                      (number_value && number_value == comparable(wanted, vr));
        });
    });
    return matched;
}

}  // namespace cxr::dicom
