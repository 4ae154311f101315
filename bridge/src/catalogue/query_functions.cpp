#include "catalogue/query_compiler.hpp"
#include "dicom/query/time_zone.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <new>

namespace cxr::bridge {

using dicom::QueryKey;

namespace {

std::string_view text_of(sqlite3_value* value) {
    const auto* data = sqlite3_value_text(value);
    const int bytes = sqlite3_value_bytes(value);
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(bytes)};
}

void result_text(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// No exception crosses SQLite: what is thrown becomes the statement's error.
template <typename Function>
void guarded(sqlite3_context* context, Function function) noexcept {
    try {
        function();
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    } catch (const std::exception& thrown) {
        sqlite3_result_error(context, thrown.what(), -1);
    }
}

void dicom_matches(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto* key =
        static_cast<const QueryKey*>(sqlite3_value_pointer(arguments[0], key_pointer));
    guarded(context, [&] {
        sqlite3_result_int(context,
                           key != nullptr && dicom::matches(*key, text_of(arguments[1])) ? 1 : 0);
    });
}

void dicom_matches_code(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto* key =
        static_cast<const QueryKey*>(sqlite3_value_pointer(arguments[0], key_pointer));
    guarded(context, [&] {
        const dicom::CodedConcept stored{.value = std::string(text_of(arguments[1])),
                                         .scheme = std::string(text_of(arguments[2])),
                                         .meaning = std::string(text_of(arguments[3]))};
        sqlite3_result_int(
            context, key != nullptr && dicom::matches_code(stored, key->sequence_keys) ? 1 : 0);
    });
}

/// PS3.4 C.2.2.2.5: date and time as one moment, when that was negotiated.
void dicom_matches_date_time(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto* keys =
        static_cast<const DateTimeKeys*>(sqlite3_value_pointer(arguments[0], date_time_pointer));
    guarded(context, [&] {
        const std::string_view date = text_of(arguments[1]);
        const bool matched =
            keys != nullptr &&
            ((keys->date->unknown_matches && date.empty()) ||
             dicom::matches_combined_range(
                 date, text_of(arguments[2]), keys->date->value, keys->time->value));
        sqlite3_result_int(context, matched ? 1 : 0);
    });
}

/// (date, time, offset as kept, minutes when there is none, minutes asked for): both at the latter.
dicom::LocalMoment moved_moment(sqlite3_value** arguments) {
    const int kept =
        dicom::utc_offset_minutes(text_of(arguments[2])).value_or(sqlite3_value_int(arguments[3]));
    return dicom::moved_east(
        {.date = std::string(text_of(arguments[0])), .time = std::string(text_of(arguments[1]))},
        sqlite3_value_int(arguments[4]) - kept);
}

void dicom_moved_date(sqlite3_context* context, int, sqlite3_value** arguments) {
    guarded(context, [&] { result_text(context, moved_moment(arguments).date); });
}

void dicom_moved_time(sqlite3_context* context, int, sqlite3_value** arguments) {
    guarded(context, [&] { result_text(context, moved_moment(arguments).time); });
}

/// Distinct values, not empty ones, in the order met, separated by '\'.
struct JoinedValues {
    std::string text;

    void add(std::string_view value) {
        std::size_t from = 0;
        while (!text.empty() && from <= text.size()) {
            const std::size_t end = std::min(text.find('\\', from), text.size());
            if (std::string_view(text).substr(from, end - from) == value) {
                return;
            }
            from = end + 1;
        }
        text += text.empty() ? "" : "\\";
        text += value;
    }
};

/// What SQLite keeps for an aggregate: zeroed memory at first.
struct Aggregate {
    JoinedValues* values;
};

void joined_values_step(sqlite3_context* context, int, sqlite3_value** arguments) {
    auto* state = static_cast<Aggregate*>(sqlite3_aggregate_context(context, sizeof(Aggregate)));
    if (state == nullptr) {
        sqlite3_result_error_nomem(context);
        return;
    }
    guarded(context, [&] {
        if (state->values == nullptr) {
            state->values = std::make_unique<JoinedValues>().release();
        }
        if (const auto value = text_of(arguments[0]); !value.empty()) {
            state->values->add(value);
        }
    });
}

void joined_values_final(sqlite3_context* context) {
    const auto* state = static_cast<Aggregate*>(sqlite3_aggregate_context(context, 0));
    const std::unique_ptr<JoinedValues> values(state != nullptr ? state->values : nullptr);
    result_text(context, values ? std::string_view(values->text) : "");
}

}  // namespace

dicom::Result<void> register_query_functions(sqlite::Connection& connection) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    sqlite3* handle = connection.handle();
    const auto scalar = [&](const char* name, int arguments, auto* function) {
        return sqlite3_create_function_v2(
            handle, name, arguments, flags, nullptr, function, nullptr, nullptr, nullptr);
    };
    const bool registered =
        scalar("dicom_matches", 2, dicom_matches) == SQLITE_OK &&
        scalar("dicom_matches_code", 4, dicom_matches_code) == SQLITE_OK &&
        scalar("dicom_matches_date_time", 3, dicom_matches_date_time) == SQLITE_OK &&
        scalar("dicom_moved_date", 5, dicom_moved_date) == SQLITE_OK &&
        scalar("dicom_moved_time", 5, dicom_moved_time) == SQLITE_OK &&
        sqlite3_create_function_v2(handle,
                                   "joined_values",
                                   1,
                                   flags,
                                   nullptr,
                                   nullptr,
                                   joined_values_step,
                                   joined_values_final,
                                   nullptr) == SQLITE_OK;
    if (!registered) {
        return dicom::Fault{.kind = dicom::FaultKind::storage,
                            .doing = "catalogue: cannot register matching functions"};
    }
    return {};
}

}  // namespace cxr::bridge
