#include "statement/document.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace cxr::bridge {
namespace {

template <typename... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};
// clang 14 does not deduce an aggregate's arguments by itself.
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::string replaced(std::string_view text, std::string_view characters, auto replacement_of) {
    std::string out;
    for (const char character : text) {
        if (characters.find(character) == std::string_view::npos) {
            out += character;
        } else {
            out += replacement_of(character);
        }
    }
    return out;
}

std::string markdown_text(std::string_view text) {
    return replaced(text, "|<>*_", [](char character) { return std::string("\\") + character; });
}

/// Backticks keep what is between them from being escaped.
std::string markdown(std::string_view text) {
    std::string out;
    for (bool code = false;; code = !code) {
        const std::size_t end = text.find('`');
        const std::string_view part = text.substr(0, end);
        // A pipe ends a table's cell even in code.
        out += code ? replaced(part, "|", [](char) { return std::string("\\|"); })
                    : markdown_text(part);
        if (end == std::string_view::npos) {
            return out;
        }
        out += '`';
        text.remove_prefix(end + 1);
    }
}

std::string html_text(std::string_view text) {
    return replaced(text, "&<>\"", [](char character) {
        switch (character) {
            case '&':
                return std::string("&amp;");
            case '<':
                return std::string("&lt;");
            case '>':
                return std::string("&gt;");
            default:
                return std::string("&quot;");
        }
    });
}

std::string html(std::string_view text) {
    std::string out;
    bool code = false;
    for (const char character : html_text(text)) {
        if (character == '`') {
            code = !code;
            out += code ? "<code>" : "</code>";
        } else {
            out += character;
        }
    }
    return out;
}

void append_markdown_row(std::string& out, const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) {
        out += "| " + markdown(cell) + ' ';
    }
    out += "|\n";
}

void append_html_row(std::string& out, const std::vector<std::string>& cells, const char* tag) {
    out += "<tr>";
    for (const std::string& cell : cells) {
        fmt::format_to(std::back_inserter(out), "<{0}>{1}</{0}>", tag, html(cell));
    }
    out += "</tr>\n";
}

constexpr std::string_view style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}"
    "td,th{border:1px solid #8886;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    "th{background:#8882}pre{overflow-x:auto;background:#8882;padding:1rem}"
    ":root{color-scheme:light dark}";

std::string table_of_contents(const Document& document) {
    std::string out = "<nav><ul>\n";
    std::size_t number = 0;
    for (const auto& block : document) {
        if (const auto* heading = std::get_if<Heading>(&block)) {
            ++number;
            if (heading->level == 2) {
                fmt::format_to(std::back_inserter(out),
                               "<li><a href=\"#h{}\">{}</a></li>\n",
                               number,
                               html(heading->text));
            }
        }
    }
    return out + "</ul></nav>\n";
}

}  // namespace

std::string to_markdown(const Document& document) {
    std::string out;
    for (const auto& block : document) {
        if (!out.empty()) {
            out += '\n';
        }
        std::visit(
            Overloaded{
                [&out](const Heading& heading) {
                    out.append(static_cast<std::size_t>(heading.level), '#');
                    out += ' ' + markdown(heading.text) + '\n';
                },
                [&out](const Paragraph& paragraph) { out += markdown(paragraph.text) + '\n'; },
                [&out](const TextTable& table) {
                    append_markdown_row(out, table.header);
                    for (std::size_t i = 0; i < table.header.size(); ++i) {
                        out += "|---";
                    }
                    out += "|\n";
                    for (const auto& row : table.rows) {
                        append_markdown_row(out, row);
                    }
                },
                [&out](const Listing& listing) { out += "```\n" + listing.text + "```\n"; }},
            block);
    }
    return out;
}

std::string to_html(const Document& document) {
    std::string body;
    std::string title;
    std::size_t number = 0;
    for (const auto& block : document) {
        std::visit(Overloaded{[&](const Heading& heading) {
                                  ++number;
                                  fmt::format_to(std::back_inserter(body),
                                                 "<h{0} id=\"h{1}\">{2}</h{0}>\n",
                                                 heading.level,
                                                 number,
                                                 html(heading.text));
                                  if (title.empty()) {
                                      title = html_text(heading.text);
                                      body += table_of_contents(document);
                                  }
                              },
                              [&body](const Paragraph& paragraph) {
                                  body += "<p>" + html(paragraph.text) + "</p>\n";
                              },
                              [&body](const TextTable& table) {
                                  body += "<table>\n";
                                  append_html_row(body, table.header, "th");
                                  for (const auto& row : table.rows) {
                                      append_html_row(body, row, "td");
                                  }
                                  body += "</table>\n";
                              },
                              [&body](const Listing& listing) {
                                  body += "<pre>" + html_text(listing.text) + "</pre>\n";
                              }},
                   block);
    }
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n"
        "<style>{}</style></head>\n<body>\n{}</body>\n</html>\n",
        title,
        style,
        body);
}

}  // namespace cxr::bridge
