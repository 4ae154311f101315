#include "storescp/association/association.hpp"

#include <fmt/format.h>

namespace cxr::storescp {

Awaitable<Result<std::vector<std::byte>>> receive_data_set(Association& association,
                                                           std::size_t bytes_max) {
    std::vector<std::byte> data_set;
    while (true) {
        auto fragment = co_await association.receive_data_fragment();
        if (!fragment) {
            co_return std::move(fragment).error();
        }
        if (fragment->empty()) {
            co_return data_set;
        }
        if (data_set.empty()) {
            data_set = std::move(*fragment);
        } else {
            data_set.insert(data_set.end(), fragment->begin(), fragment->end());
        }
        if (data_set.size() > bytes_max) {
            break;
        }
    }
    data_set = {};
    if (auto drained = co_await drain_data_set(association); !drained) {
        co_return std::move(drained).error();
    }
    co_return Fault{.kind = FaultKind::exhausted,
                    .doing = fmt::format("a data set of more than {} bytes", bytes_max)};
}

Awaitable<Result<void>> drain_data_set(Association& association) {
    while (true) {
        const auto fragment = co_await association.receive_data_fragment();
        if (!fragment) {
            co_return fragment.error();
        }
        if (fragment->empty()) {
            co_return Result<void>{};
        }
    }
}

}  // namespace cxr::storescp
