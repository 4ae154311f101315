// The quick PNG decoder against libpng: what it accepts, libpng accepts, with the same pixels and
// notes, by every way of unfiltering. The first byte says what the rest is: a file whose CRCs are
// put right; filtered rows; or a deflate stream, given a zlib header, the Adler-32 of what ISA-L
// reads from it, and chunks.
#include "fuzzer.hpp"
#include "png_files.hpp"
#include "support/png_filters.hpp"
#include "support/png_verdicts.hpp"

#include <isa-l/igzip_lib.h>

using namespace cxr::dicom;
using cxr::fuzz::promise;
using cxr::fuzz::text_of;

namespace {

cxr::test::FilteredPicture header_of(cxr::fuzz::Input& input) {
    cxr::test::FilteredPicture picture;
    picture.rgba = (input.byte() & 1U) != 0;
    picture.width = 1U + input.byte() % 120U;
    picture.height = 1U + input.byte() % 80U;
    picture.image_chunk_bytes = 1U + input.byte() * 16U;
    return picture;
}

std::size_t filtered_bytes(const cxr::test::FilteredPicture& picture) {
    return picture.height * (picture.width * picture.pixel_bytes() + 1);
}

/// The input over and over again; five of six rows of a kind that there is.
std::string rows_of(const cxr::test::FilteredPicture& picture, std::string_view bytes) {
    std::string rows;
    for (std::size_t at = 0; rows.size() < filtered_bytes(picture); ++at) {
        rows += bytes.empty() ? '\0' : bytes[at % bytes.size()];
    }
    const std::size_t row_bytes = rows.size() / picture.height;
    for (std::size_t row = 0; row < rows.size(); row += row_bytes) {
        rows[row] = static_cast<char>(static_cast<std::uint8_t>(rows[row]) % 6U);
    }
    return rows;
}

/// zlib refuses incomplete sets of codes, which no encoder writes; ISA-L reads them as long as no
/// code that is missing is met. libdeflate, which inflates RGBA, takes the symbols that the format
/// reserves (RFC 1951 3.2.6). These are the differences that are borne: the sums agree.
bool has_refused_codes(bool rgba, std::string_view deflated, std::size_t bytes) {
    std::string room(bytes + 1, '\0');
    std::string input(deflated);
    z_stream stream{};
    inflateInit2(&stream, -15);
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    inflate(&stream, Z_FINISH);
    const std::string_view complaint = stream.msg == nullptr ? "" : stream.msg;
    inflateEnd(&stream);
    return complaint == "invalid code lengths set" || complaint == "invalid literal/lengths set" ||
           complaint == "invalid distances set" ||
           (rgba &&
            (complaint == "too many length or distance symbols" ||
             complaint == "invalid literal/length code" || complaint == "invalid distance code"));
}

/// As zlib stream. The deflate stream ends where ISA-L says.
std::string wrapped(std::string& deflated, std::size_t bytes) {
    std::string room(bytes, '\0');
    static inflate_state state;
    isal_inflate_init(&state);
    state.next_in = reinterpret_cast<std::uint8_t*>(deflated.data());
    state.avail_in = static_cast<std::uint32_t>(deflated.size());
    state.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    state.avail_out = static_cast<std::uint32_t>(room.size());
    if (isal_inflate_stateless(&state) == ISAL_DECOMP_OK) {
        deflated.resize(deflated.size() - state.avail_in);
    }
    const auto sum = adler32_z(1, reinterpret_cast<const Bytef*>(room.data()), state.total_out);
    return "\x78\x9c" + deflated + cxr::test::big_endian(static_cast<std::uint32_t>(sum));
}

void try_file(const std::string& file) {
    const auto survey = survey_png(cxr::test::bytes_of(file));
    if (survey) {
        cxr::test::PngVerdicts verdicts;
        compare(file, *survey, verdicts);
        promise(verdicts.wrong == 0, "the quick decoder agrees with libpng on a file");
    }
}

void try_rows(cxr::fuzz::Input& input) {
    const auto picture = header_of(input);
    const std::string rows = rows_of(picture, text_of(input.rest()));
    const std::string file = picture.file_of(cxr::test::zlib_compressed(rows));
    cxr::test::PngVerdicts verdicts;
    compare(file, cxr::test::survey_of_any_size(file), verdicts);
    promise(verdicts.wrong == 0, "the quick decoder agrees with libpng on rows");
    promise(verdicts.left == verdicts.refused, "it leaves no sound rows to libpng");
}

void try_stream(cxr::fuzz::Input& input) {
    const auto picture = header_of(input);
    std::string deflated = text_of(input.rest());
    const std::string file = picture.file_of(wrapped(deflated, filtered_bytes(picture)));
    cxr::test::PngVerdicts verdicts;
    compare(file, cxr::test::survey_of_any_size(file), verdicts);
    promise(
        verdicts.wrong == 0 || has_refused_codes(picture.rgba, deflated, filtered_bytes(picture)),
        "the quick decoder agrees with libpng on a deflate stream");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    switch (input.byte() % 3) {
        case 0:
            try_file(cxr::fuzz::with_right_crcs(text_of(input.rest())));
            break;
        case 1:
            try_rows(input);
            break;
        default:
            try_stream(input);
    }
    return 0;
}
