#include "dicom/core/data_set_scan.hpp"

#include "support/element_bytes.hpp"
#include "support/folders.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <fstream>
#include <ostream>
#include <random>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

const TransferSyntax& big_endian_syntax = *find_transfer_syntax("1.2.840.10008.1.2.2");

Result<DataSetScan> scan_explicit(std::string_view bytes) {
    return scan_data_set(as_bytes(bytes), explicit_vr_little_endian);
}
Result<DataSetScan> scan_encapsulated(std::string_view bytes) {
    return scan_data_set(as_bytes(bytes), rle_lossless);
}

std::string encapsulated(const std::string& items) {
    return short_element(0x0008'0018, "UI", "1.2.3.") +
           long_element(0x7FE0'0010, "OB", undefined, items);
}

struct Syntax {
    const char* name;
    const TransferSyntax& ours;
    E_TransferSyntax dcmtk;
};
std::ostream& operator<<(std::ostream& out, const Syntax& syntax) {
    return out << syntax.name;
}
const Syntax native_syntaxes[] = {
    {"Implicit VR Little Endian", implicit_vr_little_endian, EXS_LittleEndianImplicit},
    {"Explicit VR Little Endian", explicit_vr_little_endian, EXS_LittleEndianExplicit},
    {"Explicit VR Big Endian", big_endian_syntax, EXS_BigEndianExplicit},
};

/// A small image with a nested sequence, made by DCMTK.
void fill_by_dcmtk(DcmDataset& data_set) {
    data_set.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 100");
    data_set.putAndInsertString(DCM_SOPClassUID, "1.2.840.10008.5.1.4.1.1.7");
    data_set.putAndInsertString(DCM_SOPInstanceUID, "2.25.1");
    data_set.putAndInsertString(DCM_PatientName, "Buc^J\xE9r\xF4me");
    data_set.putAndInsertString(DCM_StudyInstanceUID, "2.25.2");
    data_set.putAndInsertUint16(DCM_Rows, 258);
    data_set.putAndInsertUint16(DCM_Columns, 2);
    DcmItem* code = nullptr;
    data_set.findOrCreateSequenceItem(DCM_ConceptNameCodeSequence, code, -2);
    code->putAndInsertString(DCM_CodeValue, "126000");
    code->putAndInsertString(DCM_CodingSchemeDesignator, "DCM");
    DcmItem* nested = nullptr;
    code->findOrCreateSequenceItem(DCM_EquivalentCodeSequence, nested, -2);
    nested->putAndInsertString(DCM_CodeValue, "1");
    const std::vector<Uint8> pixels(516, 7);
    data_set.putAndInsertUint8Array(DCM_PixelData, pixels.data(), 516);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_7_data_sets)

BOOST_DATA_TEST_CASE(what_dcmtk_writes_is_found,
                     native_syntaxes* boost::unit_test::data::make({EET_ExplicitLength,
                                                                    EET_UndefinedLength}),
                     syntax,
                     lengths) {
    DcmDataset data_set;
    fill_by_dcmtk(data_set);
    const std::string bytes = dcmtk_bytes(data_set, syntax.dcmtk, lengths);
    const auto scan = scan_data_set(as_bytes(bytes), syntax.ours);
    BOOST_TEST_REQUIRE(scan.has_value());
    BOOST_TEST(scan->elements.size() == data_set.card());
    BOOST_TEST(scan->depth_reached == 2U);
    const ScannedElement* pixels = scan->find(DCM_PixelData);
    BOOST_TEST_REQUIRE(pixels != nullptr);
    BOOST_TEST(pixels->length == 516U);
    BOOST_TEST(pixels->value_offset + pixels->length == bytes.size());
    BOOST_TEST(scan->find(DCM_Modality) == nullptr);
    BOOST_TEST(scan->find(DCM_ConceptNameCodeSequence)->undefined_length ==
               (lengths == EET_UndefinedLength));

    const Attributes attributes = attributes_of(as_bytes(bytes), *scan, syntax.ours);
    BOOST_TEST(attributes.size() == scan->elements.size() - 1);
    BOOST_TEST(value_of(attributes, DCM_SOPInstanceUID) == "2.25.1");
    BOOST_TEST(value_of(attributes, DCM_PatientName) == "Buc^Jérôme");
    BOOST_TEST(value_of(attributes, DCM_Rows) == "258");
    const Attribute* code = find(attributes, DCM_ConceptNameCodeSequence);
    BOOST_TEST_REQUIRE(code->items.size() == 1U);
    BOOST_TEST(value_of(code->items[0], DCM_CodeValue) == "126000");
    BOOST_TEST(find(attributes, DCM_PixelData) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_part_10_file_of_dcmtk_is_scanned_behind_its_meta_information) {
    DcmFileFormat file;
    fill_by_dcmtk(*file.getDataset());
    const TemporaryFolder folder;
    const std::string path = folder / "image.dcm";
    BOOST_TEST_REQUIRE(file.saveFile(path.c_str(), EXS_LittleEndianExplicit).good());
    std::ifstream stream(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    // (0002,0000) UL 4 stands first: its value is the length of the rest of the meta information.
    const std::size_t group_length = static_cast<unsigned char>(bytes.at(140)) +
                                     256U * static_cast<unsigned char>(bytes.at(141));
    const std::string_view data_set = std::string_view(bytes).substr(144 + group_length);
    const auto scan = scan_explicit(data_set);
    BOOST_TEST_REQUIRE(scan.has_value());
    BOOST_TEST(scan->find(DCM_SOPInstanceUID) != nullptr);
    // The same with the meta information in front is no data set (S16).
    const auto with_meta = scan_explicit(std::string_view(bytes).substr(132));
    BOOST_TEST_REQUIRE(!with_meta.has_value());
    BOOST_TEST((with_meta.error().element == DcmTagKey(0x0002, 0x0000)));
}

BOOST_AUTO_TEST_CASE(the_length_of_a_delimited_sequence_is_resolved) {
    const std::string inside = delimited_item("") + item("");
    const auto scan =
        scan_explicit(long_element(0x0008'1032, "SQ", undefined, inside + sequence_delimiter()) +
                      short_element(0x0010'0020, "LO", "12"));
    BOOST_TEST_REQUIRE(scan.has_value());
    BOOST_TEST(scan->elements[0].length == inside.size());
    BOOST_TEST(scan->elements[1].header_offset == 12 + inside.size() + 8);
}

BOOST_AUTO_TEST_CASE(S17_what_is_unusual_is_accepted) {
    const std::string bytes =
        short_element(0x0008'0000, "UL", std::string_view("\x00\x00\x00\x00", 4)) +
        long_element(0x0008'1032, "SQ", undefined, sequence_delimiter()) +
        long_element(
            0x0009'1001,
            "UN",
            undefined,
            delimited_item(implicit_element(0x0009'1002, undefined, sequence_delimiter())) +
                sequence_delimiter()) +
        long_element(0x0009'1003, "UN", "anything") + short_element(0x0010'0020, "LO", "odd") +
        long_element(0xFFFC'FFFC, "OB", std::string(16, '\0'));
    const auto scan = scan_explicit(bytes);
    BOOST_TEST_REQUIRE(scan.has_value());
    BOOST_TEST(scan->elements.size() == 6U);
}

BOOST_AUTO_TEST_CASE(long_values_are_left_out_of_the_attributes) {
    const std::string bytes = short_element(0x0010'0020, "LO", "12") +
                              long_element(0x0040'A160, "UT", std::string(70'000, 'a'));
    const auto scan = scan_explicit(bytes);
    BOOST_TEST(attributes_of(as_bytes(bytes), *scan, explicit_vr_little_endian).size() == 1U);
    BOOST_TEST(attributes_of(as_bytes(bytes), *scan, explicit_vr_little_endian, 70'000).size() ==
               2U);
}

BOOST_AUTO_TEST_CASE(text_without_meaning_is_replaced_and_counted) {
    const std::string bytes = short_element(0x0008'0005, "CS", "ISO_IR 666") +
                              short_element(0x0010'0010, "PN", "J\xE9r\xF4me") +
                              short_element(0x0028'0010, "US", "odd");
    const auto scan = scan_explicit(bytes);
    std::size_t unconvertible = 0;
    const Attributes attributes =
        attributes_of(as_bytes(bytes), *scan, explicit_vr_little_endian, 65'536, &unconvertible);
    BOOST_TEST(unconvertible == 2U);
    BOOST_TEST(value_of(attributes, DCM_PatientName) == "J\uFFFDr\uFFFDme");
    BOOST_TEST(value_of(attributes, DCM_Rows) == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_a_4_encapsulated_pixel_data)

const std::string empty_table = item("");
const std::string fragment = item(std::string(10, 'f'));

BOOST_AUTO_TEST_CASE(S18_offset_table_and_fragments_are_accepted) {
    const std::string table = item(std::string(8, '\0'));
    for (const std::string& items :
         {empty_table + fragment, table + fragment + fragment, empty_table + fragment + item("")}) {
        const auto scan = scan_encapsulated(encapsulated(items + sequence_delimiter()));
        BOOST_TEST_REQUIRE(scan.has_value());
        BOOST_TEST(scan->find(DCM_PixelData)->length == items.size());
        BOOST_TEST(scan->find(DCM_PixelData)->undefined_length);
    }
}

BOOST_AUTO_TEST_CASE(what_dcmtk_encapsulates_is_found) {
    DcmPixelSequence* sequence = new DcmPixelSequence(DCM_PixelSequenceTag);
    sequence->insert(new DcmPixelItem(DCM_PixelItemTag));
    auto* dcmtk_fragment = new DcmPixelItem(DCM_PixelItemTag);
    const std::vector<Uint8> compressed(100, 1);
    dcmtk_fragment->putUint8Array(compressed.data(), 100);
    sequence->insert(dcmtk_fragment);
    DcmDataset data_set;
    data_set.putAndInsertString(DCM_SOPInstanceUID, "2.25.1");
    auto* pixels = new DcmPixelData(DCM_PixelData);
    pixels->putOriginalRepresentation(EXS_RLELossless, nullptr, sequence);
    data_set.insert(pixels);
    const auto scan = scan_encapsulated(dcmtk_bytes(data_set, EXS_RLELossless));
    BOOST_TEST_REQUIRE(scan.has_value());
    BOOST_TEST(scan->find(DCM_PixelData)->length == 8U + 8U + 100U);
}

BOOST_AUTO_TEST_CASE(an_icon_may_be_native_or_encapsulated) {
    const std::string native = long_element(0x7FE0'0010, "OB", "abcd");
    const std::string compressed =
        long_element(0x7FE0'0010, "OB", undefined, empty_table + fragment + sequence_delimiter());
    for (const std::string& icon : {native, compressed}) {
        BOOST_TEST(scan_encapsulated(long_element(0x0088'0200, "SQ", item(icon))).has_value());
    }
}

struct Broken {
    const char* says;
    std::string items;
};
std::ostream& operator<<(std::ostream& out, const Broken& broken) {
    return out << broken.says;
}
const Broken broken_pixel_data[] = {
    {"S18 no delimiter", empty_table + fragment},
    {"S18 a fragment of odd length",
     empty_table + implicit_element(0xFFFE'E000, "abc") + sequence_delimiter()},
    {"S18 a fragment past the end", empty_table + implicit_element(0xFFFE'E000, 64, "")},
    {"a fragment of undefined length", empty_table + delimited_item("") + sequence_delimiter()},
    {"no fragment", empty_table + sequence_delimiter()},
    {"no offset table", sequence_delimiter()},
    {"half an offset", item("ab") + fragment + sequence_delimiter()},
    {"an element between fragments",
     empty_table + short_element(0x0010'0020, "LO", "12") + sequence_delimiter()},
    {"a delimiter with a length", empty_table + fragment + implicit_element(0xFFFE'E0DD, "ab")},
};
BOOST_DATA_TEST_CASE(what_is_broken_is_refused, broken_pixel_data, c) {
    const auto scan = scan_encapsulated(encapsulated(c.items));
    BOOST_TEST_REQUIRE(!scan.has_value());
    BOOST_TEST((scan.error().kind == FaultKind::malformed));
    BOOST_TEST(scan.error().element.has_value());
}

BOOST_AUTO_TEST_CASE(fragments_in_a_native_syntax_are_refused) {
    const std::string bytes = encapsulated(empty_table + fragment + sequence_delimiter());
    BOOST_TEST(scan_encapsulated(bytes).has_value());
    BOOST_TEST(!scan_explicit(bytes).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(strangers)

struct Refused {
    const char* says;
    std::string bytes;
    DcmTagKey element;
};
std::ostream& operator<<(std::ostream& out, const Refused& refused) {
    return out << refused.says;
}
const Refused refused_data_sets[] = {
    {"S16 group 0002", short_element(0x0002'0010, "UI", "1.2."), DcmTagKey(0x0002, 0x0010)},
    {"a command set", short_element(0x0000'0100, "US", "ab"), DcmTagKey(0x0000, 0x0100)},
    {"elements out of order",
     short_element(0x0010'0020, "LO", "12") + short_element(0x0010'0010, "PN", "A^"),
     DCM_PatientName},
    {"an element twice",
     short_element(0x0010'0020, "LO", "12") + short_element(0x0010'0020, "LO", "12"),
     DCM_PatientID},
    {"S19 a length of 4 GiB", long_element(0x7FE0'0010, "OW", 0xFFFF'FFFE, "ab"), DCM_PixelData},
    {"S19 undefined length of LO's long cousin",
     long_element(0x0040'A160, "UT", undefined, "ab"),
     DCM_TextValue},
    {"S6 a truncated value",
     tag_bytes(0x0010'0010) + "PN" + little_endian(8, 2) + "A^B",
     DCM_PatientName},
    {"S6 a truncated header", short_element(0x0010'0010, "PN", "") + "\x10", DCM_PatientName},
    {"an unknown VR", short_element(0x0010'0010, "??", ""), DCM_PatientName},
    {"a missing delimiter",
     long_element(0x0008'1032, "SQ", undefined, item("")),
     DcmTagKey(0xFFFE, 0xE000)},
};
BOOST_DATA_TEST_CASE(what_does_not_add_up_is_refused, refused_data_sets, c) {
    const auto scan = scan_explicit(c.bytes);
    BOOST_TEST_REQUIRE(!scan.has_value());
    BOOST_TEST((scan.error().kind == FaultKind::malformed));
    BOOST_TEST_REQUIRE(scan.error().element.has_value());
    BOOST_TEST(scan.error().element->toString() == c.element.toString());
    BOOST_TEST(scan.error().doing.find("byte") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ten_thousand_nested_sequences_are_refused) {
    std::string openings;
    for (int i = 0; i < 10'000; ++i) {
        openings += implicit_element(0x0040'A730, undefined, "");
        openings += implicit_element(0xFFFE'E000, undefined, "");
    }
    const auto scan = scan_data_set(as_bytes(openings), implicit_vr_little_endian);
    BOOST_TEST_REQUIRE(!scan.has_value());
    BOOST_TEST((scan.error().element == DCM_ContentSequence));
}

BOOST_AUTO_TEST_CASE(a_limit_of_elements_is_kept) {
    std::string bytes;
    for (std::uint32_t i = 1; i <= 100; ++i) {
        bytes += short_element(0x0009'1000 + i, "LO", "");
    }
    const ScanLimits limits{.depth_max = 64, .elements_max = 99};
    BOOST_TEST(!scan_data_set(as_bytes(bytes), explicit_vr_little_endian, limits).has_value());
    BOOST_TEST(scan_explicit(bytes).has_value());
}

BOOST_AUTO_TEST_CASE(random_bytes_never_do_more_than_fail) {
    std::mt19937 random(20170903);
    DcmDataset data_set;
    fill_by_dcmtk(data_set);
    const TransferSyntax* const syntaxes[] = {
        &explicit_vr_little_endian, &implicit_vr_little_endian, &big_endian_syntax, &rle_lossless};
    const std::string seeds[] = {
        dcmtk_bytes(data_set, EXS_LittleEndianExplicit, EET_UndefinedLength),
        dcmtk_bytes(data_set, EXS_LittleEndianImplicit),
        dcmtk_bytes(data_set, EXS_BigEndianExplicit),
        encapsulated(item("") + item(std::string(10, 'f')) + sequence_delimiter())};
    int scanned = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::size_t which = random() % 4;
        std::string bytes = seeds[which];
        for (auto changes = random() % 4; changes > 0; --changes) {
            bytes[random() % std::min<std::size_t>(bytes.size(), 300)] =
                static_cast<char>(random());
        }
        const auto scan = scan_data_set(as_bytes(bytes), *syntaxes[which]);
        if (scan) {
            static_cast<void>(attributes_of(as_bytes(bytes), *scan, *syntaxes[which]));
            // Bytes that are not the ones that were scanned are no trap either.
            static_cast<void>(
                attributes_of(as_bytes(bytes).first(bytes.size() / 2), *scan, *syntaxes[which]));
            ++scanned;
        }
    }
    BOOST_TEST(scanned > 1'000);
}

long page_faults() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

BOOST_AUTO_TEST_CASE(a_mapped_gigabyte_is_scanned_without_touching_its_pixels) {
    const TemporaryFolder folder;
    const std::string path = folder / "large.dcm";
    const std::string head =
        short_element(0x0008'0018, "UI", "1.2.3.") + long_element(0x7FE0'0010, "OW", 1U << 30U, "");
    const std::size_t size = head.size() + (std::size_t{1} << 30U);
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    BOOST_TEST_REQUIRE(::pwrite(file, head.data(), head.size(), 0) ==
                       static_cast<ssize_t>(head.size()));
    BOOST_TEST_REQUIRE(::ftruncate(file, static_cast<off_t>(size)) == 0);  // sparse
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    BOOST_TEST_REQUIRE(mapped != MAP_FAILED);
    const long faults_before = page_faults();
    const auto scan =
        scan_data_set({static_cast<const std::byte*>(mapped), size}, explicit_vr_little_endian);
    const long faults = page_faults() - faults_before;
    ::munmap(mapped, size);
    ::close(file);
    BOOST_TEST_REQUIRE(scan.has_value());
    BOOST_TEST(scan->find(DCM_PixelData)->length == std::size_t{1} << 30U);
    BOOST_TEST(faults < 1'000);  // of 262,144 pages
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_5_a_5_deflated)

BOOST_AUTO_TEST_CASE(what_is_deflated_is_inflated_and_even) {
    for (const std::size_t size : {0U, 1U, 7U, 1'000U, 1'000'000U}) {
        std::string bytes(size, 'x');
        for (std::size_t i = 0; i < size; i += 3) {
            bytes[i] = static_cast<char>(i * i);
        }
        const auto deflated = deflate_data_set(as_bytes(bytes));
        BOOST_TEST(deflated.size() % 2 == 0U);
        const auto inflated = inflate_data_set(deflated, size);
        BOOST_TEST_REQUIRE(inflated.has_value());
        BOOST_TEST(as_text(*inflated) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(dcmtk_inflates_what_we_deflate_and_the_reverse) {
    DcmDataset data_set;
    fill_by_dcmtk(data_set);
    const std::string plain = dcmtk_bytes(data_set, EXS_LittleEndianExplicit);
    const std::string theirs = dcmtk_bytes(data_set, EXS_DeflatedLittleEndianExplicit);
    const auto inflated = inflate_data_set(as_bytes(theirs), 1U << 20U);
    BOOST_TEST_REQUIRE(inflated.has_value());
    BOOST_TEST(as_text(*inflated) == plain);
    DcmDataset read;
    dcmtk_read(as_text(deflate_data_set(as_bytes(plain))), EXS_DeflatedLittleEndianExplicit, read);
    BOOST_TEST(read.card() == data_set.card());
}

BOOST_AUTO_TEST_CASE(a_bomb_is_exhausted) {
    const auto bomb = deflate_data_set(as_bytes(std::string(10'000'000, '\0')));
    BOOST_TEST(bomb.size() < 20'000U);
    const auto inflated = inflate_data_set(bomb, 9'999'999);
    BOOST_TEST_REQUIRE(!inflated.has_value());
    BOOST_TEST((inflated.error().kind == FaultKind::exhausted));
    BOOST_TEST(inflate_data_set(bomb, 10'000'000).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_deflate_stream_is_malformed) {
    const auto good = deflate_data_set(as_bytes(std::string(100, 'a')));
    const std::string text = as_text(good);
    for (const std::string& bytes : {std::string(),
                                     std::string("\xFF\xFF\xFF\xFF"),
                                     text.substr(0, text.size() / 2),
                                     text + "more than padding"}) {
        const auto inflated = inflate_data_set(as_bytes(bytes), 1'000);
        BOOST_TEST_REQUIRE(!inflated.has_value());
        BOOST_TEST((inflated.error().kind == FaultKind::malformed));
    }
}

BOOST_AUTO_TEST_SUITE_END()
