#include "services/request.hpp"

#include "dicom/core/transfer_syntax.hpp"

namespace cxr::storescp {

Awaitable<Result<std::vector<std::byte>>> Request::read_fragment() {
    if (!data_set_pending_) {
        co_return std::vector<std::byte>{};
    }
    auto fragment = co_await association_.receive_data_fragment();
    if (!fragment) {
        data_is_read();
        Fault lost = std::move(fragment).error();
        lost.kind = FaultKind::peer_gone;
        co_return lost;
    }
    if (fragment->empty()) {
        data_is_read();
    }
    co_return fragment;
}

void Request::data_is_read() {
    data_set_pending_ = false;
    if (when_data_is_read_) {
        when_data_is_read_();
    }
}

Awaitable<Result<dicom::Attributes>> Request::read_identifier(std::size_t bytes_max,
                                                              dicom::AttributesLimits limits) {
    if (!command_.has_data_set()) {
        co_return Fault{.kind = FaultKind::malformed,
                        .doing = "the identifier is missing",
                        .element = DcmTagKey(0x0000, 0x0800)};
    }
    std::vector<std::byte> bytes;
    while (data_set_pending_) {
        auto fragment = co_await read_fragment();
        if (!fragment) {
            co_return std::move(fragment).error();
        }
        if (bytes.size() + fragment->size() > bytes_max) {
            association_.abort();
            co_return Fault{.kind = FaultKind::peer_gone,
                            .doing = "aborted: an identifier of more than " +
                                     std::to_string(bytes_max) + " bytes"};
        }
        bytes.insert(bytes.end(), fragment->begin(), fragment->end());
    }
    const auto* const transfer_syntax = dicom::find_transfer_syntax(context_->transfer_syntax);
    if (transfer_syntax == nullptr) {
        co_return Fault{.kind = FaultKind::unsupported,
                        .doing = "transfer syntax " + context_->transfer_syntax};
    }
    auto identifier = dicom::decode_attributes(bytes, *transfer_syntax, limits);
    if (keeps_identifier_) {
        identifier_ = std::move(bytes);
    }
    co_return identifier;
}

Awaitable<Result<void>> Request::drain() {
    while (data_set_pending_) {
        const auto fragment = co_await read_fragment();
        if (!fragment) {
            co_return fragment.error();
        }
    }
    co_return Result<void>{};
}

CommandSet Request::response(std::uint16_t status) const {
    return response_to(command_, status);
}

Awaitable<Result<void>> Request::send(CommandSet response,
                                      std::vector<dicom::Segment> data_set) const {
    co_return co_await association_.send_message(context_->id, std::move(response), data_set);
}

Awaitable<Result<void>> Request::send_all(std::vector<OutgoingMessage> responses) const {
    co_return co_await association_.send_messages(context_->id, std::move(responses));
}

Completion completion_of(const Request& request, const Fault& fault, Service service) {
    Completion completion{.response = request.response(status::success), .why = fault.doing};
    set_failure(completion.response, fault, service);
    return completion;
}

Completion refusal_of(const Request& request,
                      std::uint16_t status,
                      std::string why,
                      std::optional<std::uint16_t> command_element) {
    Completion completion{.response = request.response(status)};
    completion.response.error_comment = why;
    if (command_element) {
        completion.response.offending_elements = {*command_element};
    }
    completion.why = std::move(why);
    return completion;
}

}  // namespace cxr::storescp
