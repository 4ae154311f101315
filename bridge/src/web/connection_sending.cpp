// Responses on the wire: head and content gathered in one write, contents never copied.

#include "bridge/web/problem.hpp"
#include "connection.hpp"
#include "storescp/on_pool.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

namespace cxr::bridge::web {

namespace asio = boost::asio;

namespace {

bool has_no_content(unsigned status) {
    return status < 200 || status == 204 || status == 304;
}

std::uint64_t bytes_of(std::span<const dicom::Segment> segments) {
    std::uint64_t total = 0;
    for (const dicom::Segment& segment : segments) {
        total += segment.bytes.size();
    }
    return total;
}

bool is_streamed(const Content& content) {
    return std::holds_alternative<std::shared_ptr<Pieces>>(content) ||
           std::holds_alternative<std::shared_ptr<LivePieces>>(content);
}

/// The same pieces; whoever lets go of them last, and wherever, they end on the pool: ending a
/// database cursor or unmapping a file blocks.
template <typename T>
std::shared_ptr<T> ended_on_pool(boost::asio::thread_pool& pool, std::shared_ptr<T> pieces) {
    T* const same = pieces.get();
    return std::shared_ptr<T>(same, [&pool, owner = std::move(pieces)](T*) mutable {
        asio::post(pool, [doomed = std::move(owner)] {});
    });
}

void end_on_pool(boost::asio::thread_pool& pool, Content& content) {
    if (auto* const pieces = std::get_if<std::shared_ptr<Pieces>>(&content)) {
        *pieces = ended_on_pool(pool, std::move(*pieces));
    } else if (auto* const live = std::get_if<std::shared_ptr<LivePieces>>(&content)) {
        *live = ended_on_pool(pool, std::move(*live));
    }
}

}  // namespace

Awaitable<Result<std::vector<dicom::Segment>>> Connection::next_of(const Content& content) {
    std::string thrown;
    try {
        if (const auto* const live = std::get_if<std::shared_ptr<LivePieces>>(&content)) {
            co_return co_await (*live)->next();
        }
        auto work = [pieces = std::get<std::shared_ptr<Pieces>>(content)] {
            return pieces->next();
        };
        co_return co_await storescp::on_pool(shared_.pool, std::move(work));
    } catch (const std::exception& exception) {
        thrown = exception.what();
    }
    co_return Fault{.kind = FaultKind::storage, .doing = thrown};
}

Awaitable<bool> Connection::send(Response response, bool head_only, bool& keep_alive) {
    end_on_pool(shared_.pool, response.content);
    std::vector<dicom::Segment> first;
    if (is_streamed(response.content) && !head_only) {
        auto begun = co_await next_of(response.content);
        if (!begun) {
            // Nothing has been said yet: it can still be told properly.
            account_.why = begun.error().doing;
            response = problem_of(begun.error());
        } else {
            first = *std::move(begun);
        }
    }
    const auto length = content_bytes(response.content);
    Delivery delivery{.framing = Framing::length, .length = length.value_or(0)};
    if (has_no_content(response.status)) {
        delivery.framing = Framing::none;
        head_only = true;
    } else if (!length) {
        const bool old = reader_.head().http_1_0;
        delivery.framing = old ? Framing::until_close : Framing::chunked;
        keep_alive = keep_alive && !old;
    }
    delivery.keep_alive = keep_alive;
    std::string head = response_head(response, delivery);
    std::vector<dicom::Segment> whole;
    if (head_only || std::holds_alternative<std::monostate>(response.content)) {
        co_return co_await write(std::move(head), whole);
    }
    if (is_streamed(response.content)) {
        unframed_ = delivery.framing == Framing::until_close;
        const bool sent = co_await send_pieces(std::move(head),
                                               std::move(first),
                                               response.content,
                                               delivery.framing == Framing::chunked);
        unframed_ = unframed_ && !sent;
        co_return sent;
    }
    if (const auto* const text = std::get_if<std::string>(&response.content)) {
        const std::span<const std::byte> bytes = std::as_bytes(std::span(*text));
        whole.push_back({.owner = nullptr, .bytes = bytes});  // `response` lives until it is sent
    } else {
        whole = std::get<std::vector<dicom::Segment>>(std::move(response.content));
    }
    co_return co_await write(std::move(head), whole);
}

Awaitable<bool> Connection::send_pieces(std::string head,
                                        std::vector<dicom::Segment> first,
                                        const Content& content,
                                        bool chunked) {
    std::vector<dicom::Segment> segments = std::move(first);
    while (!segments.empty()) {
        const std::uint64_t bytes = bytes_of(segments);
        if (bytes > 0) {  // a chunk without bytes would be the last one
            if (chunked) {
                head += fmt::format("{:x}\r\n", bytes);
            }
            std::string before = std::exchange(head, {});
            const std::string_view behind = chunked ? "\r\n" : "";
            const bool written = co_await write(std::move(before), segments, behind);
            if (!written) {
                co_return false;
            }
        }
        if (stopping_ && std::holds_alternative<std::shared_ptr<LivePieces>>(content)) {
            break;
        }
        expect_nothing();
        auto next = co_await next_of(content);
        if (!next) {
            account_.why = next.error().doing;
            co_return false;
        }
        segments = *std::move(next);
    }
    if (chunked) {
        head += "0\r\n\r\n";
    }
    bool sent = true;
    if (!head.empty()) {
        const std::span<const dicom::Segment> nothing;
        sent = co_await write(std::move(head), nothing);
    }
    co_return sent;
}

Awaitable<bool> Connection::write(std::string head,
                                  std::span<const dicom::Segment> segments,
                                  std::string_view tail) {
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(segments.size() + 2);
    buffers.emplace_back(head.data(), head.size());
    for (const dicom::Segment& segment : segments) {
        buffers.emplace_back(segment.bytes.data(), segment.bytes.size());
    }
    buffers.emplace_back(tail.data(), tail.size());
    std::span<asio::const_buffer> left(buffers);
    writing_ = true;
    bool sent = true;
    while (true) {
        while (!left.empty() && left.front().size() == 0) {
            left = left.subspan(1);
        }
        if (left.empty()) {
            break;
        }
        const auto offered = Clock::now();
        expect_by(sending_.deadline(offered));
        const std::span<const asio::const_buffer> pieces(left);
        auto [error, count] = co_await transport_.write_some(pieces);
        sending_.took(count, Clock::now() - offered);
        if (error) {
            sent = false;
            break;
        }
        while (count > 0) {
            const std::size_t taken = std::min(count, left.front().size());
            left.front() += taken;
            count -= taken;
            if (left.front().size() == 0) {
                left = left.subspan(1);
            }
        }
    }
    writing_ = false;
    expect_nothing();
    if (sent) {
        account_.sent += bytes_of(segments);
    }
    co_return sent;
}

}  // namespace cxr::bridge::web
