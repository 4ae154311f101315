#include "dicom/core/json_reader.hpp"

#include "dicom/core/character_set.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

namespace cxr::dicom {
namespace {

constexpr std::size_t depth_max = 64;

class Parser {
public:
    Parser(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

    Result<JsonValue> document() {
        JsonValue root;
        if (!read_value(root, 0)) {
            return mistake();
        }
        skip_blanks();
        if (!rest_.empty()) {
            complain("text behind the end of the value");
            return mistake();
        }
        return root;
    }

private:
    [[nodiscard]] Fault mistake() const {
        return {FaultKind::malformed,
                std::string(file_) + ':' + std::to_string(line_) + ": not JSON: " + mistake_};
    }
    bool complain(std::string_view what) {
        mistake_ = what;
        return false;
    }

    void skip_blanks() {
        while (!rest_.empty() &&
               std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
            line_ += rest_.front() == '\n' ? 1 : 0;
            rest_.remove_prefix(1);
        }
    }
    bool take(char expected) {
        skip_blanks();
        if (rest_.empty() || rest_.front() != expected) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    bool take_word(std::string_view word) {
        if (!rest_.starts_with(word)) {
            return false;
        }
        rest_.remove_prefix(word.size());
        return true;
    }

    bool read_value(JsonValue& into, std::size_t depth) {
        skip_blanks();
        into.line = line_;
        if (rest_.empty()) {
            return complain("it ends where a value is due");
        }
        if (depth > depth_max) {
            return complain("nested too deeply");
        }
        switch (rest_.front()) {
            case '{':
                return read_object(into, depth);
            case '[':
                return read_array(into, depth);
            case '"':
                return read_string(into.value.emplace<std::string>());
            case 't':
                into.value = true;
                return take_word("true") || complain("a word that is none");
            case 'f':
                into.value = false;
                return take_word("false") || complain("a word that is none");
            case 'n':
                into.value = nullptr;
                return take_word("null") || complain("a word that is none");
            default:
                return read_number(into.value.emplace<double>());
        }
    }

    bool read_object(JsonValue& into, std::size_t depth) {
        rest_.remove_prefix(1);
        auto& members = into.value.emplace<JsonValue::Object>();
        if (take('}')) {
            return true;
        }
        do {
            skip_blanks();
            // clang 14 takes no emplace_back() of a pair whose second was incomplete.
            auto& [name, value] =
                members.emplace_back(std::piecewise_construct, std::tuple(), std::tuple());
            if (rest_.empty() || rest_.front() != '"') {
                return complain("the name of a member is due");
            }
            if (!read_string(name)) {
                return false;
            }
            if (!take(':')) {
                return complain("':' is due behind a member's name");
            }
            if (!read_value(value, depth + 1)) {
                return false;
            }
        } while (take(','));
        return take('}') || complain("',' or '}' is due");
    }

    bool read_array(JsonValue& into, std::size_t depth) {
        rest_.remove_prefix(1);
        auto& elements = into.value.emplace<JsonValue::Array>();
        if (take(']')) {
            return true;
        }
        do {
            if (!read_value(elements.emplace_back(), depth + 1)) {
                return false;
            }
        } while (take(','));
        return take(']') || complain("',' or ']' is due");
    }

    bool read_number(double& into) {
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), into);
        const bool begins_well =
            rest_.front() == '-' || (rest_.front() >= '0' && rest_.front() <= '9');
        if (!begins_well || error != std::errc() || !std::isfinite(into)) {
            return complain("a number, text, list or object is due");
        }
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return true;
    }

    bool read_string(std::string& into) {
        rest_.remove_prefix(1);
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == '"') {
                return is_valid_utf8(into) || complain("text that is not UTF-8");
            }
            if (static_cast<unsigned char>(c) < ' ') {
                return complain("a control character in a text");
            }
            if (c != '\\') {
                into += c;
            } else if (!read_escape(into)) {
                return false;
            }
        }
        return complain("a text without its closing quote");
    }

    bool read_escape(std::string& into) {
        constexpr std::string_view escapes = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (take_word("u")) {
            return read_code_point(into);
        }
        const std::size_t which =
            rest_.empty() ? std::string_view::npos : escapes.find(rest_.front());
        if (which == std::string_view::npos) {
            return complain("an escape that there is none of");
        }
        rest_.remove_prefix(1);
        into += meanings[which];
        return true;
    }

    bool read_hex(unsigned& unit) {
        const std::string_view digits = rest_.substr(0, 4);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
        if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4) {
            return complain("four hexadecimal digits are due behind \\u");
        }
        rest_.remove_prefix(4);
        return true;
    }

    bool read_code_point(std::string& into) {
        unsigned point = 0;
        if (!read_hex(point)) {
            return false;
        }
        if (point >= 0xD800 && point < 0xDC00) {
            unsigned low = 0;
            if (!take_word("\\u") || !read_hex(low) || low < 0xDC00 || low > 0xDFFF) {
                return complain("half a surrogate pair");
            }
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        }
        append_utf8(into, point);
        return true;
    }

    static void append_utf8(std::string& into, unsigned point) {
        const auto add = [&into](unsigned byte) { into += static_cast<char>(byte); };
        if (point < 0x80) {
            add(point);
        } else if (point < 0x800) {
            add(0xC0 | (point >> 6));
            add(0x80 | (point & 0x3F));
        } else if (point < 0x10000) {
            add(0xE0 | (point >> 12));
            add(0x80 | ((point >> 6) & 0x3F));
            add(0x80 | (point & 0x3F));
        } else {
            add(0xF0 | (point >> 18));
            add(0x80 | ((point >> 12) & 0x3F));
            add(0x80 | ((point >> 6) & 0x3F));
            add(0x80 | (point & 0x3F));
        }
    }

    std::string_view rest_;
    std::string_view file_;
    std::size_t line_ = 1;
    std::string mistake_;
};

}  // namespace

const JsonValue* JsonValue::member(std::string_view name) const {
    const auto* members = std::get_if<Object>(&value);
    if (members == nullptr) {
        return nullptr;
    }
    const auto found = std::ranges::find(*members, name, &Object::value_type::first);
    return found == members->end() ? nullptr : &found->second;
}

Result<JsonValue> parse_json(std::string_view text, std::string_view file) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) {
        text.remove_prefix(byte_order_mark.size());
    }
    return Parser(text, file).document();
}

}  // namespace cxr::dicom
