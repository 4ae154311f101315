#include "services/look_ahead.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>

namespace cxr::storescp {

/// `object` and `arrived` belong to the strand; the pool looks at `abandoned` only.
struct LookAhead::Slot {
    explicit Slot(const boost::asio::any_io_executor& executor) : arrived(executor) {}
    std::optional<Result<LoadedObject>> object;
    boost::asio::steady_timer arrived;  ///< cancelled when the object is there
    std::atomic<bool> abandoned = false;
};

namespace {

/// What a pool task throws is the fault of one object only.
Result<LoadedObject> load_safely(const LookAhead::Load& load, const InstanceReference& instance) {
    try {
        return load(instance);
    } catch (const std::exception& error) {
        return Fault{.kind = FaultKind::storage,
                     .doing = std::string("internal error: ") + error.what()};
    }
}

}  // namespace

LookAhead::LookAhead(boost::asio::any_io_executor executor,
                     boost::asio::thread_pool& pool,
                     Load load,
                     std::span<const InstanceReference> instances,
                     std::size_t ahead)
    : executor_(std::move(executor)),
      pool_(pool),
      load_(std::make_shared<const Load>(std::move(load))),
      waiting_(instances),
      ahead_(ahead) {
    fill();
}

LookAhead::~LookAhead() {
    for (const auto& slot : slots_) {
        slot->abandoned = true;
    }
}

void LookAhead::fill() {
    while (slots_.size() < ahead_ && !waiting_.empty()) {
        const auto slot = std::make_shared<Slot>(executor_);
        slots_.push_back(slot);
        boost::asio::post(
            pool_, [slot, load = load_, instance = waiting_.front(), executor = executor_] {
                if (slot->abandoned) {
                    return;
                }
                auto loaded = load_safely(*load, instance);
                boost::asio::post(executor, [slot, object = std::move(loaded)]() mutable {
                    slot->object.emplace(std::move(object));
                    slot->arrived.cancel();
                });
            });
        waiting_ = waiting_.subspan(1);
    }
}

Awaitable<bool> LookAhead::wait_for(std::shared_ptr<Slot> slot,
                                    std::chrono::milliseconds patience) {
    if (!slot->object) {
        slot->arrived.expires_after(patience);
        co_await slot->arrived.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    co_return slot->object.has_value();
}

Awaitable<bool> LookAhead::wait(std::chrono::milliseconds patience) {
    co_return co_await wait_for(slots_.front(), patience);
}

Awaitable<Result<LoadedObject>> LookAhead::next() {
    constexpr std::chrono::hours long_while{1};
    const auto slot = slots_.front();
    slots_.pop_front();
    fill();
    for (bool is_there = false; !is_there;) {  // GCC 12 traps on co_await in an empty loop
        is_there = co_await wait_for(slot, long_while);
    }
    co_return std::move(*slot->object);
}

}  // namespace cxr::storescp
