#include "report/region_group.hpp"

#include "dicom/mapping/geometry.hpp"
#include "mapping/box_outline.hpp"
#include "report/concepts.hpp"

#include <utility>

namespace cxr::dicom {
namespace {

constexpr double stored_size = 1024;

struct Units {
    Code length, area;
};
constexpr Code pixels{"{pixels}", "UCUM", "pixels"};
constexpr Units in_pixels{pixels, pixels};
constexpr Units in_mm{{"mm", "UCUM", "mm"}, {"mm2", "UCUM", "square millimeter"}};

ContentItem region(const BoundingBox& box,
                   const ImageReference& image,
                   std::string_view relationship,
                   const Code& name) {
    const auto outline = outline_of(box);
    ContentItem item{
        relationship, name, SpatialCoordinates{"POLYLINE", {outline.begin(), outline.end()}}};
    item.children.push_back({concepts::selected_from, concepts::source, image});
    return item;
}

/// PS3.16 CID 7469, under the names that viewers look for.
void add_measurements(ContentItem& group,
                      const BoundingBox& box,
                      const ImageReference& image,
                      Measurements kind,
                      const DetectorSpacing& spacing) {
    const bool physical = kind == Measurements::mm;
    const bool unknown = physical && (spacing.x_mm <= 0 || spacing.y_mm <= 0);
    if (kind == Measurements::off || unknown) {
        return;
    }
    const Units& units = physical ? in_mm : in_pixels;
    const double width = box.width * (physical ? spacing.x_mm : 1);
    const double height = box.height * (physical ? spacing.y_mm : 1);
    const auto add = [&](const Code& name, double value, const Code& unit) {
        ContentItem item{concepts::contains, name, Numeric{value, unit}};
        item.children.push_back(region(box, image, concepts::inferred_from, {}));
        group.children.push_back(std::move(item));
    };
    add({"42798000", "SCT", "Area"}, width * height, units.area);
    add({"103355008", "SCT", "Width"}, width, units.length);
    add({"121207", "DCM", "Height"}, height, units.length);
}

}  // namespace

DetectorSpacing detector_spacing(const ChestXRayRow& row, Geometry geometry) {
    const PixelScale scale = pixel_scale(row, published_size, geometry);
    return {row.original_spacing_x_mm * row.original_width / stored_size / scale.x,
            row.original_spacing_y_mm * row.original_height / stored_size / scale.y};
}

ContentItem region_group_item(RegionGroup group,
                              const ImageReference& image,
                              Measurements measurements,
                              const DetectorSpacing& spacing) {
    ContentItem item{concepts::contains, concepts::measurement_group, Container{"1410"}};
    item.children.reserve(9);
    item.children.push_back({concepts::has_obs_context,
                             concepts::tracking_identifier,
                             Text{std::move(group.tracking_identifier)}});
    item.children.push_back({concepts::has_obs_context,
                             concepts::tracking_unique_identifier,
                             UIDReference{std::move(group.tracking_uid)}});
    item.children.push_back(std::move(group.finding));
    if (group.site != nullptr) {
        item.children.push_back(
            {concepts::has_concept_mod, concepts::finding_site, Code::of(*group.site)});
    }
    item.children.push_back(region(group.box, image, concepts::contains, concepts::image_region));
    add_measurements(item, group.box, image, measurements, spacing);
    item.children.push_back(
        {concepts::contains, concepts::comment, Text{std::move(group.comment)}});
    return item;
}

}  // namespace cxr::dicom
