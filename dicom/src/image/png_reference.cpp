#include "image/png_reference.hpp"

#include "image/grey_reducer.hpp"
#include "image/png_survey.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string_view>

// libpng reports faults by longjmp. Only read_header() and decode_rows() are jumped out of, and
// nothing in them owns anything: all memory belongs to the Decoding, which their caller destroys.

namespace cxr::dicom {
namespace {

/// All that one decoding needs, where a longjmp cannot lose it.
struct Decoding {
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::span<const std::byte> unread;
    std::array<char, 160> complaint{};  ///< libpng's own words
    bool image_data_doubtful = false;   ///< a warning about IDAT: more data than pixels, …
    PngColours colours;
    std::vector<std::uint8_t> raw_row;
    std::vector<std::uint8_t> grey_row;

    Decoding() = default;
    Decoding(const Decoding&) = delete;
    Decoding& operator=(const Decoding&) = delete;
    ~Decoding() { png_destroy_read_struct(&png, &info, nullptr); }

    void keep(const char* message) {
        const std::size_t length = std::min(std::strlen(message), complaint.size() - 1);
        std::copy_n(message, length, complaint.begin());
        complaint.at(length) = '\0';
    }
    [[nodiscard]] Fault fault() const {
        return {.kind = FaultKind::malformed, .doing = complaint.data()};
    }
};

Decoding& decoding_of(png_voidp pointer) {
    return *static_cast<Decoding*>(pointer);
}

void on_error(png_structp png, png_const_charp message) {
    decoding_of(png_get_error_ptr(png)).keep(message);
    png_longjmp(png, 1);
}

void on_warning(png_structp png, png_const_charp message) {
    Decoding& decoding = decoding_of(png_get_error_ptr(png));
    if (std::string_view(message).starts_with("IDAT")) {
        decoding.keep(message);
        decoding.image_data_doubtful = true;
    }
}

void on_read(png_structp png, png_bytep data, std::size_t length) {
    Decoding& decoding = decoding_of(png_get_io_ptr(png));
    if (length > decoding.unread.size()) {
        png_error(png, "Read Error");
    }
    std::memcpy(data, decoding.unread.data(), length);
    decoding.unread = decoding.unread.subspan(length);
}

/// @return false when libpng gave up
bool read_header(Decoding& decoding) {
    png_structp png = decoding.png;
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_set_read_fn(png, &decoding, on_read);
    png_set_user_limits(png, png_side_max, png_side_max);
    png_set_chunk_malloc_max(png, png_ancillary_bytes_max);
    // Gamma, colour profiles and resolution say how a screen showed it, not what was measured.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_set_packing(png);  // samples under 8 bits: one in a byte, not scaled
    png_read_info(png, decoding.info);
    png_read_update_info(png, decoding.info);
    return true;
}

void read_colours(Decoding& decoding, const PngHeader& header) {
    PngColours& colours = decoding.colours;
    colours.bit_depth = header.bit_depth;
    colours.colour_type = header.colour_type;
    png_colorp palette = nullptr;
    int entries = 0;
    if (png_get_PLTE(decoding.png, decoding.info, &palette, &entries) != 0) {
        for (int i = 0; i < entries; ++i) {
            colours.palette.push_back({palette[i].red, palette[i].green, palette[i].blue, 255});
        }
    }
    png_bytep alphas = nullptr;
    int alpha_count = 0;
    png_color_16p key = nullptr;
    if (png_get_tRNS(decoding.png, decoding.info, &alphas, &alpha_count, &key) == 0) {
        return;
    }
    if (header.colour_type == PNG_COLOR_TYPE_PALETTE) {
        for (int i = 0; i < std::min(alpha_count, entries); ++i) {
            colours.palette[static_cast<std::size_t>(i)].alpha = alphas[i];
        }
    } else if (header.colour_type == PNG_COLOR_TYPE_GRAY) {
        colours.transparent_colour = {key->gray, 0, 0};
    } else {
        colours.transparent_colour = {key->red, key->green, key->blue};
    }
}

/// libpng undoes Adam7 only in a whole image at source depth, up to eight times the frame. Instead,
/// each pass is a small image (PNG §8.2) whose grey pixels are put where they belong.
struct Pass {
    std::uint32_t first_row, first_column, row_step, column_step, rows, columns;
};

Pass pass_of(const PngHeader& header, int number) {
    if (header.interlace == PNG_INTERLACE_NONE) {
        return {0, 0, 1, 1, header.height, header.width};
    }
    return {static_cast<std::uint32_t>(PNG_PASS_START_ROW(number)),
            static_cast<std::uint32_t>(PNG_PASS_START_COL(number)),
            1U << PNG_PASS_ROW_SHIFT(number),
            1U << PNG_PASS_COL_SHIFT(number),
            PNG_PASS_ROWS(header.height, number),
            PNG_PASS_COLS(header.width, number)};
}

Reduction decode_pass(Decoding& decoding,
                      const Pass& pass,
                      std::uint8_t* pixels,
                      std::size_t width) {
    const std::span<std::uint8_t> grey(decoding.grey_row.data(), pass.columns);
    for (std::uint32_t row = 0; row < pass.rows; ++row) {
        png_read_row(decoding.png, decoding.raw_row.data(), nullptr);
        const Reduction reduction = reduce_to_grey(decoding.colours, decoding.raw_row.data(), grey);
        if (reduction != Reduction::lossless) {
            return reduction;
        }
        std::uint8_t* to =
            pixels + (pass.first_row + row * pass.row_step) * width + pass.first_column;
        for (const std::uint8_t pixel : grey) {
            *to = pixel;
            to += pass.column_step;
        }
    }
    return Reduction::lossless;
}

/// @return false when libpng gave up
bool decode_rows(Decoding& decoding, const PngHeader& header, Frame& frame, Reduction& reduction) {
    if (setjmp(png_jmpbuf(decoding.png)) != 0) {
        return false;
    }
    const int passes = header.interlace == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
    for (int number = 0; number < passes; ++number) {
        reduction = decode_pass(decoding,
                                pass_of(header, number),
                                reinterpret_cast<std::uint8_t*>(frame.pixels.data()),
                                header.width);
        if (reduction != Reduction::lossless) {
            return true;
        }
    }
    png_read_end(decoding.png, nullptr);
    return true;
}

Fault refusal(Reduction reduction) {
    switch (reduction) {
        case Reduction::not_grey:
            return {FaultKind::unsupported, "not-grey: red, green and blue differ"};
        case Reduction::transparent:
            return {FaultKind::unsupported, "transparent: a pixel is not opaque"};
        case Reduction::sixteen_bits:
            return {FaultKind::unsupported, "16 bits a sample do not fit in 8 without loss"};
        case Reduction::no_entry:
        case Reduction::lossless:
            break;
    }
    return {FaultKind::malformed, "a pixel names a palette entry that is not there"};
}

void note_what_was_done(const PngHeader& header, std::vector<std::string>& notes) {
    switch (header.colour_type) {
        case PNG_COLOR_TYPE_RGB:
            notes.emplace_back("RGB reduced to grey");
            break;
        case PNG_COLOR_TYPE_RGB_ALPHA:
            notes.emplace_back("RGBA reduced to grey");
            break;
        case PNG_COLOR_TYPE_GRAY_ALPHA:
            notes.emplace_back("grey with alpha reduced to grey");
            break;
        case PNG_COLOR_TYPE_PALETTE:
            notes.emplace_back("palette expanded to grey");
            break;
        default:
            break;
    }
    if (header.bit_depth != 8 && header.colour_type != PNG_COLOR_TYPE_PALETTE) {
        notes.push_back(fmt::format("{} bits a sample brought to 8", header.bit_depth));
    }
}

}  // namespace

Result<void> decode_png_by_libpng(std::span<const std::byte> bytes,
                                  const PngHeader& header,
                                  Frame& frame) {
    Decoding decoding;
    decoding.unread = bytes;
    decoding.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoding, on_error, on_warning);
    decoding.info = decoding.png == nullptr ? nullptr : png_create_info_struct(decoding.png);
    if (decoding.info == nullptr) {
        throw std::bad_alloc();
    }
    if (!read_header(decoding)) {
        return decoding.fault();
    }
    read_colours(decoding, header);
    decoding.raw_row.resize(png_get_rowbytes(decoding.png, decoding.info));
    decoding.grey_row.resize(header.width);
    Reduction reduction = Reduction::lossless;
    if (!decode_rows(decoding, header, frame, reduction) || decoding.image_data_doubtful) {
        return decoding.fault();
    }
    if (reduction != Reduction::lossless) {
        return refusal(reduction);
    }
    note_what_was_done(header, frame.notes);
    return {};
}

}  // namespace cxr::dicom
