#include "dicom/image/frame.hpp"

#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/png_writer.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <png.h>

#include <algorithm>
#include <ostream>
#include <sys/resource.h>

using namespace cxr::dicom;
using cxr::test::png_chunk;
using cxr::test::PngPicture;
using cxr::test::zlib_compressed;

namespace {

using Samples = decltype(PngPicture::sample);

Result<Frame> decoded(const std::string& file) {
    return decode_png(std::as_bytes(std::span(file)));
}

/// As stored in the default picture.
std::uint8_t pattern(std::size_t x, std::size_t y) {
    return static_cast<std::uint8_t>(x * 3 + y * 5);
}

bool shows(const Frame& frame, const std::function<unsigned(unsigned, unsigned)>& grey) {
    for (unsigned y = 0; y < frame.rows; ++y) {
        for (unsigned x = 0; x < frame.columns; ++x) {
            const std::byte pixel = frame.pixels[std::size_t{y} * frame.columns + x];
            if (std::to_integer<unsigned>(pixel) != grey(x, y)) {
                return false;
            }
        }
    }
    return true;
}

std::string replaced(std::string file, std::size_t offset, std::string_view bytes) {
    return file.replace(offset, bytes.size(), bytes);
}

std::string interlaced_by_libpng() {
    std::string file;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(
        png,
        &file,
        [](png_structp p, png_bytep data, png_size_t length) {
            static_cast<std::string*>(png_get_io_ptr(p))
                ->append(reinterpret_cast<const char*>(data), length);
        },
        nullptr);
    png_set_IHDR(png, info, 71, 67, 8, 0, PNG_INTERLACE_ADAM7, 0, 0);
    std::vector<png_byte> pixels;
    for (std::size_t y = 0; y < 67; ++y) {
        for (std::size_t x = 0; x < 71; ++x) {
            pixels.push_back(pattern(x, y));
        }
    }
    std::vector<png_bytep> rows;
    for (std::size_t y = 0; y < 67; ++y) {
        rows.push_back(pixels.data() + y * 71);
    }
    png_set_rows(png, info, rows.data());
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
    png_destroy_write_struct(&png, &info);
    return file;
}

const PngPicture grey{};

PngPicture picture(std::uint8_t bit_depth, std::uint8_t colour_type, Samples sample) {
    PngPicture made;
    made.bit_depth = bit_depth;
    made.colour_type = colour_type;
    made.sample = std::move(sample);
    return made;
}

PngPicture with_chunk(PngPicture made, const std::string& chunk) {
    made.before_image += chunk;
    return made;
}

unsigned same_in_all(unsigned x, unsigned y, unsigned) {
    return pattern(x, y);
}
unsigned opaque_in_4(unsigned x, unsigned y, unsigned c) {
    return c == 3 ? 255 : pattern(x, y);
}
unsigned opaque_in_2(unsigned x, unsigned y, unsigned c) {
    return c == 1 ? 255 : pattern(x, y);
}
unsigned doubled_byte(unsigned x, unsigned y, unsigned) {
    return pattern(x, y) * 257U;
}
unsigned even_bytes(unsigned x, unsigned y, unsigned) {
    return pattern(x, y) & 0xfeU;
}
std::string grey_palette(const std::string& last = "\x07\x07\x07") {
    return png_chunk("PLTE", std::string(3, '\0') + "\x64\x64\x64\xff\xff\xff" + last);
}

struct Accepted {
    const char* says;
    std::string file;
    std::function<unsigned(unsigned, unsigned)> grey;
    const char* note;  ///< part of what the log should say; empty: nothing
};
std::ostream& operator<<(std::ostream& out, const Accepted& accepted) {
    return out << accepted.says;
}

const char size_note[] = "64 x 64 pixels instead of 1024 x 1024";

const Accepted accepted_files[] = {
    {"8-bit grey", grey.file(), pattern, size_note},
    {"RGB whose channels agree", picture(8, 2, same_in_all).file(), pattern, "RGB reduced"},
    {"opaque RGBA whose channels agree", picture(8, 6, opaque_in_4).file(), pattern, "RGBA"},
    {"grey with opaque alpha", picture(8, 4, opaque_in_2).file(), pattern, "grey with alpha"},
    {"tRNS that no pixel has",
     with_chunk(picture(8, 0, even_bytes), png_chunk("tRNS", {"\0\x07", 2})).file(),
     [](unsigned x, unsigned y) { return pattern(x, y) & 0xfeU; },
     size_note},
    {"a palette of greys, used or not grey and unused",
     with_chunk(picture(8, 3, [](unsigned x, unsigned, unsigned) { return x % 3; }),
                grey_palette("\1\2\3"))
         .file(),
     [](unsigned x, unsigned) { return x % 3 == 0   ? 0U
                                       : x % 3 == 1 ? 100U
                                                    : 255U; },
     "palette"},
    {"a palette of 2 bits",
     with_chunk(picture(2, 3, [](unsigned x, unsigned, unsigned) { return x % 4; }), grey_palette())
         .file(),
     [](unsigned x, unsigned) {
         return std::array{0U, 100U, 255U, 7U}[x % 4];
     },
     "palette"},
    {"1 bit",
     picture(1, 0, [](unsigned x, unsigned y, unsigned) { return (x + y) % 2; }).file(),
     [](unsigned x, unsigned y) { return (x + y) % 2 * 255; },
     "1 bits"},
    {"2 bits",
     picture(2, 0, [](unsigned x, unsigned, unsigned) { return x % 4; }).file(),
     [](unsigned x, unsigned) { return x % 4 * 85; },
     "2 bits"},
    {"4 bits",
     picture(4, 0, [](unsigned x, unsigned, unsigned) { return x % 16; }).file(),
     [](unsigned x, unsigned) { return x % 16 * 17; },
     "4 bits"},
    {"16 bits of two equal bytes", picture(16, 0, doubled_byte).file(), pattern, "16 bits"},
    {"16-bit RGB of equal bytes", picture(16, 2, doubled_byte).file(), pattern, "16 bits"},
    {"Adam7", interlaced_by_libpng(), pattern, "71 x 67"},
    {"a comment with a wrong CRC",
     with_chunk(grey, replaced(png_chunk("tIME", "1234567"), 9, "x")).file(),
     pattern,
     "tIME: CRC error"},
    {"bytes after IEND", grey.file() + "tail", pattern, "4 bytes after IEND"},
    {"gamma, profile and resolution, ignored",
     with_chunk(grey,
                png_chunk("gAMA", {"\0\0\xb1\x8f", 4}) + png_chunk("sRGB", {"\0", 1}) +
                    png_chunk("pHYs", {"\0\0\x0e\xc4\0\0\x0e\xc4\1", 9}))
         .file(),
     pattern,
     size_note},
};

struct Rejected {
    const char* says;
    std::string file;
    FaultKind kind;
    const char* cause;  ///< part of the fault's text
};
std::ostream& operator<<(std::ostream& out, const Rejected& rejected) {
    return out << rejected.says;
}

PngPicture sized(std::uint32_t width, std::uint32_t height) {
    PngPicture made;
    made.width = width;
    made.height = height;
    return made;
}

std::string with_bad_filter() {
    std::string rows = grey.rows();
    rows[65] = 9;
    return grey.file_of(zlib_compressed(rows));
}

std::string bomb() {
    // 20000 x 20000 zeros in 389 kB; what its IDAT holds is never looked at.
    return sized(20000, 20000).header() + png_chunk("IDAT", std::string(389'000, 'x')) +
           png_chunk("IEND", "");
}

std::string many_chunks(int count) {
    std::string chunks;
    for (int i = 0; i < count; ++i) {
        chunks += png_chunk("tEXt", {"a\0b", 3});
    }
    return with_chunk(grey, chunks).file();
}

constexpr auto malformed = FaultKind::malformed;
constexpr auto unsupported = FaultKind::unsupported;
constexpr auto exhausted = FaultKind::exhausted;

const Rejected rejected_files[] = {
    {"RGB with one coloured pixel",
     picture(
         8,
         2,
         [](unsigned x, unsigned y, unsigned c) { return x == 63 && y == 63 && c == 2 ? 1U : 0U; })
         .file(),
     unsupported,
     "not-grey"},
    {"RGBA with one pixel not opaque",
     picture(8,
             6,
             [](unsigned x, unsigned y, unsigned c) {
                 return c < 3 ? 7U : x + y == 126 ? 254U : 255U;
             })
         .file(),
     unsupported,
     "transparent"},
    {"grey alpha not opaque", picture(8, 4, same_in_all).file(), unsupported, "transparent"},
    {"tRNS that a pixel has",
     with_chunk(grey, png_chunk("tRNS", {"\0\x08", 2})).file(),
     unsupported,
     "transparent"},
    {"tRNS that an RGB pixel has",
     with_chunk(picture(8, 2, same_in_all), png_chunk("tRNS", {"\0\x08\0\x08\0\x08", 6})).file(),
     unsupported,
     "transparent"},
    {"a palette with a colour in use",
     with_chunk(picture(8, 3, [](unsigned x, unsigned, unsigned) { return x % 4; }),
                grey_palette("\1\2\3"))
         .file(),
     unsupported,
     "not-grey"},
    {"a palette with transparency in use",
     with_chunk(picture(8, 3, [](unsigned x, unsigned, unsigned) { return x % 4; }),
                grey_palette() + png_chunk("tRNS", {"\xff\x80", 2}))
         .file(),
     unsupported,
     "transparent"},
    {"a palette index without entry",
     with_chunk(picture(8, 3, [](unsigned x, unsigned, unsigned) { return x; }), grey_palette())
         .file(),
     malformed,
     "palette"},
    {"no palette", picture(8, 3, same_in_all).file(), malformed, "PLTE"},
    {"16 bits that matter",
     picture(16, 0, [](unsigned x, unsigned y, unsigned) { return x * 1000 + y; }).file(),
     unsupported,
     "16 bits"},
    {"too large by its header", sized(60000, 60000).header(), exhausted, "60000 x 60000"},
    {"a decompression bomb", bomb(), exhausted, "20000 x 20000"},
    {"too small", sized(63, 64).file(), unsupported, "63 x 64"},
    {"no pixels", sized(0, 64).file(), malformed, "no pixels"},
    {"truncated in the image data",
     grey.file().substr(0, grey.file().size() - 40),
     malformed,
     "truncated: IDAT"},
    {"truncated in the header", grey.file().substr(0, 20), malformed, "truncated"},
    {"IDAT with a wrong CRC",
     replaced(grey.file(), grey.file().size() - 16, "xx"),
     malformed,
     "IDAT: CRC error"},
    {"damaged rows with a right CRC", with_bad_filter(), malformed, "bad adaptive filter value"},
    {"damaged compressed data with a right CRC",
     grey.file_of("x\x9c not deflate at all"),
     malformed,
     "IDAT"},
    {"too little image data",
     grey.file_of(zlib_compressed(grey.rows().substr(0, 65 * 60))),
     malformed,
     "Not enough image data"},
    {"too much image data",
     grey.file_of(zlib_compressed(grey.rows() + grey.rows())),
     malformed,
     "Too much image data"},
    {"bytes after the compressed data",
     grey.file_of(zlib_compressed(grey.rows()) + std::string(50, 'x')),
     malformed,
     "IDAT"},
    {"IEND missing", grey.file().substr(0, grey.file().size() - 12), malformed, "IEND"},
    {"IHDR with a wrong CRC", replaced(grey.file(), 19, "\x41"), malformed, "IHDR: CRC error"},
    {"an unknown colour type", picture(8, 5, same_in_all).file(), malformed, "colour type 5"},
    {"more than 64 chunks before the image", many_chunks(64), exhausted, "chunks"},
    {"an ancillary chunk over 1 MiB",
     with_chunk(grey, png_chunk("tEXt", std::string((1 << 20) + 1, 'x'))).file(),
     exhausted,
     "tEXt"},
    {"garbage between chunks", with_chunk(grey, "garbage garbage!").file(), malformed, "damaged"},
    {"empty", "", malformed, "empty"},
    {"a JPEG renamed", "\xff\xd8\xff\xe0 JFIF", malformed, "JPEG"},
    {"a DICOM file renamed", std::string(128, '\0') + "DICM", malformed, "DICOM"},
    {"a git-lfs pointer", "version https://git-lfs.github.com/spec/v1\n", malformed, "git-lfs"},
    {"an HTML page", "<!DOCTYPE html><html>", malformed, "HTML"},
    {"text-mode transfer", "\x89PNG\n\x1a\n", malformed, "text-mode"},
    {"something else", "hello", malformed, "no PNG signature"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_3_c_7_6_3_a_png_as_image_pixels)

BOOST_DATA_TEST_CASE(serves, accepted_files, c) {
    const auto frame = decoded(c.file);
    BOOST_REQUIRE_MESSAGE(frame.has_value(), (frame ? std::string() : frame.error().doing));
    BOOST_TEST(shows(*frame, c.grey));
    BOOST_TEST(frame->pixels.size() % 2 == 0U);
    const bool noted = std::any_of(frame->notes.begin(), frame->notes.end(), [&](const auto& note) {
        return note.find(c.note) != std::string::npos;
    });
    BOOST_TEST(noted);
}

BOOST_DATA_TEST_CASE(refuses, rejected_files, c) {
    const auto frame = decoded(c.file);
    BOOST_REQUIRE(!frame.has_value());
    BOOST_TEST((frame.error().kind == c.kind));
    BOOST_TEST(frame.error().doing.find(c.cause) != std::string::npos,
               frame.error().doing << " does not say " << c.cause);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
    const std::string file = grey.file();
    for (std::size_t length = 0; length < file.size(); ++length) {
        BOOST_TEST(!decoded(file.substr(0, length)).has_value());
    }
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_the_image_data_is_refused) {
    const std::string file = grey.file();
    const std::size_t idat = file.find("IDAT");
    for (std::size_t offset = idat; offset < file.size() - 12; ++offset) {
        std::string damaged = file;
        damaged[offset] = static_cast<char>(damaged[offset] ^ 0x10);
        BOOST_TEST(!decoded(damaged).has_value());
    }
}

BOOST_AUTO_TEST_CASE(an_odd_number_of_pixels_is_padded_by_one_zero_byte) {
    const auto frame = decoded(sized(65, 65).file());
    BOOST_REQUIRE(frame.has_value());
    BOOST_TEST(frame->pixels.size() == 65U * 65U + 1U);
    BOOST_TEST((frame->pixels.back() == std::byte{0}));
}

BOOST_AUTO_TEST_CASE(a_header_alone_is_judged_without_the_file) {
    const std::string header = grey.file().substr(0, 33);
    const auto read = read_png_header(std::as_bytes(std::span(header)));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->width == 64U);
    BOOST_TEST(read->height == 64U);
}

BOOST_AUTO_TEST_CASE(published_images_are_1024_square_and_decode_in_64_mib) {
    const auto folder = cxr::test::real_data_set();
    if (!folder) {
        return;
    }
    std::size_t images = 0;
    std::size_t coloured = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder / "images")) {
        const std::string file = cxr::test::read_file(entry.path());
        const auto frame = decoded(file);
        BOOST_REQUIRE_MESSAGE(frame.has_value(), entry.path());
        BOOST_TEST(frame->pixels.size() == 1024U * 1024U);
        coloured += frame->notes.size();
        ++images;
    }
    BOOST_TEST(images > 0U);
    BOOST_TEST(coloured == 3U);
#ifndef __SANITIZE_ADDRESS__  // whose shadow and quarantine are counted, too
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    BOOST_TEST(usage.ru_maxrss < 64 * 1024);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
