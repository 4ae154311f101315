// The PDU stream (PS3.8 §9.3) into the upper layer, in pieces of any size, in either role.
#include "fuzzer.hpp"
#include "storescp/upper_layer/upper_layer.hpp"

#include <variant>

using namespace cxr::storescp;
using cxr::fuzz::promise;

namespace {

pdu::AssociateRQ our_request() {
    pdu::AssociateRQ request;
    request.contexts = {{1, "1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}};
    return request;
}

/// Decoding what was decoded and encoded again changes nothing.
void check_round_trip(const pdu::AssociateRQ& request) {
    const auto bytes = pdu::encode(request);
    const auto again = pdu::decode_associate_rq(std::span(bytes).subspan(pdu::header_bytes));
    const auto* decoded = std::get_if<pdu::AssociateRQ>(&again);
    promise(decoded != nullptr && pdu::encode(*decoded) == bytes, "an A-ASSOCIATE-RQ reads back");
}

class Session {
public:
    explicit Session(bool requestor) : upper_layer_({.pdu_bytes_max = 16'384}) {
        if (requestor) {
            upper_layer_.request(our_request());
            upper_layer_.transport_confirmed();
        } else {
            upper_layer_.transport_indicated();
        }
        static_cast<void>(upper_layer_.take_output());
    }

    /// False when the connection is over.
    bool feed(std::span<const std::byte> bytes) {
        upper_layer_.receive(bytes);
        std::size_t data_bytes = 0;
        for (const Indication& indication : upper_layer_.take_indications()) {
            if (const auto* data = std::get_if<DataIndication>(&indication)) {
                data_bytes += data->bytes.size();
                promise(data->presentation_context_id % 2 == 1, "data comes on an odd context");
            } else if (const auto* asked = std::get_if<AssociateIndication>(&indication)) {
                answer(asked->request);
            } else if (std::holds_alternative<ReleaseIndication>(indication)) {
                upper_layer_.answer_release();
            }
        }
        promise(data_bytes <= bytes.size(), "no more data than bytes");
        // The largest: an A-ASSOCIATE-AC, an abort and a late abort behind it.
        promise(upper_layer_.take_output().size() < 200'000, "answers are bounded");
        return !upper_layer_.wants_close();
    }

private:
    void answer(const pdu::AssociateRQ& request) {
        check_round_trip(request);
        pdu::AssociateAC accepted;
        for (const ProposedContext& context : request.contexts) {
            accepted.contexts.push_back(
                {context.id, ContextResult::acceptance, "1.2.840.10008.1.2"});
        }
        upper_layer_.accept(accepted);
    }

    UpperLayer upper_layer_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cxr::fuzz::Input input(data, size);
    const std::uint8_t options = input.byte();
    Session session((options & 1U) != 0);
    const std::size_t piece = (options >> 1U) == 0 ? size : options >> 1U;
    while (!input.empty() && session.feed(input.take(piece))) {
    }
    return 0;
}
