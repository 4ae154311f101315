// C-FIND and C-MOVE identifiers (PS3.4 C.4), in every syntax and model, and their matching.
#include "dicom/query/identifier.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/core/attributes.hpp"
#include "fuzzer.hpp"

using namespace cxr::dicom;
using cxr::fuzz::promise;

namespace {

QueryRules rules_of(std::uint8_t bits) {
    QueryRules rules;
    rules.relational = (bits & 1U) != 0;
    rules.lenient = (bits & 2U) != 0;
    rules.combined_date_time = (bits & 4U) != 0;
    return rules;
}

void query(const Attributes& identifier, InformationModel model, const QueryRules& rules) {
    const auto parsed = parse_query_identifier(identifier, model, rules);
    if (!parsed) {
        return;
    }
    for (const QueryKey& key : parsed->keys) {
        promise(key.supported != nullptr, "a key is a supported one");
        if (key.supported->vr == VR::SQ) {
            continue;
        }
        static_cast<void>(matches(key, "20051115"));
        static_cast<void>(matches(key, "Sm\xC3\xAFth^J=\xE5\xB1\xB1\xE7\x94\xB0"));
        static_cast<void>(matches(key, key.value));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    const QueryRules rules = rules_of(input.byte());
    const TransferSyntax* const syntaxes[] = {
        &implicit_vr_little_endian,
        &explicit_vr_little_endian,
        find_transfer_syntax("1.2.840.10008.1.2.2"),
        find_transfer_syntax("1.2.840.10008.1.2.1.99"),
    };
    const auto identifier = decode_attributes(input.rest(), *syntaxes[choice & 3U]);
    if (!identifier) {
        return 0;
    }
    // Text is UTF-8 now: it reads back as it is.
    const auto bytes = encode_attributes(*identifier, explicit_vr_little_endian);
    const auto again = decode_attributes(bytes, explicit_vr_little_endian);
    promise(again.has_value(), "what is encoded decodes");

    const auto model = static_cast<InformationModel>((choice >> 2U) % 3U);
    query(*identifier, model, rules);
    static_cast<void>(parse_retrieve_identifier(*identifier, model, rules));
    return 0;
}
