#include "dicom/mapping/image_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

// Synthetic dates. Everything is day arithmetic in the proleptic Gregorian calendar: no clock, no
// time zone, no locale. The constants are frozen: another value moves every date ever given out.
//
//   birthday   a day of the year drawn from the patient, never 29 February
//   birth      that day, (year drawn) - (lowest age of the patient in the table)
//   study      the birthday on which the patient reaches the row's age, plus 30 to 358 days:
//              30, a phase drawn from the patient, and a step for the place f in the chronology.
//              So completed years at the study equal the row's age, later studies are later, and
//              no date is within 7 days of a birthday.

namespace cxr::dicom {
namespace {

using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::uint32_t place_max = 183;        // the published set's longest chronology
constexpr std::uint32_t span_days = 300;        // over which places 0 to 183 are spread
constexpr std::uint32_t day_begins_s = 28'800;  // 08:00:00
constexpr std::uint32_t day_lasts_s = 32'400;   // to 16:59:59: no clock change falls in it

/// What sorts rows into patients, and a patient's rows into a chronology.
struct Place {
    std::uint64_t patient;
    std::uint32_t follow_up;
    std::uint32_t suffix;
    std::uint32_t years = 0;  // completed; unknown ones are those of the row before
    std::uint32_t row;        // in the caller's order
};

std::uint64_t packed(std::string_view patient_id) {
    std::uint64_t key = 0;
    for (const char c : patient_id.substr(0, 8)) {
        key = (key << 8) | static_cast<unsigned char>(c);
    }
    return key;
}

std::uint32_t suffix_of(std::string_view stem) {
    std::uint32_t number = 0;
    for (const char c : stem.substr(std::min(stem.size(), stem.rfind('_') + 1))) {
        number = c >= '0' && c <= '9' ? number * 10 + static_cast<std::uint32_t>(c - '0') : number;
    }
    return number;
}

void append_digits(std::string& text, std::uint32_t number, int width) {
    std::array<char, 10> digits{};
    for (int i = width; i-- > 0; number /= 10) {
        digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
    }
    text.append(digits.data(), static_cast<std::size_t>(width));
}

std::string da(sys_days day) {
    const year_month_day date(day);
    std::string text;
    append_digits(text, static_cast<std::uint32_t>(static_cast<int>(date.year())), 4);
    append_digits(text, static_cast<unsigned>(date.month()), 2);
    append_digits(text, static_cast<unsigned>(date.day()), 2);
    return text;
}

std::string tm(std::uint32_t seconds) {
    std::string text;
    append_digits(text, seconds / 3600, 2);
    append_digits(text, seconds / 60 % 60, 2);
    append_digits(text, seconds % 60, 2);
    return text;
}

/// The drawn parts of a patient's calendar.
struct Calendar {
    month birth_month;
    std::chrono::day birth_day;
    int first_year;
    std::uint32_t phase_days;

    explicit Calendar(std::string_view patient_id) {
        const std::uint32_t drawn = seed_of("birth/" + std::string(patient_id));
        const year_month_day birthday(sys_days(year(2001) / 1 / 1) + days(drawn % 365));
        birth_month = birthday.month();
        birth_day = birthday.day();
        first_year = static_cast<int>(1996 + drawn / 365 % 5);
        phase_days = drawn / 1825 % 31;
    }
    [[nodiscard]] sys_days birthday_in(int in_year) const {
        return year(in_year) / birth_month / birth_day;
    }
};

/// Fills unknown ages from the row before (in follow-up order), the first ones from the row after.
/// @return whether any age of the patient is known
bool fill_ages(std::span<Place> places, std::span<const ChestXRayRow> rows) {
    const auto known = [&](const Place& place) { return rows[place.row].age.has_value(); };
    const auto first_known = std::find_if(places.begin(), places.end(), known);
    if (first_known == places.end()) {
        return false;
    }
    std::uint32_t years = rows[first_known->row].age->completed_years();
    for (Place& place : places) {
        if (known(place)) {
            years = rows[place.row].age->completed_years();
        }
        place.years = years;
    }
    return true;
}

/// Follow-up numbers are the chronology if they run 0..n-1 and no age goes down; in the 2017
/// release and in cut tables they need not. Then age, and the image's number within one age.
void order_chronologically(std::span<Place> places) {
    bool follow_ups_hold = true;
    for (std::size_t i = 0; i < places.size(); ++i) {
        follow_ups_hold = follow_ups_hold && places[i].follow_up == i &&
                          (i == 0 || places[i - 1].years <= places[i].years);
    }
    if (!follow_ups_hold) {
        std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
            return std::tie(a.years, a.suffix) < std::tie(b.years, b.suffix);
        });
    }
}

void date_patient(std::span<Place> places, std::span<const ChestXRayRow> rows, DatedRows& dated) {
    const std::string_view patient_id = rows[places.front().row].patient_id();
    if (places.size() > place_max + 1) {
        dated.notes.push_back(
            fmt::format("patient {}: {} images are more than the {} that "
                        "synthetic dates have room for; its dates are left out",
                        patient_id,
                        places.size(),
                        place_max + 1));
        return;
    }
    const bool age_known = fill_ages(places, rows);
    order_chronologically(places);
    const Calendar calendar(patient_id);
    const std::uint32_t lowest_age =
        std::min_element(places.begin(), places.end(), [](const Place& a, const Place& b) {
            return a.years < b.years;
        })->years;
    const std::string birth_date =
        age_known ? da(calendar.birthday_in(calendar.first_year - static_cast<int>(lowest_age)))
                  : std::string();
    for (std::uint32_t f = 0; f < places.size(); ++f) {
        const Place& place = places[f];
        const sys_days birthday =
            calendar.birthday_in(calendar.first_year + static_cast<int>(place.years - lowest_age));
        const days after(30 + calendar.phase_days + f * span_days / (place_max + 1));
        const std::uint32_t drawn = seed_of("time/" + std::string(rows[place.row].stem()));
        dated.dates[place.row] = {.patient_birth_date = birth_date,
                                  .study_date = da(birthday + after),
                                  .study_time = tm(day_begins_s + drawn % day_lasts_s)};
    }
}

}  // namespace

DatedRows assign_dates(std::span<const ChestXRayRow> rows, Dates dates) {
    DatedRows dated;
    dated.dates.resize(rows.size());
    if (dates == Dates::none) {
        return dated;
    }
    std::vector<Place> places;
    places.reserve(rows.size());
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
        places.push_back({.patient = packed(rows[row].patient_id()),
                          .follow_up = rows[row].follow_up,
                          .suffix = suffix_of(rows[row].stem()),
                          .row = row});
    }
    const auto before = [](const Place& a, const Place& b) {
        return std::tie(a.patient, a.follow_up, a.suffix, a.row) <
               std::tie(b.patient, b.follow_up, b.suffix, b.row);
    };
    if (!std::is_sorted(places.begin(), places.end(), before)) {
        std::sort(places.begin(), places.end(), before);
    }
    for (auto first = places.begin(); first != places.end();) {
        const auto last = std::find_if(
            first, places.end(), [&](const Place& p) { return p.patient != first->patient; });
        date_patient({first, last}, rows, dated);
        first = last;
    }
    return dated;
}

}  // namespace cxr::dicom
