#include "objects/disk_cache.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <ostream>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t object_bytes = 10'000;
/// Of a file with its meta information.
constexpr std::uint64_t file_bytes = object_bytes + 1'000;

dicom::EncodedObject object(const std::string& key) {
    std::vector<std::byte> bytes(object_bytes, static_cast<std::byte>(key.back()));
    // In two pieces, as a header and its pixels are.
    std::vector<std::byte> rest(bytes.begin() + 100, bytes.end());
    bytes.resize(100);
    return {
        .sop_class_uid = "1.2.840.10008.5.1.4.1.1.7",
        .sop_instance_uid = "1.2.3",
        .transfer_syntax_uid = std::string(dicom::jpeg_ls_lossless.uid),
        .segments = {dicom::Segment::of(std::move(bytes)), dicom::Segment::of(std::move(rest))}};
}

std::string bytes_in(const dicom::EncodedObject& object) {
    std::string bytes;
    for (const dicom::Segment& segment : object.segments) {
        bytes.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
    }
    return bytes;
}

struct Bench {
    [[nodiscard]] DiskCache cache(std::size_t files = 10) const {
        return {folder / "cache", files * file_bytes};
    }
    [[nodiscard]] std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& file : fs::directory_iterator(folder / "cache")) {
            found.push_back(file.path());
        }
        return found;
    }
    TemporaryFolder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(a_cache_of_files)

BOOST_AUTO_TEST_CASE(gives_what_it_was_given_also_to_the_next_program) {
    const Bench bench;
    {
        DiskCache cache = bench.cache();
        BOOST_TEST(!cache.find("a"));
        cache.keep("a", object("a"));
    }
    DiskCache cache = bench.cache();
    const auto found = cache.find("a");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->sop_class_uid == object("a").sop_class_uid);
    BOOST_TEST(found->sop_instance_uid == object("a").sop_instance_uid);
    BOOST_TEST(found->transfer_syntax_uid == object("a").transfer_syntax_uid);
    BOOST_TEST(bytes_in(*found) == bytes_in(object("a")));
    BOOST_TEST(!cache.find("b"));
    const ObjectCacheCounters counters = cache.counters();
    BOOST_TEST(counters.hits == 1U);
    BOOST_TEST(counters.misses == 1U);
    BOOST_TEST(counters.objects == 1U);
    BOOST_TEST(counters.bytes == fs::file_size(bench.files().at(0)));
}

BOOST_AUTO_TEST_CASE(lets_the_least_recently_wanted_go) {
    const Bench bench;
    DiskCache cache = bench.cache(3);
    for (const char* key : {"a", "b", "c"}) {
        cache.keep(key, object(key));
    }
    BOOST_TEST(cache.find("a").has_value());
    const auto held = cache.find("b");
    BOOST_TEST(cache.find("a").has_value());
    cache.keep("d", object("d"));
    BOOST_TEST(!cache.find("c"));
    cache.keep("e", object("e"));
    BOOST_TEST(!cache.find("b"));
    BOOST_TEST(cache.find("a").has_value());
    BOOST_TEST(cache.counters().bytes <= cache.counters().bytes_max);
    BOOST_TEST(bench.files().size() == 3U);
    BOOST_TEST(bytes_in(held.value()) == bytes_in(object("b")), "gone under whoever sends it");
}

BOOST_AUTO_TEST_CASE(knows_after_a_restart_what_was_wanted_last) {
    const Bench bench;
    {
        DiskCache cache = bench.cache(3);
        for (const char* key : {"a", "b", "c"}) {
            cache.keep(key, object(key));
        }
        // As if they had been wanted long ago, however coarse the file system's clock is.
        for (const fs::path& file : bench.files()) {
            fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
        }
        BOOST_TEST(cache.find("b").has_value());
    }
    DiskCache cache = bench.cache(1);
    BOOST_TEST(bench.files().size() == 1U);
    BOOST_TEST(cache.find("b").has_value());
}

BOOST_AUTO_TEST_CASE(replaces_what_it_had) {
    const Bench bench;
    DiskCache cache = bench.cache();
    cache.keep("a", object("a"));
    cache.keep("a", object("b"));
    BOOST_TEST(bytes_in(cache.find("a").value()) == bytes_in(object("b")));
    BOOST_TEST(cache.counters().bytes == fs::file_size(bench.files().at(0)));
}

BOOST_AUTO_TEST_CASE(keeps_nothing_that_is_larger_than_all_it_may_hold) {
    const Bench bench;
    DiskCache cache{bench.folder / "cache", object_bytes};
    cache.keep("a", object("a"));
    BOOST_TEST(bench.files().empty());
}

BOOST_AUTO_TEST_CASE(without_its_folder_keeps_nothing_and_says_so) {
    const Bench bench;
    DiskCache cache = bench.cache();
    cache.keep("a", object("a"));
    fs::remove_all(bench.folder / "cache");
    BOOST_TEST(!cache.find("a"));
    cache.keep("a", object("a"));
    BOOST_TEST(!cache.find("a"));
    BOOST_TEST(cache.counters().objects == 0U);
    BOOST_TEST(cache.counters().hits == 0U);
}

BOOST_AUTO_TEST_CASE(removes_what_another_program_left_half_written) {
    const Bench bench;
    fs::create_directories(bench.folder / "cache");
    write_file(bench.folder / "cache" / "0.dcm.part", "half");
    write_file(bench.folder / "cache" / "somebody's.txt", "not ours");
    const DiskCache cache = bench.cache();
    BOOST_TEST(bench.files().size() == 1U);
    BOOST_TEST(cache.counters().objects == 0U);
}

struct Damage {
    const char* says;
    void (*done)(std::string& file);
};
std::ostream& operator<<(std::ostream& out, const Damage& damage) {
    return out << damage.says;
}
const Damage damages[] = {
    {"a changed pixel", [](std::string& file) { file[file.size() - 5] ^= 1; }},
    {"a changed header", [](std::string& file) { file[150] ^= 1; }},
    {"another seal", [](std::string& file) { file[20] ^= 1; }},
    {"cut", [](std::string& file) { file.resize(file.size() / 2); }},
    {"cut in the preamble", [](std::string& file) { file.resize(50); }},
    {"empty", [](std::string& file) { file.clear(); }},
    {"zeros where the disk had not written",
     [](std::string& file) { file.replace(4096, 4096, 4096, '\0'); }},
};

BOOST_DATA_TEST_CASE(does_not_give_what_is_not_whole, damages, damage) {
    const Bench bench;
    DiskCache cache = bench.cache();
    cache.keep("a", object("a"));
    const fs::path file = bench.files().at(0);
    std::string contents = read_file(file);
    damage.done(contents);
    write_file(file, contents);
    BOOST_TEST(!cache.find("a"));
    BOOST_TEST(!fs::exists(file));
    cache.keep("a", object("a"));
    BOOST_TEST(cache.find("a").has_value());
}

BOOST_AUTO_TEST_CASE(does_not_give_another_key_s_file) {
    const Bench bench;
    DiskCache cache = bench.cache();
    cache.keep("a", object("a"));
    const fs::path of_a = bench.files().at(0);
    cache.keep("b", object("b"));
    const auto files = bench.files();
    const fs::path of_b = files[0] == of_a ? files[1] : files[0];
    fs::copy_file(of_a, of_b, fs::copy_options::overwrite_existing);
    BOOST_TEST(!cache.find("b"));
}

BOOST_AUTO_TEST_SUITE_END()
