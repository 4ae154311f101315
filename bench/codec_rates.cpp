// Frames to and from each lossless transfer syntax, CPU on one core:
//   bench.codec_rates FOLDER [BENCHMARK OPTION...]
#include "dicom/codec/codec.hpp"
#include "dicom/image/frame.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <benchmark/benchmark.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace cxr::dicom;

namespace {

std::vector<EncodedObject> objects_of(const std::filesystem::path& folder) {
    std::vector<EncodedObject> objects;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        const auto frame = decode_png(std::as_bytes(std::span(bytes)));
        if (!frame) {
            continue;
        }
        DcmDataset image;
        image.putAndInsertString(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
        image.putAndInsertString(DCM_SOPInstanceUID, "2.25.1");
        image.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
        for (const auto& [tag, value] : std::initializer_list<std::pair<DcmTagKey, std::uint32_t>>{
                 {DCM_SamplesPerPixel, 1},
                 {DCM_Rows, frame->rows},
                 {DCM_Columns, frame->columns},
                 {DCM_BitsAllocated, 8},
                 {DCM_BitsStored, 8},
                 {DCM_HighBit, 7},
                 {DCM_PixelRepresentation, 0}}) {
            image.putAndInsertUint16(tag, static_cast<Uint16>(value));
        }
        image.putAndInsertUint8Array(DCM_PixelData,
                                     reinterpret_cast<const Uint8*>(frame->pixels.data()),
                                     frame->pixels.size());
        if (auto encoded = encode_data_set(image, explicit_vr_little_endian)) {
            objects.push_back(*std::move(encoded));
        }
    }
    return objects;
}

std::vector<EncodedObject> transcoded(const std::vector<EncodedObject>& objects,
                                      const TransferSyntax& to) {
    std::vector<EncodedObject> others;
    for (const EncodedObject& object : objects) {
        if (auto other = transcode(object, to)) {
            others.push_back(*std::move(other));
        }
    }
    return others;
}

void measure(benchmark::State& state,
             const std::vector<EncodedObject>& objects,
             const TransferSyntax& to) {
    std::size_t bytes = 0;
    for (auto _ : state) {
        bytes = 0;
        for (const EncodedObject& object : objects) {
            const auto other = transcode(object, to);
            if (!other) {
                state.SkipWithError(other.error().doing.c_str());
                return;
            }
            bytes += other->size_bytes();
        }
    }
    state.counters["images"] = static_cast<double>(objects.size());
    state.counters["bytes_an_image"] =
        static_cast<double>(bytes) / static_cast<double>(objects.size());
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::cerr << "usage: bench.codec_rates FOLDER [BENCHMARK OPTION...]\n";
        return 2;
    }
    initialise_dcmtk();
    const auto plain = objects_of(arguments[1]);
    if (plain.empty()) {
        std::cerr << "no PNG in " << arguments[1] << '\n';
        return 2;
    }
    for (const TransferSyntax& syntax : all_transfer_syntaxes()) {
        if (syntax.encodable && (syntax.encapsulated || syntax.deflated)) {
            const std::string name(syntax.keyword);
            benchmark::RegisterBenchmark(("encode/" + name).c_str(), measure, plain, syntax);
            benchmark::RegisterBenchmark(("decode/" + name).c_str(),
                                         measure,
                                         transcoded(plain, syntax),
                                         explicit_vr_little_endian);
        }
    }
    int rest = count - 1;
    benchmark::Initialize(&rest, arguments + 1);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
