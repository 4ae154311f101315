#pragma once
/// How many associations each C-MOVE may have with its destination: what the destination is
/// configured for, divided by the moves that send to it, at least one each. Any thread.

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace cxr::storescp {

class MoveShares {
public:
    /// One move; leaves when it is destroyed.
    class Share {
    public:
        Share(std::shared_ptr<MoveShares> shares, std::string destination);
        ~Share();
        Share(const Share&) = delete;
        Share& operator=(const Share&) = delete;
        /// Changes as other moves come and go.
        [[nodiscard]] std::size_t of(std::size_t configured) const;

    private:
        const std::shared_ptr<MoveShares> shares_;
        const std::string destination_;
    };

private:
    std::mutex mutex_;  // guards the rest
    std::map<std::string, std::size_t> moves_;
};

}  // namespace cxr::storescp
