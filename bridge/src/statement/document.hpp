#pragma once
/// A text of headings, paragraphs, tables and listings, and its two forms. Text is plain: each form
/// escapes what would be mark-up in it; `code` between backticks is the one mark there is.

#include <string>
#include <variant>
#include <vector>

namespace cxr::bridge {

struct Heading {
    int level;  ///< 1 is the title
    std::string text;
};
struct Paragraph {
    std::string text;
};
struct TextTable {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;  ///< each as long as the header
};
struct Listing {
    std::string text;
};
using Document = std::vector<std::variant<Heading, Paragraph, TextTable, Listing>>;

/// GitHub's Markdown.
[[nodiscard]] std::string to_markdown(const Document& document);
/// One page of HTML 5 with a table of contents, without network resources.
[[nodiscard]] std::string to_html(const Document& document);

}  // namespace cxr::bridge
