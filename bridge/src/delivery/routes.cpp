#include "bridge/delivery/routes.hpp"

#include "data_set/split_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace cxr::bridge {

namespace {

/// Other processes get at the queue between two pieces.
constexpr std::size_t objects_a_piece = 1'000;

/// What [[route]] calls the kinds. Whatever else is made of an image is a report.
std::string_view group_of(const OfferedObject& object) {
    if (!object.kind) {
        return "received";
    }
    switch (*object.kind) {
        case dicom::DerivedKind::image:
            return "images";
        case dicom::DerivedKind::presentation_state:
            return "presentation_states";
        case dicom::DerivedKind::key_objects:
            return "key_objects";
        default:
            return "reports";
    }
}

/// Enqueues piece by piece, for each destination its own.
class Pieces {
public:
    explicit Pieces(DeliveryQueue& queue) : queue_(queue) {}

    Result<void> add(const Route& route, const storescp::SOPReference& reference) {
        std::vector<NewDelivery>& piece = pieces_[route.destination()];
        piece.push_back({.reference = reference, .route = route.name(), .commit = route.commit()});
        return piece.size() < objects_a_piece ? Result<void>() : flush(route.destination(), piece);
    }

    Result<std::size_t> finish() {
        for (auto& [destination, piece] : pieces_) {
            if (auto flushed = flush(destination, piece); !flushed) {
                return flushed.error();
            }
        }
        return added_;
    }

private:
    Result<void> flush(const std::string& destination, std::vector<NewDelivery>& piece) {
        const auto added = queue_.enqueue(destination, piece);
        if (!added) {
            return added.error();
        }
        added_ += *added;
        piece.clear();
        return {};
    }

    DeliveryQueue& queue_;
    std::map<std::string, std::vector<NewDelivery>> pieces_;
    std::size_t added_ = 0;
};

}  // namespace

Result<Route> Route::of(const config::RouteSection& section,
                        const std::filesystem::path& data_set) {
    Route route;
    route.name_ = section.name;
    route.destination_ = section.to;
    route.commit_ = section.commit;
    route.objects_.insert(section.objects.begin(), section.objects.end());
    for (const std::string& label : section.findings) {
        route.findings_.push_back(dicom::finding_of(label).value());
    }
    route.by_split_ = !section.splits.empty();
    for (const std::string& split : section.splits) {
        if (split == "train_val" || split == "test") {
            route.official_splits_.insert(split);
            continue;
        }
        const auto images = images_of_list(data_set, split);
        if (!images) {
            return Fault{.kind = images.error().kind,
                         .doing = fmt::format("route {}: {}", section.name, images.error().doing)};
        }
        route.images_of_splits_.insert(images->begin(), images->end());
    }
    return route;
}

bool Route::names_image(const dicom::ImageRecord& record) const {
    const auto& has = record.row.findings;
    const bool finding =
        findings_.empty() ||
        std::find_first_of(has.begin(), has.end(), findings_.begin(), findings_.end()) != has.end();
    const bool split = !by_split_ || official_splits_.contains(record.split) ||
                       images_of_splits_.contains(record.row.image_index);
    return finding && split;
}

bool Route::sends(const OfferedObject& object) const {
    if (!objects_.contains(group_of(object))) {
        return false;
    }
    if (!object.kind) {
        return object.calling_ae_title != destination_;
    }
    return !needs_records() || (object.record && names_image(*object.record));
}

Result<std::vector<Route>> routes_of(const config::Config& config) {
    std::vector<Route> routes;
    for (const config::RouteSection& section : config.routes) {
        auto route = Route::of(section, config.data_set.path);
        if (!route) {
            return route.error();
        }
        routes.push_back(*std::move(route));
    }
    return routes;
}

Result<std::size_t> enqueue_offered(const Catalogue& catalogue,
                                    const std::vector<Route>& routes,
                                    DeliveryQueue& queue,
                                    const std::stop_token& stop) {
    if (routes.empty()) {
        return std::size_t{0};
    }
    Pieces pieces(queue);
    Result<void> enqueued = {};
    const auto visit = [&](const OfferedObject& object) {
        for (const Route& route : routes) {
            if (route.sends(object)) {
                enqueued = pieces.add(route, object.reference);
            }
            if (!enqueued) {
                return false;
            }
        }
        return !stop.stop_requested();
    };
    const bool records = std::ranges::any_of(routes, &Route::needs_records);
    if (auto visited = catalogue.for_each_offered(records, visit); !visited) {
        return visited.error();
    }
    if (!enqueued) {
        return enqueued.error();
    }
    return pieces.finish();
}

Result<std::size_t> enqueue_received(const ReceivedObject& object,
                                     const std::vector<Route>& routes,
                                     DeliveryQueue& queue) {
    const OfferedObject offered{.reference = {.sop_class_uid = object.instance.sop_class_uid,
                                              .sop_instance_uid = object.instance.sop_instance_uid},
                                .kind = {},
                                .record = {},
                                .calling_ae_title = object.calling_ae_title};
    Pieces pieces(queue);
    for (const Route& route : routes) {
        if (route.sends(offered)) {
            if (auto added = pieces.add(route, offered.reference); !added) {
                return added.error();
            }
        }
    }
    return pieces.finish();
}

}  // namespace cxr::bridge
