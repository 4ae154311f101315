#pragma once
/// JSON text (RFC 8259), written in order: open, key, value, close. Commas, quotes and indentation
/// are the writer's business; bytes that are not UTF-8 are not looked for. The same text in every
/// locale.

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string_view>

namespace cxr::dicom {

enum class JsonLayout : std::uint8_t {
    indented,  ///< two blanks a level
    one_line,
};

class JsonWriter {
public:
    explicit JsonWriter(std::ostream& out, JsonLayout layout = JsonLayout::indented)
        : out_(out), layout_(layout) {}

    void open_object() { open('{'); }
    void close_object() { close('}'); }
    void open_array() { open('['); }
    void close_array() { close(']'); }

    /// The next value's name; also starts a member: key("x"); open_array();
    JsonWriter& key(std::string_view name) {
        begin_value();
        write_text(name);
        out_ << ": ";
        after_key_ = true;
        return *this;
    }
    void value(std::string_view text) {
        begin_value();
        write_text(text);
    }
    void value(const char* text) { value(std::string_view(text)); }
    void value(std::size_t number) { write_number(number); }
    /// The shortest digits that read back as the same number; null for what is no number.
    void value(double number) {
        if (std::isfinite(number)) {
            write_number(number);
        } else {
            null();
        }
    }
    void value(bool truth) {
        begin_value();
        out_ << (truth ? "true" : "false");
    }
    void null() {
        begin_value();
        out_ << "null";
    }

private:
    /// Not by the stream, whose locale may group digits.
    template <typename Number>
    void write_number(Number number) {
        begin_value();
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
        out_ << std::string_view(digits.data(), end.ptr);
    }
    void begin_value() {
        if (after_key_) {
            after_key_ = false;
            return;
        }
        if (!first_) {
            out_ << (layout_ == JsonLayout::one_line ? ", " : ",");
        }
        if (depth_ != 0) {
            new_line();
        }
        first_ = false;
    }
    void open(char bracket) {
        begin_value();
        out_ << bracket;
        ++depth_;
        first_ = true;
    }
    void close(char bracket) {
        --depth_;
        if (!first_) {
            new_line();
        }
        out_ << bracket;
        first_ = false;
    }
    void new_line() {
        if (layout_ == JsonLayout::one_line) {
            return;
        }
        out_ << '\n';
        for (std::size_t i = 0; i < depth_; ++i) {
            out_ << "  ";
        }
    }
    void write_text(std::string_view text) {
        constexpr std::string_view digits = "0123456789abcdef";
        out_ << '"';
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            if (c == '"' || c == '\\') {
                out_ << '\\' << c;
            } else if (byte < 0x20) {
                out_ << "\\u00" << digits[byte >> 4] << digits[byte & 15];
            } else {
                out_ << c;
            }
        }
        out_ << '"';
    }

    std::ostream& out_;
    const JsonLayout layout_;
    std::size_t depth_ = 0;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace cxr::dicom
