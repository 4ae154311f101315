// What the compiler cannot see about the rooms, read from the sources: which system and library
// headers a room may use, how long a file may be, what is listed where.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr std::size_t lines_max = 450;

struct Rule {
    const char* room;                        ///< the beginning of the paths it is for
    std::vector<std::string_view> includes;  ///< forbidden beginnings of what is included
    std::vector<std::string_view> words;     ///< forbidden in code
    const char* why;
};

const Rule rules[] = {
    {"dicom/",
     {"boost/",
      "sqlite3",
      "spdlog/",
      "toml++/",
      "CLI/",
      "thread",
      "mutex",
      "shared_mutex",
      "condition_variable",
      "future",
      "stop_token",
      "sys/socket",
      "netinet/",
      "iostream",
      "storescp/",
      "config/",
      "bridge/",
      "systemd/"},
     {"system_clock::now",
      "steady_clock",
      "std::time(",
      "time(nullptr)",
      "getenv(",
      "std::cout",
      "std::cerr",
      "dcmEnable"},
     "dicom is pure data: no sockets, SQL, threads, clocks, logging or process settings"},
    {"storescp/",
     {"sqlite3",
      "png.h",
      "spdlog/",
      "toml++/",
      "CLI/",
      "config/",
      "bridge/",
      "boost/beast",
      "dicom/chestxray",
      "dicom/mapping",
      "dicom/image",
      "systemd/"},
     {"std::cout", "std::cerr", "getenv("},
     "storescp is the network face: no SQL, images, configuration or logging"},
    {"config/",
     {"boost/",
      "sqlite3",
      "png.h",
      "spdlog/",
      "thread",
      "sys/socket",
      "storescp/",
      "bridge/",
      "dcmtk/"},
     {"std::cout", "std::cerr"},
     "config is one validated struct: no behaviour"},
    {"bridge/", {"dcmtk/dcmnet"}, {}, "DIMSE is storescp's"},
    {"", {"dcmtk/dcmnet"}, {}, "the upper layer is our own"},
};

/// "path:line: what", for each line that breaks a rule.
std::vector<std::string> violations_in(const std::string& path, const std::string& source) {
    std::vector<std::string> found;
    std::istringstream lines(source);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        const std::string place = path + ":" + std::to_string(number) + ": ";
        const std::string_view code = std::string_view(line).substr(0, line.find("//"));
        const bool is_include = code.starts_with("#include ") && code.size() > 10;
        for (const Rule& rule : rules) {
            if (!path.starts_with(rule.room)) {
                continue;
            }
            for (const std::string_view header : rule.includes) {
                // Whole names: "thread" is not "threads.hpp", "boost/" is a folder.
                const std::string_view included = is_include ? code.substr(10) : std::string_view();
                const bool whole = included.starts_with(header) &&
                                   (header.find_first_of("/.") != std::string_view::npos ||
                                    included.substr(header.size()).find_first_of(">.\"") == 0);
                if (whole) {
                    found.push_back(place + line + " (" + rule.why + ")");
                }
            }
            for (const std::string_view word : rule.words) {
                if (!is_include && code.find(word) != std::string_view::npos) {
                    found.push_back(place + std::string(word) + " (" + rule.why + ")");
                }
            }
        }
    }
    return found;
}

bool is_source(const fs::path& path) {
    return path.extension() == ".cpp" || path.extension() == ".hpp";
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// All sources of these folders, with paths relative to the source folder, where tests run.
std::vector<fs::path> sources_of(std::initializer_list<const char*> folders) {
    std::vector<fs::path> sources;
    for (const char* folder : folders) {
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file() && is_source(entry.path())) {
                sources.push_back(entry.path());
            }
        }
    }
    BOOST_TEST_REQUIRE(!sources.empty());
    return sources;
}

struct Sample {
    const char* says;
    const char* path;
    const char* source;
    bool allowed;
};
std::ostream& operator<<(std::ostream& out, const Sample& sample) {
    return out << sample.says;
}
const Sample samples[] = {
    {"a thread in dicom", "dicom/src/a.cpp", "#include <thread>\n", false},
    {"Asio in dicom", "dicom/include/dicom/a.hpp", "#include <boost/asio/ip/tcp.hpp>\n", false},
    {"a clock in dicom", "dicom/src/a.cpp", "auto t = std::chrono::system_clock::now();\n", false},
    {"calendar arithmetic in dicom", "dicom/src/a.cpp", "#include <chrono>\n", true},
    {"a comment about a clock", "dicom/src/a.cpp", "// never steady_clock\n", true},
    {"SQL in storescp", "storescp/src/a.cpp", "#include <sqlite3.h>\n", false},
    {"configuration in storescp", "storescp/src/a.cpp", "#include \"config/schema.hpp\"\n", false},
    {"Asio in storescp", "storescp/src/a.cpp", "#include <boost/asio/ip/tcp.hpp>\n", true},
    {"bridge in config", "config/src/a.cpp", "#include \"bridge/objects/a.hpp\"\n", false},
    {"dcmnet in bridge", "bridge/src/a.cpp", "#include <dcmtk/dcmnet/dul.h>\n", false},
    {"SQL in bridge", "bridge/src/a.cpp", "#include <sqlite3.h>\n", true},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rooms)

BOOST_DATA_TEST_CASE(the_rules_find_what_they_forbid, samples, sample) {
    BOOST_TEST(violations_in(sample.path, sample.source).empty() == sample.allowed);
}

BOOST_AUTO_TEST_CASE(no_room_includes_what_it_must_not) {
    for (const fs::path& path : sources_of({"dicom", "storescp", "config", "bridge"})) {
        for (const std::string& violation : violations_in(path.generic_string(), text_of(path))) {
            BOOST_ERROR(violation);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_file_is_longer_than_its_subject) {
    for (const fs::path& path :
         sources_of({"dicom", "storescp", "config", "bridge", "tests", "bench"})) {
        const std::string text = text_of(path);
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        BOOST_TEST(lines <= lines_max, path << " has " << lines << " lines");
    }
}

BOOST_AUTO_TEST_CASE(public_headers_say_what_they_are_for) {
    for (const fs::path& path : sources_of({"dicom", "storescp", "config", "bridge"})) {
        if (path.generic_string().find("/include/") != std::string::npos) {
            BOOST_TEST(text_of(path).starts_with("#pragma once\n///"), path);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_source_is_listed_by_name) {
    for (const fs::path& path :
         sources_of({"dicom", "storescp", "config", "bridge", "tests", "bench"})) {
        if (path.extension() != ".cpp") {
            continue;
        }
        const bool fuzzer = path.generic_string().starts_with("tests/fuzz/");
        const fs::path room = fuzzer ? path.parent_path() : *path.begin();
        fs::path name = path.lexically_relative(room);
        const bool is_test = name.stem().string().ends_with("_test");
        const std::string listed = (is_test ? name.replace_extension() : name).generic_string();
        BOOST_TEST(text_of(room / "CMakeLists.txt").find(listed) != std::string::npos,
                   path << " is not in " << room / "CMakeLists.txt");
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_for_later) {
    const std::string words[] = {std::string("TO") + "DO", std::string("FIX") + "ME"};
    for (const fs::path& path :
         sources_of({"dicom", "storescp", "config", "bridge", "tests", "bench"})) {
        const std::string text = text_of(path);
        for (const std::string& word : words) {
            BOOST_TEST(text.find(word) == std::string::npos, path << " says " << word);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
