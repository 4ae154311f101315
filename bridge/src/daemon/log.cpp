#include "bridge/daemon/log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <array>
#include <chrono>
#include <ctime>

namespace cxr::bridge {

namespace {

constexpr std::string_view level_names[] = {"debug", "info", "warning", "error"};

std::string_view name_of(LogLevel level) {
    return level_names[static_cast<std::size_t>(level)];
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
    static constexpr std::array levels{
        spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};
    return levels.at(static_cast<std::size_t>(level));
}

LogLevel level_named(std::string_view name) {
    for (std::size_t i = 0; i < std::size(level_names); ++i) {
        if (level_names[i] == name) {
            return static_cast<LogLevel>(i);
        }
    }
    return LogLevel::info;
}

/// Bytes of the printable UTF-8 character at the start; 0 when there is none (PS3.8 lets a peer
/// send anything as an AE title).
std::size_t printable_bytes(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return lead >= 0x20 && lead != 0x7F ? 1 : 0;
    }
    const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool not_a_character =
        (lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF4 && byte(1) >= 0x90);
    const bool control = lead == 0xC2 && byte(1) < 0xA0;  // C1: some terminals obey them
    return overlong || not_a_character || control ? 0 : length;
}

template <typename Escape>
std::string escaped(std::string_view text, Escape escape) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = printable_bytes(text);
        if (length == 0 || text[0] == '"' || text[0] == '\\') {
            escape(result, text[0]);
            text.remove_prefix(1);
        } else {
            result += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return result;
}

std::string timestamp() {
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                       utc.tm_year + 1900,
                       utc.tm_mon + 1,
                       utc.tm_mday,
                       utc.tm_hour,
                       utc.tm_min,
                       utc.tm_sec,
                       ms.count() % 1000);
}

std::string human_line(std::string_view message, std::initializer_list<LogField> fields) {
    std::string line = escaped(message, [](std::string& to, char c) {
        to += c == '"' || c == '\\' ? std::string(1, c)
                                    : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    });
    for (const LogField& field : fields) {
        const auto* text = std::get_if<std::string_view>(&field.value);
        if (text != nullptr && text->empty()) {
            continue;  // nothing to tell a person; a program finds the member in the JSON object
        }
        line += fmt::format(" {}=", field.name);
        if (text != nullptr) {
            line += escaped_for_people(*text);
        } else {
            std::visit([&line](const auto& value) { line += fmt::format("{}", value); },
                       field.value);
        }
    }
    return line;
}

std::string json_line(LogLevel level,
                      std::string_view message,
                      std::initializer_list<LogField> fields) {
    std::string line = fmt::format(R"({{"time":"{}","level":"{}","message":"{}")",
                                   timestamp(),
                                   name_of(level),
                                   escaped_for_json(message));
    for (const LogField& field : fields) {
        line += fmt::format(R"(,"{}":)", field.name);
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            line += fmt::format(R"("{}")", escaped_for_json(*text));
        } else {
            std::visit([&line](const auto& value) { line += fmt::format("{}", value); },
                       field.value);
        }
    }
    return line + '}';
}

}  // namespace

std::string escaped_for_people(std::string_view text) {
    std::string inner = escaped(text, [](std::string& to, char c) {
        to += c == '"' || c == '\\' ? fmt::format("\\{}", c)
                                    : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    });
    const bool plain = !inner.empty() && inner.find_first_of(" \\=") == std::string::npos;
    return plain ? inner : '"' + inner + '"';
}

std::string escaped_for_json(std::string_view text) {
    return escaped(text, [](std::string& to, char c) {
        to += c == '"' || c == '\\' ? fmt::format("\\{}", c)
                                    : fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    });
}

class Log::Impl {
public:
    Impl(const config::LogSection& settings, spdlog::sink_ptr sink)
        : json(settings.format == config::LogFormat::json), logger("cxrbridge", std::move(sink)) {
        logger.set_pattern(json ? "%v" : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
        logger.set_level(spdlog_level(level_named(settings.level)));
        logger.flush_on(spdlog::level::trace);
    }
    const bool json;
    spdlog::logger logger;
};

Log::Log(const config::LogSection& settings)
    : impl_(std::make_unique<Impl>(settings,
                                   std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {}
Log::Log(const config::LogSection& settings, std::ostream& stream)
    : impl_(std::make_unique<Impl>(settings,
                                   std::make_shared<spdlog::sinks::ostream_sink_mt>(stream))) {}
Log::~Log() = default;

bool Log::writes(LogLevel level) const {
    return impl_->logger.should_log(spdlog_level(level));
}

void Log::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    if (writes(level)) {
        const std::string line =
            impl_->json ? json_line(level, message, fields) : human_line(message, fields);
        impl_->logger.log(spdlog_level(level), spdlog::string_view_t(line));
    }
}

}  // namespace cxr::bridge
