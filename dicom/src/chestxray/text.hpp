#pragma once
/// What the tables' readers share: lines and CSV fields as views of the file's bytes, numbers that
/// no locale changes, names as the collection writes them.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::dicom {

/// Lines without their LF or CRLF; the last one needs none. A byte order mark is not part of
/// line 1.
class LineReader {
public:
    explicit LineReader(std::string_view content);
    /// False at the end. `line` is trimmed of trailing blanks; blank lines are passed over.
    [[nodiscard]] bool next(std::string_view& line);
    /// Of the line that next() gave last; the first is 1.
    [[nodiscard]] std::size_t number() const { return number_; }

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// The fields of one line (RFC 4180, but a value never spans lines: one stray quote costs one row,
/// not the rest of the file).
class CsvFields {
public:
    /// False when a quote is not closed or text follows it. Views live until the next split.
    [[nodiscard]] bool split(std::string_view line);
    /// A header's names. Commas inside a quoted name part it too: "OriginalImage[Width,Height]" is
    /// the name of two columns, quoted or not. Trailing empty names are dropped.
    void split_header(std::string_view line);

    [[nodiscard]] std::size_t size() const { return fields_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t index) const { return fields_[index]; }

private:
    std::vector<std::string_view> fields_;
    std::deque<std::string> unescaped_;
};

/// One column of a table: its published name and the normalised spellings met.
struct ColumnName {
    std::string_view published;
    std::vector<std::string_view> spellings;
};

/// Positions of the columns in a header, by index into `columns`; absent ones are empty.
/// Faults: malformed when a name occurs twice.
[[nodiscard]] Result<std::vector<std::optional<std::size_t>>> find_columns(
    const CsvFields& header, const std::vector<ColumnName>& columns, std::string_view file);

/// Refuses what only looks like a table, and says what it is: git-lfs pointer, UTF-16, an archive.
[[nodiscard]] Result<void> check_is_text(std::string_view content, std::string_view file);

[[nodiscard]] std::string_view trim(std::string_view text);
/// Lower case, letters and digits only: "Follow-up #" is "followup".
[[nodiscard]] std::string normalise_name(std::string_view name);
[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The whole of `text` as a number, or nothing.
[[nodiscard]] std::optional<std::uint32_t> parse_count(std::string_view text);
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);

/// ^\d{8}_\d{3}\.png$
[[nodiscard]] bool is_image_index(std::string_view text);
/// Patient and suffix as one number; `image_index` must be one.
[[nodiscard]] std::uint64_t image_number(std::string_view image_index);

/// A value for a message: quoted, printable, short.
[[nodiscard]] std::string shown(std::string_view value);

}  // namespace cxr::dicom
