// DIMSE command sets (PS3.7 Annex E).
#include "storescp/dimse/command_set.hpp"

#include "fuzzer.hpp"

using namespace cxr::storescp;
using cxr::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const auto command = decode_command_set(input.rest());
    if (command) {
        const auto again = decode_command_set(encode_command_set(*command));
        promise(again.has_value(), "what is encoded decodes");
        const auto third = decode_command_set(encode_command_set(*again));
        // The first encoding may cut an Error Comment; after that nothing changes any more.
        promise(third.has_value() && *third == *again, "and reads back as it is");
    }
    return 0;
}
