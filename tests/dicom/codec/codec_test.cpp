#include "dicom/codec/codec.hpp"

#include "support/dcmtk_ready.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/process.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cxr::dicom;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

constexpr Uint16 rows = 33;
constexpr Uint16 columns = 50;

std::vector<Uint8> picture() {
    std::vector<Uint8> pixels(std::size_t{rows} * columns);
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        pixels[i] = static_cast<Uint8>((i * i / 7 + i % columns) & 0xffU);
    }
    return pixels;
}

void put(DcmDataset& data_set, const DcmTagKey& tag, const char* value) {
    BOOST_REQUIRE(data_set.putAndInsertString(tag, value).good());
}

std::unique_ptr<DcmDataset> image() {
    auto made = std::make_unique<DcmDataset>();
    put(*made, DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
    put(*made, DCM_SOPInstanceUID, "2.25.42");
    put(*made, DCM_PatientName, "Doe^J");
    put(*made, DCM_PhotometricInterpretation, "MONOCHROME2");
    for (const auto& [tag, value] :
         std::initializer_list<std::pair<DcmTagKey, Uint16>>{{DCM_SamplesPerPixel, 1},
                                                             {DCM_Rows, rows},
                                                             {DCM_Columns, columns},
                                                             {DCM_BitsAllocated, 8},
                                                             {DCM_BitsStored, 8},
                                                             {DCM_HighBit, 7},
                                                             {DCM_PixelRepresentation, 0}}) {
        BOOST_REQUIRE(made->putAndInsertUint16(tag, value).good());
    }
    const auto pixels = picture();
    BOOST_REQUIRE(made->putAndInsertUint8Array(DCM_PixelData, pixels.data(), pixels.size()).good());
    return made;
}

std::vector<Uint8> pixels_of(const EncodedObject& object) {
    const auto plain = transcode(object, explicit_vr_little_endian);
    BOOST_REQUIRE(plain.has_value());
    BOOST_REQUIRE(plain->segments.size() == 1U);
    const auto data_set = parse_data_set(plain->segments.front().bytes, explicit_vr_little_endian);
    BOOST_REQUIRE(data_set.has_value());
    const Uint8* pixels = nullptr;
    unsigned long count = 0;
    BOOST_REQUIRE((*data_set)->findAndGetUint8Array(DCM_PixelData, pixels, &count).good());
    return {pixels, pixels + count};
}

std::vector<const TransferSyntax*> encodable() {
    std::vector<const TransferSyntax*> found;
    for (const TransferSyntax& syntax : all_transfer_syntaxes()) {
        if (syntax.encodable) {
            found.push_back(&syntax);
        }
    }
    return found;
}

EncodedObject encoded(const TransferSyntax& syntax) {
    const auto data_set = image();
    auto object = encode_data_set(*data_set, syntax);
    BOOST_REQUIRE(object.has_value());
    return *std::move(object);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_10_transfer_syntaxes)

BOOST_AUTO_TEST_CASE(every_one_that_is_written_keeps_every_pixel_and_the_uid) {
    for (const TransferSyntax* from : encodable()) {
        const EncodedObject object = encoded(*from);
        BOOST_TEST(object.transfer_syntax_uid == from->uid);
        BOOST_TEST(object.size_bytes() % 2 == 0U);
        for (const TransferSyntax* to : transcodable_to(*from)) {
            BOOST_TEST_CONTEXT(from->keyword << " to " << to->keyword) {
                const auto other = transcode(object, *to);
                BOOST_REQUIRE(other.has_value());
                BOOST_TEST(other->transfer_syntax_uid == to->uid);
                BOOST_TEST(other->sop_instance_uid == "2.25.42");
                BOOST_TEST(pixels_of(*other) == picture(), boost::test_tools::per_element());
            }
        }
    }
}

/// 12 bits stored of 16; the 4 others are used, too, as old overlays use them.
std::unique_ptr<DcmDataset> image_with_bits_beside_the_stored_ones() {
    auto made = image();
    for (const auto& [tag, value] : std::initializer_list<std::pair<DcmTagKey, Uint16>>{
             {DCM_BitsAllocated, 16}, {DCM_BitsStored, 12}, {DCM_HighBit, 11}}) {
        BOOST_REQUIRE(made->putAndInsertUint16(tag, value).good());
    }
    std::vector<Uint16> words(std::size_t{rows} * columns);
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = static_cast<Uint16>(((i * 37) & 0xfffU) | ((i % 16) << 12U));
    }
    BOOST_REQUIRE(made->putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()).good());
    return made;
}

BOOST_AUTO_TEST_CASE(bits_beside_the_stored_ones_survive) {
    const auto data_set = image_with_bits_beside_the_stored_ones();
    const auto plain = encode_data_set(*data_set, explicit_vr_little_endian);
    BOOST_REQUIRE(plain.has_value());
    const auto expected = pixels_of(*plain);
    for (const TransferSyntax* to : encodable()) {
        BOOST_TEST_CONTEXT(to->keyword) {
            const auto other = transcode(*plain, *to);
            BOOST_REQUIRE(other.has_value());
            BOOST_TEST((pixels_of(*other) == expected));
        }
    }
}

/// All attributes but Pixel Data, as bytes.
std::vector<std::byte> without_pixels(const EncodedObject& object) {
    const auto plain = transcode(object, explicit_vr_little_endian);
    BOOST_REQUIRE(plain.has_value());
    const auto data_set = parse_data_set(plain->segments.front().bytes, explicit_vr_little_endian);
    BOOST_REQUIRE(data_set.has_value());
    BOOST_REQUIRE((*data_set)->findAndDeleteElement(DCM_PixelData).good());
    const auto bytes = encode_data_set(**data_set, explicit_vr_little_endian);
    BOOST_REQUIRE(bytes.has_value());
    const auto& segment = bytes->segments.front().bytes;
    return {segment.begin(), segment.end()};
}

BOOST_AUTO_TEST_CASE(nothing_but_pixel_data_differs_between_two) {
    // DCMTK's JPEG Lossless encoder would write itself into Derivation Description, which would
    // give one SOP Instance UID two contents.
    const auto reference = without_pixels(encoded(explicit_vr_little_endian));
    for (const TransferSyntax* from : encodable()) {
        BOOST_TEST_CONTEXT(from->keyword) {
            BOOST_TEST((without_pixels(encoded(*from)) == reference));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_same_syntax_shares_the_bytes) {
    const EncodedObject object = encoded(explicit_vr_little_endian);
    const auto same = transcode(object, explicit_vr_little_endian);
    BOOST_REQUIRE(same.has_value());
    BOOST_TEST(same->segments.front().bytes.data() == object.segments.front().bytes.data());
}

BOOST_AUTO_TEST_CASE(every_encodable_one_reaches_every_other_itself_first) {
    for (const TransferSyntax* from : encodable()) {
        const auto targets = transcodable_to(*from);
        BOOST_TEST(targets.front()->uid == from->uid);
        BOOST_TEST(targets.size() == encodable().size());
    }
}

BOOST_AUTO_TEST_CASE(a_syntax_without_codec_stays_what_it_is) {
    const TransferSyntax& mpeg_2 = *find_transfer_syntax("1.2.840.10008.1.2.4.100");
    BOOST_TEST(transcodable_to(mpeg_2).size() == 1U);
    const auto to = transcode(encoded(explicit_vr_little_endian), mpeg_2);
    BOOST_REQUIRE(!to.has_value());
    BOOST_TEST((to.error().kind == FaultKind::unsupported));
    EncodedObject kept = encoded(explicit_vr_little_endian);
    kept.transfer_syntax_uid = mpeg_2.uid;
    const auto from = transcode(kept, explicit_vr_little_endian);
    BOOST_REQUIRE(!from.has_value());
    BOOST_TEST((from.error().kind == FaultKind::unsupported));
    BOOST_TEST(transcode(kept, mpeg_2).has_value());
}

BOOST_AUTO_TEST_CASE(a_data_set_cut_anywhere_is_malformed_or_shorter_but_never_a_crash) {
    const EncodedObject object = encoded(explicit_vr_little_endian);
    const auto bytes = object.segments.front().bytes;
    std::size_t refused = 0;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto data_set = parse_data_set(bytes.first(size), explicit_vr_little_endian);
        refused += data_set.has_value() ? 0 : 1;
    }
    BOOST_TEST(refused > bytes.size() * 9 / 10);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_10_7_part_10_files)

std::string file_of(const EncodedObject& object) {
    std::string file;
    const auto add = [&file](std::span<const std::byte> bytes) {
        file.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    add(file_meta_information(object));
    for (const Segment& segment : object.segments) {
        add(segment.bytes);
    }
    return file;
}

BOOST_AUTO_TEST_CASE(dcmdump_reads_every_syntax_and_finds_no_fault) {
    const cxr::test::TemporaryFolder root;
    for (const TransferSyntax* syntax : encodable()) {
        if (DcmXfer(std::string(syntax->uid).c_str()).getXfer() == EXS_Unknown) {
            continue;  // DCMTK 3.6.7 knows neither HTJ2K nor deflated frames
        }
        const auto path = root / (std::string(syntax->keyword) + ".dcm");
        cxr::test::write_file(path, file_of(encoded(*syntax)));
        const auto dump = cxr::test::run({"dcmdump", "+fo", path.string()});
        BOOST_TEST(dump.exit_code == 0);
        BOOST_TEST(dump.errors == "");
        BOOST_TEST(dump.output.find("(0002,0010) UI =") != std::string::npos);
        BOOST_TEST(dump.output.find("CXRBRIDGE") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
    const EncodedObject object = encoded(implicit_vr_little_endian);
    const std::string file = file_of(object);
    const auto view = read_part10(std::as_bytes(std::span(file)));
    BOOST_REQUIRE(view.has_value());
    BOOST_TEST(view->sop_class_uid == object.sop_class_uid);
    BOOST_TEST(view->sop_instance_uid == object.sop_instance_uid);
    BOOST_TEST(view->transfer_syntax_uid == object.transfer_syntax_uid);
    BOOST_TEST(std::equal(view->data_set.begin(),
                          view->data_set.end(),
                          object.segments.front().bytes.begin(),
                          object.segments.front().bytes.end()));
}

BOOST_AUTO_TEST_CASE(a_file_cut_in_its_meta_information_is_malformed) {
    const std::string file = file_of(encoded(explicit_vr_little_endian));
    const std::size_t meta_bytes = file_meta_information(encoded(explicit_vr_little_endian)).size();
    const std::size_t transfer_syntax_end = file.find("1.2.840.10008.1.2.1") + 20;
    for (std::size_t size = 0; size < transfer_syntax_end; ++size) {
        const auto view = read_part10(std::as_bytes(std::span(file)).first(size));
        BOOST_REQUIRE(!view.has_value());
        BOOST_TEST((view.error().kind == FaultKind::malformed));
    }
    BOOST_TEST(read_part10(std::as_bytes(std::span(file)).first(meta_bytes)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
