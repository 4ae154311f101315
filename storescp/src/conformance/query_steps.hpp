#pragma once
/// What the dialogues of the query cases have in common.

#include "conformance/play.hpp"

#include <set>

namespace cxr::storescp::conformance {

using dicom::find;
using dicom::put;
using dicom::value_of;

inline constexpr std::string_view no_match = "C-FIND-RSP 0000";
inline constexpr std::string_view one_match = "1 match, C-FIND-RSP 0000";
inline constexpr std::string_view refused = "C-FIND-RSP A900";
/// Refused, or ended where the hierarchical search ends (PS3.4 C.4.1.3.1.1).
inline constexpr std::string_view refused_or_nothing = "C-FIND-RSP A900 or C-FIND-RSP 0000";
/// The same of a UID that is none, for its wild card: to be unable to process that is right, too
/// (Cxxx, PS3.4 C.4.1.3.1).
inline constexpr std::string_view no_uid = "C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000";
inline constexpr std::string_view not_everything =
    "C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000";
inline constexpr std::string_view any_outcome =
    "C-FIND-RSP A900 or C-FIND-RSP Cxxx or C-FIND-RSP 0000 or 1 match, C-FIND-RSP 0000";

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

/// An association for C-FIND Study Root and what the peer agreed to of this offer (PS3.4 C.5.1).
struct Negotiated {
    Probe probe;
    std::vector<std::uint8_t> agreed;  ///< empty: it did not answer
    /// @param byte as the standard counts them, from 1
    [[nodiscard]] bool agrees(std::size_t byte) const {
        return byte <= agreed.size() && agreed[byte - 1] == 1;
    }
};
[[nodiscard]] Negotiated negotiated(Play& play, std::vector<std::uint8_t> offer);

/// Throws unless there are matches.
[[nodiscard]] Answers some_answers(Play& play, const Attributes& identifier);
/// Absent, or one of the values; never empty. The first one seen.
std::string expect_never_empty(Play& play,
                               const Answers& answers,
                               const DcmTagKey& tag,
                               const std::set<std::string, std::less<>>& values = {});
/// Every pending response has this status, if there are any.
[[nodiscard]] bool all_pending(const Answers& answers, std::uint16_t status);
/// Values of one key, of each match, sorted.
[[nodiscard]] std::vector<std::string> values_of(const Answers& answers, const DcmTagKey& tag);
/// The first so many characters of UTF-8, never a part of one.
[[nodiscard]] std::string first_characters(std::string_view text, std::size_t count);
/// Letters of ASCII in the other case.
[[nodiscard]] std::string in_other_case(std::string text);
/// "a: 1, b: 2", as reports list what was seen of several things.
void append(std::string& list, std::string_view name, std::string_view seen);

// Character sets: in query_character_sets.cpp.
void f21(Play& play);
void f22(Play& play);

}  // namespace cxr::storescp::conformance
