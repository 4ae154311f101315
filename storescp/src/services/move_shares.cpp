#include "services/move_shares.hpp"

#include <algorithm>
#include <utility>

namespace cxr::storescp {

MoveShares::Share::Share(std::shared_ptr<MoveShares> shares, std::string destination)
    : shares_(std::move(shares)), destination_(std::move(destination)) {
    const std::lock_guard lock(shares_->mutex_);
    ++shares_->moves_[destination_];
}

MoveShares::Share::~Share() {
    const std::lock_guard lock(shares_->mutex_);
    const auto found = shares_->moves_.find(destination_);
    if (--found->second == 0) {
        shares_->moves_.erase(found);
    }
}

std::size_t MoveShares::Share::of(std::size_t configured) const {
    const std::lock_guard lock(shares_->mutex_);
    return std::max<std::size_t>(1, configured / shares_->moves_.at(destination_));
}

}  // namespace cxr::storescp
