// Data sets as C-STORE brings them: the bounded scan, then what it lets through to DCMTK's parser.
#include "dicom/codec/codec.hpp"
#include "dicom/core/data_set_scan.hpp"
#include "fuzzer.hpp"

using namespace cxr::dicom;
using cxr::fuzz::promise;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    initialise_dcmtk();
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const auto syntaxes = all_transfer_syntaxes();
    const TransferSyntax& syntax = syntaxes[input.byte() % syntaxes.size()];
    const auto bytes = input.rest();
    if (!syntax.deflated) {
        const auto scan = scan_data_set(bytes, syntax);
        if (!scan) {
            return 0;
        }
        promise(scan->depth_reached <= ScanLimits{}.depth_max, "nesting is bounded");
        for (const ScannedElement& element : scan->elements) {
            promise(element.value_offset <= bytes.size() &&
                        element.length <= bytes.size() - element.value_offset,
                    "values lie inside the data set");
        }
        static_cast<void>(attributes_of(bytes, *scan, syntax));
    }
    const auto data_set = parse_data_set(bytes, syntax);
    if (data_set && !syntax.encapsulated) {
        static_cast<void>(encode_data_set(**data_set, explicit_vr_little_endian));
    }
    return 0;
}
