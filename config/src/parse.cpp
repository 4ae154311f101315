#include "config/schema.hpp"
#include "key_table.hpp"
#include "nearest_name.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace cxr::config {

namespace {

/// Collects mistakes with their place.
class Reader {
public:
    explicit Reader(std::string_view file) : file_(file) {}

    void read(const toml::table& root, Config& config);
    [[nodiscard]] std::vector<std::string> mistakes() &&;

private:
    template <typename Section>
    void read_section(const toml::table& table, std::string_view name, Section& section);
    template <typename Section>
    void read_all(const toml::node& node,
                  std::string_view name,
                  std::initializer_list<const char*> needed,
                  std::vector<Section>& sections);
    void complain(const toml::source_region& where, std::string_view what) {
        mistakes_.emplace_back(where.begin.line,
                               fmt::format("{}:{}: {}", file_, where.begin.line, what));
    }

    std::string_view file_;
    std::vector<std::pair<toml::source_index, std::string>> mistakes_;
};

/// The value if it has the type of `example`.
std::optional<Value> value_like(const Value& example, const toml::node& node) {
    if (std::holds_alternative<bool>(example) && node.is_boolean()) {
        return Value(node.as_boolean()->get());
    }
    if (std::holds_alternative<std::int64_t>(example) && node.is_integer()) {
        return Value(node.as_integer()->get());
    }
    if (std::holds_alternative<std::string>(example) && node.is_string()) {
        return Value(node.as_string()->get());
    }
    if (std::holds_alternative<std::vector<std::string>>(example) && node.is_array()) {
        std::vector<std::string> texts;
        for (const toml::node& element : *node.as_array()) {
            if (!element.is_string()) {
                return std::nullopt;
            }
            texts.push_back(element.as_string()->get());
        }
        return Value(std::move(texts));
    }
    return std::nullopt;
}

std::string_view type_name(const Value& value) {
    static constexpr std::string_view names[] = {
        "true or false", "a whole number", "text in quotes", "a list of texts in quotes"};
    return names[value.index()];
}

std::string did_you_mean(std::string_view misspelt, std::span<const std::string_view> known) {
    const auto nearest = nearest_name(misspelt, known);
    return nearest ? fmt::format("; did you mean {}?", *nearest)
                   : fmt::format("; there are: {}", fmt::join(known, ", "));
}

template <typename Section>
void Reader::read_section(const toml::table& table, std::string_view name, Section& section) {
    const std::span<const Key<Section>> keys = keys_of<Section>();
    std::vector<std::string_view> names;
    for (const Key<Section>& key : keys) {
        names.push_back(key.name);
    }
    for (const auto& [toml_key, node] : table) {
        const std::string_view given = toml_key.str();
        const auto key = std::find_if(
            keys.begin(), keys.end(), [given](const auto& each) { return each.name == given; });
        if (key == keys.end()) {
            complain(toml_key.source(),
                     fmt::format("{}.{}: unknown key{}", name, given, did_you_mean(given, names)));
            continue;
        }
        const Value example = key->get(section);
        const auto value = value_like(example, node);
        if (!value) {
            complain(toml_key.source(),
                     fmt::format("{}.{}: must be {}", name, given, type_name(example)));
        } else if (!key->set(section, *value)) {
            complain(toml_key.source(),
                     fmt::format("{}.{}: {} is not allowed; allowed: {}",
                                 name,
                                 given,
                                 key->secret ? "this" : toml_literal(*value),
                                 key->allowed));
        }
    }
}

/// A repeated section.
template <typename Section>
void Reader::read_all(const toml::node& node,
                      std::string_view name,
                      std::initializer_list<const char*> needed,
                      std::vector<Section>& sections) {
    const toml::array* tables = node.as_array();
    if (tables == nullptr || !tables->is_homogeneous(toml::node_type::table)) {
        complain(node.source(), fmt::format("{0}: is written [[{0}]], one section each", name));
        return;
    }
    for (const toml::node& element : *tables) {
        const toml::table& table = *element.as_table();
        Section section;
        read_section(table, name, section);
        for (const char* key : needed) {
            if (!table.contains(key)) {
                complain(table.source(), fmt::format("{}.{}: missing", name, key));
            }
        }
        sections.push_back(std::move(section));
    }
}

void Reader::read(const toml::table& root, Config& config) {
    std::vector<std::string_view> names;
    for_each_section(config, [&](const char* name, const auto&) { names.emplace_back(name); });
    names.insert(names.end(), {"peer", "user", "annotations", "route"});

    for (const auto& [toml_key, node] : root) {
        const std::string_view given = toml_key.str();
        if (std::find(names.begin(), names.end(), given) == names.end()) {
            complain(toml_key.source(),
                     fmt::format("{}: unknown {}{}",
                                 given,
                                 node.is_table() || node.is_array_of_tables() ? "section" : "key",
                                 did_you_mean(given, names)));
        } else if (given == "peer") {
            read_all(node, given, {"aet", "host"}, config.peers);
        } else if (given == "user") {
            read_all(node, given, {"name"}, config.users);
        } else if (given == "annotations") {
            read_all(node, given, {"name", "file"}, config.annotations);
        } else if (given == "route") {
            read_all(node, given, {"name", "to"}, config.routes);
        } else if (!node.is_table()) {
            complain(toml_key.source(),
                     fmt::format("{0}: must be a section, written [{0}]", given));
        } else {
            const toml::table& table = *node.as_table();
            for_each_section(config, [&, given](const char* name, auto& section) {
                if (given == name) {
                    read_section(table, name, section);
                }
            });
        }
    }
}

std::vector<std::string> Reader::mistakes() && {
    // toml++ keeps tables sorted by key; people read a file from its top.
    std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    std::vector<std::string> lines;
    for (auto& [line, text] : mistakes_) {
        lines.push_back(std::move(text));
    }
    return lines;
}

}  // namespace

std::variant<Config, ConfigMistakes> parse_config(std::string_view text, std::string_view file) {
    toml::table root;
    try {
        root = toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        return ConfigMistakes{{fmt::format(
            "{}:{}: not TOML: {}", file, error.source().begin.line, error.description())}};
    }
    Config config;
    Reader reader(file);
    reader.read(root, config);
    if (auto mistakes = std::move(reader).mistakes(); !mistakes.empty()) {
        return ConfigMistakes{std::move(mistakes)};
    }
    return config;
}

}  // namespace cxr::config
