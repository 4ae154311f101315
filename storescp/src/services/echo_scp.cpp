#include "services/request.hpp"

namespace cxr::storescp {

Awaitable<Result<Completion>> echo_scp(const ServiceEnvironment&, Request& request) {
    Completion completion{.response = request.response(status::success)};
    co_return completion;
}

}  // namespace cxr::storescp
