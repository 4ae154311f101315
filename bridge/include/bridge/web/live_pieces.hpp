#pragma once
/// Content that comes when something happens, as server-sent events do.

#include "bridge/web/body.hpp"
#include "bridge/web/response.hpp"

namespace cxr::bridge::web {

class LivePieces {
public:
    virtual ~LivePieces() = default;
    /// On the connection's strand. None: that was all. A wait is to end within some seconds (by
    /// pieces that say nothing), so that a client that is gone, or a stop, is noticed.
    [[nodiscard]] virtual Awaitable<Result<std::vector<dicom::Segment>>> next() = 0;
};

}  // namespace cxr::bridge::web
