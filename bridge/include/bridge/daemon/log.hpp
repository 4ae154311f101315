#pragma once
/// The program's log: one line per event on stderr, for people or as one JSON object. Any thread.
/// What strangers send (AE titles, UIDs) is escaped: a log line stays one line (no control
/// characters, valid UTF-8). No patient data goes in here.

#include "config/schema.hpp"

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace cxr::bridge {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// key=value behind the message, or a member of the JSON object.
struct LogField {
    std::string_view name;
    std::variant<std::int64_t, double, std::string_view> value;
};

class Log {
public:
    /// To stderr; in colour when that is a terminal.
    explicit Log(const config::LogSection& settings);
    /// To a stream, which must outlive the log.
    Log(const config::LogSection& settings, std::ostream& stream);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// @param message what happened, without values: "association accepted"
    void write(LogLevel level,
               std::string_view message,
               std::initializer_list<LogField> fields = {});
    [[nodiscard]] bool writes(LogLevel level) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// "a\x1bb": control characters and bytes that are not UTF-8 made visible, and quoted when it has
/// spaces, quotes or is empty.
[[nodiscard]] std::string escaped_for_people(std::string_view text);
/// The inside of a JSON string.
[[nodiscard]] std::string escaped_for_json(std::string_view text);

}  // namespace cxr::bridge
