#pragma once
/// What the dialogues of the query cases have in common.

#include "conformance/play.hpp"

namespace cxr::storescp::conformance {

using dicom::find;
using dicom::put;
using dicom::value_of;

/// STUDY level, the one study that is known to be held, and these keys besides.
[[nodiscard]] Attributes the_study(const Play& play, std::initializer_list<Key> more);
[[nodiscard]] Attributes all_studies();
/// What the first query said of that study. NotPlayable: the peer holds nothing.
[[nodiscard]] const Attributes& held_study(const Play& play);
/// Of that study; NotPlayable where it is empty.
[[nodiscard]] std::string held_value(const Play& play, const DcmTagKey& tag);
/// The keyword of the data dictionary.
[[nodiscard]] std::string name_of(const DcmTagKey& tag);

/// The outcome of a query for the held study with these keys besides.
[[nodiscard]] Seen asked(Play& play, std::initializer_list<Key> more);
/// "hhmmss" of the held study, complete.
[[nodiscard]] std::string held_time(const Play& play);

}  // namespace cxr::storescp::conformance
