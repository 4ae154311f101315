#include "bridge/export/part10_folder.hpp"

#include "dicom/codec/codec.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <ostream>

using namespace cxr::bridge;
using cxr::test::TemporaryFolder;

namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

cxr::dicom::EncodedObject object(std::string_view first, std::string_view second = {}) {
    cxr::dicom::EncodedObject made;
    made.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.34";
    made.sop_instance_uid = "2.25.1";
    made.transfer_syntax_uid = "1.2.840.10008.1.2.1";
    made.segments.push_back(cxr::dicom::Segment::of(bytes_of(first)));
    made.segments.push_back(cxr::dicom::Segment::of(bytes_of(second)));
    return made;
}

std::string text(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t files_in(const std::filesystem::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_10_7_folder_of_part_10_files)

BOOST_AUTO_TEST_CASE(a_file_is_meta_information_and_all_segments) {
    const TemporaryFolder root;
    const auto kept = Part10Folder(root / "new").keep("99990001", "a_labels", object("ab", "cd"));
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST((*kept == Kept::written));
    BOOST_TEST(cxr::test::read_file(root / "new" / "99990001" / "a_labels.dcm") ==
               text(cxr::dicom::file_meta_information(object("ab", "cd"))) + "abcd");
    BOOST_TEST(files_in(root.path()) == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_bytes_are_left_where_they_lie) {
    const TemporaryFolder root;
    const Part10Folder folder(root.path());
    BOOST_REQUIRE(folder.keep("99990001", "a", object("ab", "cd")).has_value());
    const auto path = root / "99990001" / "a.dcm";
    std::filesystem::last_write_time(path, std::filesystem::file_time_type{});
    const auto kept = folder.keep("99990001", "a", object("ab", "cd"));
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST((*kept == Kept::unchanged));
    BOOST_TEST((std::filesystem::last_write_time(path) == std::filesystem::file_time_type{}));
}

struct Leftover {
    const char* says;
    const char* first;
    const char* second;
};
std::ostream& operator<<(std::ostream& out, const Leftover& leftover) {
    return out << leftover.says;
}

const Leftover leftovers[] = {
    {"a shorter file", "ab", "c"},
    {"a longer file", "ab", "cde"},
    {"another last byte", "ab", "cx"},
    {"nothing but a header", "", ""},
};

BOOST_DATA_TEST_CASE(what_differs_is_replaced, leftovers, leftover) {
    const TemporaryFolder root;
    const Part10Folder folder(root.path());
    BOOST_REQUIRE(
        folder.keep("99990001", "a", object(leftover.first, leftover.second)).has_value());
    const auto kept = folder.keep("99990001", "a", object("ab", "cd"));
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST((*kept == Kept::written));
    BOOST_TEST(cxr::test::read_file(root / "99990001" / "a.dcm").ends_with("abcd"));
    BOOST_TEST(files_in(root.path()) == 1U);
}

const std::array<const char*, 2> strange_names[] = {
    {"..", "a"}, {"9999/1", "a"}, {"", "a"}, {"99990001", "../a"}, {"99990001", ".hidden"}};

BOOST_AUTO_TEST_CASE(a_name_that_leads_elsewhere_is_refused) {
    const TemporaryFolder root;
    for (const auto& [patient, name] : strange_names) {
        const auto kept = Part10Folder(root.path()).keep(patient, name, object("ab"));
        BOOST_REQUIRE(!kept.has_value());
        BOOST_TEST((kept.error().kind == FaultKind::malformed));
    }
    BOOST_TEST(files_in(root.path()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_a_fault_that_names_it) {
    const TemporaryFolder root;
    cxr::test::write_file(root / "99990001", "a file where the folder should be");
    const auto kept = Part10Folder(root.path()).keep("99990001", "a", object("ab"));
    BOOST_REQUIRE(!kept.has_value());
    BOOST_TEST((kept.error().kind == FaultKind::storage));
    BOOST_TEST(kept.error().doing.find("99990001") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
