/// config/cxrbridge.toml is the manual: it documents exactly the keys there are, at their defaults.

#include "config/schema.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <sstream>

using namespace cxr::config;

namespace {

struct Documented {
    std::string literal;
    std::string prose;  ///< the comment above the key
};

/// "section.key" -> what the file says of it.
std::map<std::string, Documented> documented_keys() {
    std::ifstream file("config/cxrbridge.toml");
    BOOST_TEST_REQUIRE(file.good());
    std::map<std::string, Documented> keys;
    std::string line, section, prose;
    while (std::getline(file, line)) {
        if (line.starts_with("#[")) {
            section = line.substr(line.find_last_of('[') + 1);
            section = section.substr(0, section.find(']'));
            prose.clear();
        } else if (line.starts_with("# ")) {
            prose += line.substr(2) + ' ';
        } else if (line.starts_with("#") && line.find(" = ") != std::string::npos) {
            const std::size_t equals = line.find(" = ");
            keys[section + '.' + line.substr(1, equals - 1)] = {line.substr(equals + 3), prose};
            prose.clear();
        } else {
            prose.clear();
        }
    }
    return keys;
}

/// The file with every key and section switched on.
std::string uncommented() {
    std::ifstream file("config/cxrbridge.toml");
    std::string text, line;
    while (std::getline(file, line)) {
        const bool key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        text += (key ? line.substr(1) : line) + '\n';
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(the_default_file)

BOOST_AUTO_TEST_CASE(documents_every_key_and_no_other) {
    auto documented = documented_keys();
    for (const KeyInfo& key : known_keys()) {
        const std::string name = key.section + '.' + key.name;
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST_REQUIRE(documented.contains(name));
            BOOST_TEST(!documented[name].prose.empty());
            documented.erase(name);
        }
    }
    for (const auto& [name, said] : documented) {
        BOOST_ERROR("documented, but not a key: " + name);
    }
}

BOOST_AUTO_TEST_CASE(shows_each_default) {
    auto documented = documented_keys();
    for (const KeyInfo& key : known_keys()) {
        const bool has_no_default = key.default_literal == "\"\"";  // paths, a peer's aet and host
        if (!has_no_default) {
            BOOST_TEST_CONTEXT(key.section + '.' + key.name) {
                BOOST_TEST(documented[key.section + '.' + key.name].literal == key.default_literal);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(names_every_allowed_choice_and_limit) {
    auto documented = documented_keys();
    for (const KeyInfo& key : known_keys()) {
        const std::string prose = documented[key.section + '.' + key.name].prose;
        std::istringstream words(key.allowed);
        for (std::string word; words >> word;) {
            const bool to_be_named = word.starts_with('"') || std::isdigit(word.front()) != 0;
            if (to_be_named && word.back() == ',') {
                word.pop_back();
            }
            if (to_be_named && word != "\"\"") {
                BOOST_TEST(prose.find(word) != std::string::npos,
                           key.section << '.' << key.name << " does not mention " << word);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(is_valid_as_it_is_and_with_every_key_switched_on) {
    std::ifstream file("config/cxrbridge.toml");
    std::stringstream as_it_is;
    as_it_is << file.rdbuf();
    BOOST_CHECK(std::holds_alternative<Config>(parse_config(as_it_is.str(), "as it is")));
    auto all_on = parse_config(uncommented(), "all on");
    if (const auto* refused = std::get_if<ConfigMistakes>(&all_on)) {
        for (const std::string& mistake : refused->mistakes) {
            BOOST_ERROR(mistake);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
