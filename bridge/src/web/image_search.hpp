#pragma once
/// The query of /api/images as a search: pure.

#include "bridge/web/request.hpp"
#include "web/image_index.hpp"

namespace cxr::bridge::web {

inline constexpr std::size_t images_per_page_max = 500;

/// patient, finding (again for each), split, view, boxed, date ("20160101", "20160101-20161231",
/// either end open), offset, limit; empty ones are not looked at. Faults: malformed, with the
/// parameter's name.
[[nodiscard]] Result<ImageSearch> image_search_of(const Fields& query);

}  // namespace cxr::bridge::web
