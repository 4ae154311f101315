// The collection's tables: a bad row is reported with its line and skipped, whatever is in it.
#include "dicom/chestxray/data_set.hpp"
#include "fuzzer.hpp"

#include <string_view>

using namespace cxr::dicom;
using cxr::fuzz::promise;

namespace {

template <typename Parsed>
void check(const Parsed& parsed) {
    if (!parsed) {
        promise(!parsed.error().doing.empty(), "a fault says why");
        return;
    }
    for (const RowFault& fault : parsed->faults) {
        promise(fault.line > 0 && !fault.reason.empty(), "a row's fault has line and reason");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const auto bytes = input.rest();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    switch (choice % 3) {
        case 0:
            check(parse_data_entries(text, "Data_Entry.csv"));
            break;
        case 1:
            check(parse_boxes(text, "BBox_List.csv"));
            break;
        default:
            check(parse_split_list(text, "list.txt"));
            break;
    }
    return 0;
}
