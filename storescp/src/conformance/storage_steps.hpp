#pragma once
/// What the dialogues of the storage cases have in common, and those that also retrieve.

#include "conformance/test_objects.hpp"

namespace cxr::storescp::conformance {

/// An association for Secondary Capture. NotPlayable without permission to store, or where this
/// transfer syntax is not accepted.
[[nodiscard]] Probe open_storage(Play& play,
                                 std::string_view transfer_syntax = syntax::implicit_little);
[[nodiscard]] CommandSet store_rq(const Attributes& object);
/// The object with a command that may tell another story.
[[nodiscard]] Seen stored_with(Probe& probe, const CommandSet& command, const Attributes& object);
/// The object in Implicit VR, with these elements before its pixel data.
[[nodiscard]] Bytes with_elements(const Attributes& object, std::span<const std::byte> elements);
/// How many studies, and instances, a C-FIND has for this object.
[[nodiscard]] std::size_t found_by_study(Play& play, const Attributes& object);
[[nodiscard]] std::size_t found_instances(Play& play, const Attributes& object);
/// Stores most of the object, then ends as `end` does: how many studies a C-FIND has for it.
[[nodiscard]] std::size_t found_after_most_of(Play& play,
                                              const Attributes& object,
                                              const std::function<void(Probe&)>& end);

/// How pixel data is encapsulated (PS3.5 A.4).
struct Encapsulation {
    bool offset_table = false;
    bool delimiter = true;
    bool odd_fragment = false;
};
/// The object in RLE Lossless: its 8 × 8 pixels in two fragments' worth of literal runs.
[[nodiscard]] Bytes encapsulated(const Attributes& object, const Encapsulation& how);

// Stored and retrieved again: what comes back is what was sent.
void s8(Play& play);
void s9(Play& play);
void s15(Play& play);
/// What the peer counts for each status of ours.
void s24(Play& play);

}  // namespace cxr::storescp::conformance
