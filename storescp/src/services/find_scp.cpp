// C-FIND as a provider (PS3.7 §9.1.2, PS3.4 C.4.1): one pending response per match as the cursor
// yields them. Nothing is held between two batches but the cursor.

#include "dicom/core/transfer_syntax.hpp"
#include "services/information_model.hpp"
#include "services/request.hpp"
#include "storescp/on_pool.hpp"

#include <algorithm>
#include <span>

namespace cxr::storescp {

namespace {

/// The first answer leaves at once; later ones share the hop to the pool.
constexpr std::size_t batch_first = 1;
constexpr std::size_t batch_max = 64;
constexpr std::size_t batch_growth = 4;
/// What goes out together at most: a cancel is noticed between two writes.
constexpr std::size_t write_bytes_max = 65'536;

struct EncodedMatches {
    std::vector<std::vector<std::byte>> matches;
    bool are_last = false;  ///< there may be no more without this
};

/// Reads matches and encodes them. Lives on the pool while a batch is made.
class MatchEncoder {
public:
    MatchEncoder(QueryPort& port,
                 dicom::QueryIdentifier identifier,
                 const dicom::TransferSyntax& transfer_syntax)
        : port_(port), identifier_(std::move(identifier)), transfer_syntax_(transfer_syntax) {}

    /// Blocking. Empty: no more.
    Result<EncodedMatches> next(std::size_t count) {
        if (!cursor_) {
            auto found = port_.find(identifier_);
            if (!found) {
                return std::move(found).error();
            }
            cursor_ = std::move(*found);
        }
        const auto matches = cursor_->next(count);
        if (!matches) {
            return matches.error();
        }
        EncodedMatches encoded{.matches = {}, .are_last = cursor_->is_done()};
        encoded.matches.reserve(matches->size());
        for (const dicom::Attributes& match : *matches) {
            encoded.matches.push_back(dicom::encode_attributes(match, transfer_syntax_));
        }
        return encoded;
    }

private:
    QueryPort& port_;
    dicom::QueryIdentifier identifier_;
    const dicom::TransferSyntax& transfer_syntax_;
    std::unique_ptr<MatchCursor> cursor_;
};

struct Search {
    std::shared_ptr<MatchEncoder> encoder;
    std::uint16_t pending_status;
    std::size_t matches_max;  ///< 0: no limit
};

Completion finished(const Request& request, std::uint16_t status, std::uint64_t matches) {
    return Completion{.response = request.response(status), .matches_or_completed = matches};
}

Fault too_many(std::size_t matches_max) {
    return Fault{.kind = FaultKind::exhausted,
                 .doing = "more than " + std::to_string(matches_max) + " matches"};
}

/// Takes from the front of `left` what goes out together: one match at least.
std::vector<OutgoingMessage> next_write(const Request& request,
                                        std::uint16_t pending_status,
                                        std::span<std::vector<std::byte>>& left) {
    std::vector<OutgoingMessage> together;
    std::size_t bytes = 0;
    while (!left.empty() && bytes < write_bytes_max) {
        bytes += left.front().size();
        OutgoingMessage& message = together.emplace_back();
        message.command = request.response(pending_status);
        message.data_set.push_back(dicom::Segment::of(std::move(left.front())));
        left = left.subspan(1);
    }
    return together;
}

Awaitable<Result<Completion>> answer(const ServiceEnvironment& environment,
                                     Request& request,
                                     Search search) {
    std::uint64_t sent = 0;
    for (std::size_t batch = batch_first;; batch = std::min(batch * batch_growth, batch_max)) {
        if (request.is_cancelled()) {
            co_return finished(request, status::cancel, sent);
        }
        auto read = [encoder = search.encoder, batch] { return encoder->next(batch); };
        auto found = co_await on_pool(environment.pool, std::move(read));
        if (!found) {
            Completion failed = completion_of(request, found.error(), Service::find);
            failed.matches_or_completed = sent;
            co_return failed;
        }
        auto& matches = found->matches;
        if (matches.empty()) {
            co_return finished(request, status::success, sent);
        }
        const bool limited = search.matches_max != 0 && sent + matches.size() > search.matches_max;
        if (limited) {
            matches.resize(search.matches_max - sent);
        }
        for (std::span<std::vector<std::byte>> left(matches); !left.empty();) {
            if (request.is_cancelled()) {
                co_return finished(request, status::cancel, sent);
            }
            auto together = next_write(request, search.pending_status, left);
            const std::size_t count = together.size();
            const auto delivered = co_await request.send_all(std::move(together));
            if (!delivered) {
                co_return delivered.error();
            }
            sent += count;
        }
        if (limited) {
            Completion over = completion_of(request, too_many(search.matches_max), Service::find);
            over.matches_or_completed = sent;
            co_return over;
        }
        if (found->are_last) {
            co_return finished(request, status::success, sent);
        }
    }
}

}  // namespace

Awaitable<Result<Completion>> find_scp(const ServiceEnvironment& environment, Request& request) {
    const auto received =
        co_await request.read_identifier(environment.settings.limits.identifier_bytes_max);
    if (!received) {
        if (received.error().kind == FaultKind::peer_gone) {
            co_return received.error();
        }
        co_return completion_of(request, received.error(), Service::find);
    }
    const auto model = information_model(request.context()->abstract_syntax);
    const auto rules = query_rules(environment.settings.query_rules, request);
    auto identifier = dicom::parse_query_identifier(*received, model, rules);
    if (!identifier) {
        co_return completion_of(request, identifier.error(), Service::find);
    }
    std::string level(dicom::level_name(identifier->level));
    const bool all_supported = identifier->unsupported.empty();
    const auto* const transfer_syntax =
        dicom::find_transfer_syntax(request.context()->transfer_syntax);
    auto encoder = std::make_unique<MatchEncoder>(
        environment.ports.query, std::move(*identifier), *transfer_syntax);
    Search search{
        .encoder = destroyed_on_pool(environment.pool, std::move(encoder)),
        .pending_status = all_supported ? status::pending : status::pending_with_unsupported_keys,
        .matches_max = environment.settings.limits.matches_max};
    auto completion = co_await answer(environment, request, std::move(search));
    if (completion) {
        completion->detail = std::move(level);
    }
    co_return completion;
}

}  // namespace cxr::storescp
