#pragma once
/// What the dialogues of the storage cases have in common, and those that also retrieve.

#include "conformance/test_objects.hpp"

namespace cxr::storescp::conformance {

inline constexpr std::string_view stored_somehow = "C-STORE-RSP 0000 or C-STORE-RSP Bxxx";

/// An association for Secondary Capture. NotPlayable without permission to store, or where this
/// transfer syntax is not accepted.
[[nodiscard]] Probe open_storage(Play& play,
                                 std::string_view transfer_syntax = syntax::implicit_little);
[[nodiscard]] CommandSet store_rq(const Attributes& object);
/// The object with a command that may tell another story.
[[nodiscard]] Seen stored_with(Probe& probe, const CommandSet& command, const Attributes& object);
/// The object in Implicit VR, with these elements before its pixel data.
[[nodiscard]] Bytes with_elements(const Attributes& object, std::span<const std::byte> elements);
/// The object in Implicit VR, its patient's name these bytes of this Specific Character Set.
[[nodiscard]] Bytes with_name(const Attributes& object,
                              std::string_view character_set,
                              std::string_view name);
/// What a C-GET brings back of it, read. Deviation: nothing, or nothing that can be read.
/// NotPlayable: no C-GET.
[[nodiscard]] Attributes returned_object(Play& play, const Attributes& object);
/// element() as the value of another one.
[[nodiscard]] std::string element_text(std::uint32_t tag, std::string_view value);
/// How many studies, and instances, a C-FIND has for this object.
[[nodiscard]] std::size_t found_by_study(Play& play, const Attributes& object);
[[nodiscard]] std::size_t found_instances(Play& play, const Attributes& object);
/// Stores most of the object, then ends as `end` does: how many studies a C-FIND has for it.
[[nodiscard]] std::size_t found_after_most_of(Play& play,
                                              const Attributes& object,
                                              const std::function<void(Probe&)>& end);

/// The object in Explicit VR, the value of its pixel data these items (PS3.5 A.4).
[[nodiscard]] Bytes encapsulated(const Attributes& object, std::span<const std::byte> items);

// How data sets are encoded: in storage_encodings.cpp.
void s6(Play& play);
void s16(Play& play);
void s17(Play& play);
void s18(Play& play);
void s19(Play& play);
// Stored and retrieved again: what comes back is what was sent.
void s8(Play& play);
void s9(Play& play);
void s15(Play& play);
void s26(Play& play);
/// What the peer counts for each status of ours.
void s24(Play& play);

}  // namespace cxr::storescp::conformance
