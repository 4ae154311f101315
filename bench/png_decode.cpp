// PNG to pixels: libpng, and ours by each way of unfiltering; and what its parts cost. Images are
// read once. Usage: png_decode FOLDER [Google Benchmark's options]; every PNG below FOLDER.
#include "image/png_grey.hpp"
#include "image/png_reference.hpp"

#include <zlib.h>

#include <algorithm>
#include <benchmark/benchmark.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <isa-l/igzip_lib.h>
#include <iterator>
#include <libdeflate.h>
#include <memory>
#include <stdexcept>

using namespace cxr::dicom;
namespace fs = std::filesystem;

namespace {

struct Image {
    std::string name;
    std::string file;
    PngSurvey survey;      ///< its views are of `file`
    std::string packed;    ///< the zlib stream
    std::size_t filtered;  ///< bytes inflated

    [[nodiscard]] std::span<const std::byte> bytes() const {
        return std::as_bytes(std::span(file));
    }
};
using Images = std::vector<std::unique_ptr<Image>>;

Images images_below(const fs::path& folder) {
    Images images;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".png") {
            continue;
        }
        std::ifstream file(entry.path(), std::ios::binary);
        auto image =
            std::make_unique<Image>(Image{.name = entry.path().stem().string(),
                                          .file = {std::istreambuf_iterator<char>(file), {}},
                                          .survey = {},
                                          .packed = {},
                                          .filtered = 0});
        auto survey = survey_png(image->bytes());
        if (!survey || !survey->ordinary) {
            throw std::runtime_error(entry.path().string() + " is none of the collection's PNGs");
        }
        image->survey = std::move(*survey);
        for (const PngChunk& chunk : image->survey.image_data) {
            image->packed.append(reinterpret_cast<const char*>(chunk.data().data()),
                                 chunk.length());
        }
        const PngHeader& header = image->survey.header;
        const std::size_t pixel_bytes = header.colour_type == 6 ? 4 : 1;
        image->filtered = header.height * (header.width * pixel_bytes + 1);
        images.push_back(std::move(image));
    }
    if (images.empty()) {
        throw std::runtime_error("no PNG below " + folder.string());
    }
    std::sort(images.begin(), images.end(), [](const auto& a, const auto& b) {
        return a->name < b->name;
    });
    return images;
}

Frame frame_for(const PngSurvey& survey) {
    const PngHeader& header = survey.header;
    Frame frame{.rows = header.height, .columns = header.width, .pixels = {}, .notes = {}};
    const std::size_t pixels = std::size_t{header.width} * header.height;
    frame.pixels.resize(pixels + pixels % 2);
    return frame;
}

/// From the file's bytes to a frame of its own, as decode_png() does it.
bool decode_by_libpng(const Image& image) {
    const auto survey = survey_png(image.bytes());
    Frame frame = frame_for(*survey);
    return decode_png_by_libpng(image.bytes(), survey->header, frame).has_value();
}
bool decode_by(UnfilterWay way, const Image& image) {
    const auto survey = survey_png(image.bytes());
    Frame frame = frame_for(*survey);
    return decode_grey_png(*survey, way, frame);
}

/// Of the images that are of some form, as add() does it.
template <class Is, class Do>
void add_some(const std::string& name, const Images& images, Is is, std::int64_t count, Do work) {
    benchmark::RegisterBenchmark(name.c_str(), [&images, is, count, work](benchmark::State& state) {
        for ([[maybe_unused]] auto _ : state) {
            for (const auto& image : images) {
                if (is(image) && !work(*image)) {
                    state.SkipWithError(image->name.c_str());
                    return;
                }
            }
        }
        state.counters["images"] = static_cast<double>(count);
    })->Unit(benchmark::kMillisecond);
}

/// One iteration is every image once; items are images, so that times an item compare.
template <class Do>
void add(const std::string& name, const Images& images, Do work) {
    benchmark::RegisterBenchmark(name.c_str(), [&images, work](benchmark::State& state) {
        for ([[maybe_unused]] auto _ : state) {
            for (const auto& image : images) {
                if (!work(*image)) {
                    state.SkipWithError(image->name.c_str());
                    return;
                }
            }
        }
        state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(images.size()));
        state.counters["images"] = static_cast<double>(images.size());
    })->Unit(benchmark::kMillisecond);
}

template <class Do>
void add_one(const std::string& name, const Image& image, Do work) {
    benchmark::RegisterBenchmark(name.c_str(), [&image, work](benchmark::State& state) {
        for ([[maybe_unused]] auto _ : state) {
            if (!work(image)) {
                state.SkipWithError(image.name.c_str());
                return;
            }
        }
        state.counters["images"] = 1;
    })->Unit(benchmark::kMillisecond);
}

/// The two forms of the collection by themselves: they are inflated by different libraries.
void add_colours(const Images& images) {
    static const std::pair<const char*, std::uint8_t> forms[] = {{"grey", 0}, {"rgba", 6}};
    for (const auto& [form, colour_type] : forms) {
        const auto is_of_it = [colour_type = colour_type](const auto& image) {
            return image->survey.header.colour_type == colour_type;
        };
        const auto count = std::count_if(images.begin(), images.end(), is_of_it);
        if (count == 0) {
            continue;
        }
        const std::string name = std::string("form/") + form;
        add_some(name + "/libpng", images, is_of_it, count, decode_by_libpng);
        add_some(name + "/decode_png", images, is_of_it, count, [](const Image& one) {
            return decode_png(one.bytes()).has_value();
        });
    }
}

void add_decoders(const Images& images) {
    add("decode/libpng", images, decode_by_libpng);
    for (const UnfilterWay way : unfilter_ways()) {
        add(std::string("decode/") + name_of(way), images, [way](const Image& image) {
            return decode_by(way, image);
        });
    }
    add("decode/decode_png", images, [](const Image& image) {
        return decode_png(image.bytes()).has_value();
    });
    add_colours(images);
    for (const auto& image : images) {
        add_one("image/" + image->name + "/libpng", *image, decode_by_libpng);
        add_one("image/" + image->name + "/decode_png", *image, [](const Image& one) {
            return decode_png(one.bytes()).has_value();
        });
    }
}

void add_inflating(const Images& images, std::vector<std::uint8_t>& room) {
    add("inflate/zlib", images, [&room](const Image& image) {
        uLongf length = image.filtered;
        const auto* packed = reinterpret_cast<const Bytef*>(image.packed.data());
        return uncompress(room.data(), &length, packed, image.packed.size()) == Z_OK;
    });
    add("inflate/isa-l", images, [&room](const Image& image) {
        thread_local inflate_state state;
        isal_inflate_init(&state);
        state.crc_flag = ISAL_ZLIB;
        std::string& packed = const_cast<std::string&>(image.packed);  // which ISA-L only reads
        state.next_in = reinterpret_cast<std::uint8_t*>(packed.data());
        state.avail_in = static_cast<std::uint32_t>(packed.size());
        state.next_out = room.data();
        state.avail_out = static_cast<std::uint32_t>(image.filtered);
        return isal_inflate_stateless(&state) == ISAL_DECOMP_OK;
    });
    static libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
    add("inflate/libdeflate", images, [&room](const Image& image) {
        return libdeflate_zlib_decompress(decompressor,
                                          image.packed.data(),
                                          image.packed.size(),
                                          room.data(),
                                          image.filtered,
                                          nullptr) == LIBDEFLATE_SUCCESS;
    });
}

/// Of the grey images, each with its own filters.
void add_unfiltering(const Images& images, Frame& frame) {
    static std::vector<std::pair<PngHeader, std::vector<std::uint8_t>>> rows;
    for (const auto& image : images) {
        if (image->survey.header.colour_type == 0) {
            auto& [header, bytes] =
                rows.emplace_back(image->survey.header, image->filtered + unfilter_margin_bytes);
            uLongf length = image->filtered;
            const auto* packed = reinterpret_cast<const Bytef*>(image->packed.data());
            uncompress(bytes.data(), &length, packed, image->packed.size());
            frame.pixels.resize(
                std::max(frame.pixels.size(), std::size_t{header.width} * header.height));
        }
    }
    for (const UnfilterWay way : unfilter_ways()) {
        const std::string name = std::string("unfilter/") + name_of(way);
        benchmark::RegisterBenchmark(name.c_str(), [way, &frame](benchmark::State& state) {
            for ([[maybe_unused]] auto _ : state) {
                for (const auto& [header, bytes] : rows) {
                    const FilteredRows filtered{bytes.data(), header.height, header.width};
                    if (!unfilter(
                            way, filtered, reinterpret_cast<std::uint8_t*>(frame.pixels.data()))) {
                        state.SkipWithError("a filter that is none");
                    }
                }
            }
            state.counters["images"] = static_cast<double>(rows.size());
        })->Unit(benchmark::kMillisecond);
    }
}

void add_surveying(const Images& images) {
    add("survey", images, [](const Image& image) { return survey_png(image.bytes()).has_value(); });
    add("crc", images, [](const Image& image) {
        const auto& chunks = image.survey.image_data;
        return std::all_of(chunks.begin(), chunks.end(), [](const PngChunk& chunk) {
            return chunk.crc_is_right();
        });
    });
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (argc != 2) {
        std::cerr << "usage: png_decode FOLDER [--benchmark_...]\n";
        return 2;
    }
    try {
        const Images images = images_below(argv[1]);
        std::size_t largest = 0;
        for (const auto& image : images) {
            largest = std::max(largest, image->filtered);
        }
        std::vector<std::uint8_t> room(largest);
        Frame frame;
        add_decoders(images);
        add_inflating(images, room);
        add_unfiltering(images, frame);
        add_surveying(images);
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& fault) {
        std::cerr << "png_decode: " << fault.what() << '\n';
        return 1;
    }
    return 0;
}
