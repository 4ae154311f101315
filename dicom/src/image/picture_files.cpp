// Pictures as PNG (libpng) and JPEG (libjpeg) files in memory.

#include "dicom/image/rendering.hpp"

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>
#include <new>

namespace cxr::dicom {

std::vector<std::byte> png_of(const Picture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = picture.columns;
    image.height = picture.rows;
    image.format = picture.samples == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    image.flags = PNG_IMAGE_FLAG_FAST;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::vector<std::byte> file(size);
    if (png_image_write_to_memory(
            &image, file.data(), &size, 0, picture.pixels.data(), 0, nullptr) == 0) {
        throw std::bad_alloc();  // of a picture that is one, nothing else can fail
    }
    file.resize(size);
    return file;
}

namespace {

struct JpegErrors {
    jpeg_error_mgr manager;
    std::jmp_buf failed;
};

void fail(j_common_ptr info) {
    auto* const errors = reinterpret_cast<JpegErrors*>(info->err);
    std::longjmp(errors->failed, 1);
}

/// Nothing with a destructor lives here: libjpeg leaves by longjmp. False: no memory.
bool write_jpeg(const Picture& picture, int quality, unsigned char** file, unsigned long* size) {
    jpeg_compress_struct info{};
    JpegErrors errors{};
    info.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = fail;
    if (setjmp(errors.failed) != 0) {
        jpeg_destroy_compress(&info);
        return false;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, file, size);
    info.image_width = picture.columns;
    info.image_height = picture.rows;
    info.input_components = static_cast<int>(picture.samples);
    info.in_color_space = picture.samples == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    const std::size_t stride = std::size_t{picture.columns} * picture.samples;
    while (info.next_scanline < info.image_height) {
        // libjpeg's interface is older than const.
        auto* row = const_cast<JSAMPROW>(picture.pixels.data() + info.next_scanline * stride);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return true;
}

}  // namespace

std::vector<std::byte> jpeg_of(const Picture& picture, int quality) {
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    const bool written = write_jpeg(picture, quality, &memory, &size);
    std::vector<std::byte> file;
    if (written) {
        const auto* const bytes = reinterpret_cast<const std::byte*>(memory);
        file.assign(bytes, bytes + size);
    }
    std::free(memory);  // NOLINT(cppcoreguidelines-owning-memory): libjpeg's malloc
    if (!written) {
        throw std::bad_alloc();
    }
    return file;
}

}  // namespace cxr::dicom
