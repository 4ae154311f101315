#pragma once
/// What the configuration's routes send where: which catalogued objects are enqueued for whom.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/delivery/queue.hpp"
#include "config/schema.hpp"

#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace cxr::bridge {

/// One [[route]]. Made objects are chosen by kind and image, received ones (also imported ones) by
/// being received: never back to the one who sent them.
class Route {
public:
    /// Reads the split lists that are no official ones. Faults: not_found (no such list), storage.
    [[nodiscard]] static Result<Route> of(const config::RouteSection& section,
                                          const std::filesystem::path& data_set);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& destination() const { return destination_; }
    [[nodiscard]] bool commit() const { return commit_; }
    /// Does it look at what an image says?
    [[nodiscard]] bool needs_records() const { return !findings_.empty() || by_split_; }
    /// `object.record` is there when needs_records().
    [[nodiscard]] bool sends(const OfferedObject& object) const;

private:
    [[nodiscard]] bool names_image(const dicom::ImageRecord& record) const;

    std::string name_, destination_;
    bool commit_ = false;
    std::set<std::string, std::less<>> objects_;
    std::vector<dicom::Finding> findings_;
    bool by_split_ = false;
    std::set<std::string, std::less<>> official_splits_, images_of_splits_;
};

/// Of all routes. Faults: as Route::of(), naming the route.
[[nodiscard]] Result<std::vector<Route>> routes_of(const config::Config& config);

/// Enqueues everything that is offered and that a destination is not known to have or to get.
/// Blocking, in pieces. How many are new. Faults: storage.
[[nodiscard]] Result<std::size_t> enqueue_offered(const Catalogue& catalogue,
                                                  const std::vector<Route>& routes,
                                                  DeliveryQueue& queue,
                                                  const std::stop_token& stop);
/// The same for one object that was received just now.
[[nodiscard]] Result<std::size_t> enqueue_received(const ReceivedObject& object,
                                                   const std::vector<Route>& routes,
                                                   DeliveryQueue& queue);

}  // namespace cxr::bridge
