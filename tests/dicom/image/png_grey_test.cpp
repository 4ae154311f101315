// The quick decoder beside libpng: what it accepts, libpng accepts, and the pixels are the same; by
// each way of unfiltering that this processor has.
#include "image/png_grey.hpp"

#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/png_filters.hpp"
#include "support/png_verdicts.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::dicom;
using cxr::test::by_reference;
using cxr::test::bytes_of;
using cxr::test::FilteredPicture;
using cxr::test::png_chunk;
using cxr::test::random_pixels;
using cxr::test::survey_of_any_size;
using cxr::test::zlib_compressed;

namespace {

using Verdicts = cxr::test::PngVerdicts;

void compare(const std::string& file, Verdicts& verdicts) {
    const auto survey = survey_png(bytes_of(file));
    if (survey) {
        compare(file, *survey, verdicts);
    }
}

/// Filter types of rows: 0 to 4 that one, 5 any.
std::vector<std::uint8_t> row_types(std::uint32_t rows, unsigned kind, std::mt19937& random) {
    std::vector<std::uint8_t> types(rows);
    for (std::uint8_t& type : types) {
        type = static_cast<std::uint8_t>(kind < 5 ? kind : random() % 5U);
    }
    return types;
}

FilteredPicture random_picture(
    std::uint32_t width, std::uint32_t height, bool rgba, unsigned types, std::mt19937& random) {
    FilteredPicture picture{
        .width = width, .height = height, .rgba = rgba, .grey = {}, .types = {}};
    picture.grey = random_pixels(std::size_t{width} * height, random);
    picture.types = row_types(height, types, random);
    return picture;
}

std::size_t ways() {
    return unfilter_ways().size();
}

std::string replaced_crc(std::string file, std::size_t type_offset, std::size_t length) {
    const auto crc =
        crc32_z(0, reinterpret_cast<const Bytef*>(file.data()) + type_offset, length + 4);
    return file.replace(
        type_offset + 4 + length, 4, cxr::test::big_endian(static_cast<std::uint32_t>(crc)));
}

struct Form {
    const char* says;
    bool rgba;
};
std::ostream& operator<<(std::ostream& out, const Form& form) {
    return out << form.says;
}
const Form forms[] = {{"grey", false}, {"grey RGBA", true}};

}  // namespace

BOOST_AUTO_TEST_SUITE(png_9_filters_undone_by_every_way)

BOOST_AUTO_TEST_CASE(scalar_is_always_there_and_first) {
    BOOST_TEST_REQUIRE(!unfilter_ways().empty());
    BOOST_TEST((unfilter_ways().front() == UnfilterWay::scalar));
    for (const UnfilterWay way : unfilter_ways()) {
        BOOST_TEST_MESSAGE("tested: " << name_of(way));
    }
#if defined(__x86_64__)
    BOOST_TEST(ways() == 1U + (__builtin_cpu_supports("sse4.1") != 0 ? 1U : 0U) +
                             (__builtin_cpu_supports("avx2") != 0 ? 1U : 0U));
#endif
}

/// Heights around whole bands of 16 and of 32 rows; each filter alone, and mixed.
BOOST_DATA_TEST_CASE(widths_1_to_70_and_every_filter, forms, form) {
    std::mt19937 random(5);
    Verdicts verdicts;
    std::size_t files = 0;
    for (std::uint32_t width = 1; width <= 70; ++width) {
        for (const std::uint32_t height : {1U, 15U, 16U, 17U, 31U, 32U, 33U, 65U}) {
            for (unsigned types = 0; types <= 5; ++types) {
                const auto picture = random_picture(width, height, form.rgba, types, random);
                const std::string file = picture.file();
                compare(file, survey_of_any_size(file), verdicts);
                ++files;
            }
        }
    }
    BOOST_TEST(verdicts.accepted == files * ways());
    BOOST_TEST(verdicts.wrong == 0U);
}

BOOST_DATA_TEST_CASE(widths_around_the_narrowest_for_vectors, forms, form) {
    std::mt19937 random(6);
    Verdicts verdicts;
    for (std::uint32_t width = 71; width <= 150; ++width) {
        const auto picture = random_picture(width, 64 + width % 33, form.rgba, 5, random);
        compare(picture.file(), verdicts);
    }
    BOOST_TEST(verdicts.accepted == 80 * ways());
    BOOST_TEST(verdicts.wrong == 0U);
}

BOOST_AUTO_TEST_CASE(thousands_of_random_images_in_any_number_of_chunks) {
    std::mt19937 random(7);
    Verdicts verdicts;
    for (int i = 0; i < 3000; ++i) {
        auto picture = random_picture(64 + static_cast<std::uint32_t>(random()) % 60,
                                      64 + static_cast<std::uint32_t>(random()) % 60,
                                      i % 8 == 0,
                                      static_cast<unsigned>(random()) % 10U,
                                      random);
        picture.image_chunk_bytes = 1U + random() % 5000U;
        compare(picture.file(), verdicts);
    }
    BOOST_TEST(verdicts.accepted == 3000 * ways());
    BOOST_TEST(verdicts.wrong == 0U);
}

BOOST_AUTO_TEST_CASE(an_unknown_filter_in_any_row_is_left_to_the_reference) {
    std::mt19937 random(8);
    Verdicts verdicts;
    for (std::uint32_t row = 0; row < 70; ++row) {
        auto picture = random_picture(100, 70, false, 5, random);
        picture.types[row] = 5;
        compare(picture.file(), verdicts);
    }
    BOOST_TEST(verdicts.refused == 70 * ways());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_quick_decoder_beside_libpng)

BOOST_AUTO_TEST_CASE(every_published_image) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    Verdicts verdicts;
    std::size_t images = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder / "images")) {
        compare(cxr::test::read_file(entry.path()), verdicts);
        ++images;
    }
    BOOST_TEST(images > 0U);
    BOOST_TEST(verdicts.accepted == images * ways());
    BOOST_TEST(verdicts.wrong == 0U);
}

/// Three kinds of damage: to any byte; to the compressed bytes under a right CRC; to the rows under
/// a right Adler-32, too. A sound file is among them now and then: the harmless bits.
BOOST_AUTO_TEST_CASE(thousands_of_damaged_files_get_the_verdict_of_libpng) {
    std::mt19937 random(9);
    Verdicts verdicts;
    const auto picture = random_picture(97, 70, false, 5, random);
    const std::string sound = picture.file();
    const std::size_t data_type = picture.header().size() + 4;
    const std::size_t data_length = sound.size() - data_type - 20;
    for (int i = 0; i < 6000; ++i) {
        std::string file = sound;
        const auto flip = [&random](std::string& bytes, std::size_t first, std::size_t count) {
            char& byte = bytes[first + random() % count];
            byte = static_cast<char>(byte ^ (1 << random() % 8));
        };
        if (i % 3 == 0) {
            flip(file, 0, file.size());
        } else if (i % 3 == 1) {
            flip(file, data_type + 4, data_length);
            file = replaced_crc(file, data_type, data_length);
        } else {
            std::string rows = picture.rows();
            flip(rows, 0, rows.size());
            file = picture.file_of(zlib_compressed(rows));
        }
        compare(file, verdicts);
    }
    BOOST_TEST_MESSAGE(verdicts.accepted << " accepted, " << verdicts.refused << " refused");
    BOOST_TEST(verdicts.wrong == 0U);
    BOOST_TEST(verdicts.accepted > 1000U);  // other rows, right sums
    BOOST_TEST(verdicts.refused > 1000U);
    BOOST_TEST(verdicts.left == verdicts.refused);  // it gives up on nothing that is sound
}

BOOST_AUTO_TEST_CASE(one_colour_or_alpha_anywhere_is_left_to_the_reference) {
    std::mt19937 random(10);
    Verdicts verdicts;
    for (int i = 0; i < 500; ++i) {
        const auto picture = random_picture(80, 70, true, 5, random);
        std::string rows = picture.rows();
        const std::size_t row = random() % 70;
        char& sample = rows[row * (80 * 4 + 1) + 1 + random() % (80 * 4)];
        sample = static_cast<char>(sample + 1 + static_cast<int>(random() % 255));
        compare(picture.file_of(zlib_compressed(rows)), verdicts);
    }
    BOOST_TEST(verdicts.refused == 500 * ways());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(what_is_left_to_the_reference)

namespace {

const std::mt19937::result_type seed = 11;

FilteredPicture small_picture() {
    std::mt19937 random(seed);
    return random_picture(70, 66, false, 5, random);
}

/// A zlib stream of one stored block each 65535 bytes, with a header of the test's choice.
std::string stored_stream(std::string_view rows, std::string_view zlib_header) {
    std::string stream(zlib_header);
    std::string_view rest = rows;
    while (!rest.empty()) {
        const std::string_view block = rest.substr(0, 65535);
        rest.remove_prefix(block.size());
        const auto length = static_cast<unsigned>(block.size());
        stream += static_cast<char>(rest.empty() ? 1 : 0);
        for (const unsigned number : {length, ~length}) {
            stream += static_cast<char>(number);
            stream += static_cast<char>(number >> 8);
        }
        stream += block;
    }
    const auto sum = adler32_z(1, reinterpret_cast<const Bytef*>(rows.data()), rows.size());
    return stream + cxr::test::big_endian(static_cast<std::uint32_t>(sum));
}

std::string with_chunks(const std::string& before, const std::string& after) {
    const auto picture = small_picture();
    return picture.header() + before + png_chunk("IDAT", zlib_compressed(picture.rows())) + after +
           png_chunk("IEND", "");
}

struct Doubtful {
    const char* says;
    std::string file;
    bool quick;
    bool accepted;  ///< by the reference
};
std::ostream& operator<<(std::ostream& out, const Doubtful& doubtful) {
    return out << doubtful.says;
}

std::string in_two_chunks_with(const std::string& between) {
    const auto picture = small_picture();
    const std::string stream = zlib_compressed(picture.rows());
    return picture.header() + png_chunk("IDAT", stream.substr(0, 99)) + between +
           png_chunk("IDAT", stream.substr(99)) + png_chunk("IEND", "");
}

const FilteredPicture picture = small_picture();
const std::string rows = picture.rows();

const Doubtful doubtful_files[] = {
    {"the collection's own chunks", with_chunks(png_chunk("tIME", "1234567"), ""), true, true},
    {"a comment after the image", with_chunks("", png_chunk("tEXt", {"a\0b", 3})), true, true},
    {"a stored block", picture.file_of(stored_stream(rows, "\x78\x01")), true, true},
    {"two chunks, one of them empty", in_two_chunks_with(png_chunk("IDAT", "")), true, true},
    {"a window of 256 bytes announced",
     picture.file_of(stored_stream(rows, "\x08\x1d")),
     false,
     true},
    {"a wrong check of the zlib header",
     picture.file_of(stored_stream(rows, "\x78\x02")),
     false,
     false},
    {"a preset dictionary", picture.file_of(stored_stream(rows, "\x78\x20")), false, false},
    {"another compression method", picture.file_of(stored_stream(rows, "\x79\x00")), false, false},
    {"a comment between two IDAT",
     in_two_chunks_with(png_chunk("tEXt", {"a\0b", 3})),
     false,
     false},
    {"an unknown critical chunk", with_chunks(png_chunk("ABCD", "x"), ""), false, false},
    {"a palette beside grey", with_chunks(png_chunk("PLTE", "\1\2\3"), ""), false, true},
    {"a transparent colour", with_chunks(png_chunk("tRNS", {"\0\x80", 2}), ""), false, false},
    {"a byte after the zlib stream", picture.file_of(zlib_compressed(rows) + "x"), false, false},
    {"a row too few", picture.file_of(zlib_compressed(rows.substr(71))), false, false},
    {"a byte too many", picture.file_of(zlib_compressed(rows + "x")), false, false},
    {"the Adler-32 cut off",
     picture.file_of(zlib_compressed(rows).substr(0, zlib_compressed(rows).size() - 4)),
     false,
     false},
    {"no image data at all", picture.file_of(""), false, false},
};

}  // namespace

BOOST_DATA_TEST_CASE(is_told_apart, doubtful_files, c) {
    const auto survey = survey_png(bytes_of(c.file));
    BOOST_TEST_REQUIRE(survey.has_value());
    Verdicts verdicts;
    compare(c.file, *survey, verdicts);
    BOOST_TEST(verdicts.wrong == 0U);
    BOOST_TEST((verdicts.accepted == ways()) == c.quick);
    const auto public_verdict = decode_png(bytes_of(c.file));
    BOOST_TEST(public_verdict.has_value() == c.accepted);
    BOOST_TEST(by_reference(c.file, survey->header).has_value() == c.accepted);
}

BOOST_AUTO_TEST_SUITE_END()
