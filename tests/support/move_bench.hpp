#pragma once
/// C-MOVE against a destination that answers as scripted.

#include "support/retrieve_bench.hpp"

#include <algorithm>

namespace cxr::test {

/// What the service holds as its association with the destination; the fake outlives it.
class Borrowed final : public storescp::Association {
public:
    explicit Borrowed(FakeAssociation& fake) : fake_(fake) {}
    const storescp::Agreement& agreement() const override { return fake_.agreement(); }
    std::uint64_t number() const override { return fake_.number(); }
    std::string peer_address() const override { return fake_.peer_address(); }
    boost::asio::any_io_executor executor() override { return fake_.executor(); }
    storescp::Awaitable<storescp::Result<storescp::Message>> receive_message() override {
        return fake_.receive_message();
    }
    storescp::Awaitable<storescp::Result<Bytes>> receive_data_fragment() override {
        return fake_.receive_data_fragment();
    }
    bool cancel_requested(std::uint16_t id) const override { return fake_.cancel_requested(id); }
    void forget_cancel(std::uint16_t id) override { fake_.forget_cancel(id); }
    bool is_open() const override { return fake_.is_open(); }
    storescp::Awaitable<storescp::Result<void>> send_message(
        std::uint8_t context,
        storescp::CommandSet command,
        std::span<const dicom::Segment> data_set) override {
        return fake_.send_message(context, std::move(command), data_set);
    }
    storescp::Awaitable<void> release() override { return fake_.release(); }
    void abort(storescp::AbortReason reason) override { fake_.abort(reason); }

private:
    FakeAssociation& fake_;
};

/// A move destination "DEST" that accepts and answers as scripted.
struct MoveBench : ServiceBench {
    explicit MoveBench(std::size_t count)
        : ServiceBench(agreement_of({accepted(1, study_root_move)})) {
        retrieve.kept = instances(count);
        access->peers["DEST"] = storescp::Peer{.ae_title = "DEST",
                                               .host = "dest.example",
                                               .port = 4242,
                                               .preferred_transfer_syntaxes = {}};
        request_association = [this](storescp::AssociationRequest request) {
            return connect(std::move(request));
        };
    }

    /// Accepts what is proposed, in its first transfer syntax.
    storescp::Awaitable<storescp::Result<std::unique_ptr<storescp::Association>>> connect(
        storescp::AssociationRequest request) {
        requests.push_back(request);
        if (refusal && requests.size() > accepts_before_refusal) {
            co_return *refusal;
        }
        std::vector<storescp::PresentationContext> contexts;
        for (const storescp::ProposedContext& proposed : request.contexts) {
            if (accept_only.empty() || accept_only == proposed.abstract_syntax) {
                contexts.push_back(accepted(
                    proposed.id, proposed.abstract_syntax, proposed.transfer_syntaxes.front()));
            }
        }
        storescp::Agreement agreement = agreement_of(std::move(contexts));
        agreement.operations_invoked_max =
            std::min(grants_operations, request.operations_invoked_max);
        destinations.push_back(std::make_unique<FakeAssociation>(
            co_await boost::asio::this_coro::executor, std::move(agreement)));
        FakeAssociation& fake = *destinations.back();
        fake.waits = true;
        fake.on_sent = [this, &fake](const SentMessage& stored) { on_store(fake, stored); };
        co_return std::unique_ptr<storescp::Association>(std::make_unique<Borrowed>(fake));
    }

    void move(const std::string& destination = "DEST",
              const dicom::Attributes& identifier = study_identifier()) {
        storescp::CommandSet command =
            with_data_set(request(storescp::CommandField::c_move_rq, study_root_move, 21));
        command.move_destination = destination;
        command.priority = 2;
        peer.deliver(command, {encoded(identifier)});
        serve();
    }

    std::vector<SentMessage> stores() const {
        std::vector<SentMessage> all;
        for (const auto& destination : destinations) {
            all.insert(all.end(), destination->sent.begin(), destination->sent.end());
        }
        return all;
    }

    /// How the destination answers the store number so-and-so.
    std::vector<std::uint16_t> answers;
    std::function<void(FakeAssociation&, const SentMessage&)> on_store =
        [this](FakeAssociation& fake, const SentMessage& stored) {
            const std::size_t index = stores().size() - 1;
            fake.deliver(store_response(stored, index < answers.size() ? answers[index] : 0));
        };
    std::optional<storescp::Fault> refusal;
    std::size_t accepts_before_refusal = 0;
    std::uint16_t grants_operations = 1;
    std::string accept_only;  ///< a SOP class
    std::vector<storescp::AssociationRequest> requests;
    std::vector<std::unique_ptr<FakeAssociation>> destinations;
};

}  // namespace cxr::test
