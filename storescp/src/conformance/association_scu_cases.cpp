// A18 and A32: the peer as the one who asks for the association, seen from our listener.

#include "conformance/cases.hpp"
#include "conformance/retrieve_steps.hpp"

namespace cxr::storescp::conformance {

void a18(Play& play) {
    const MoveResult moved =
        move_to_us(play, whole_study(play.held()), {.accept = {std::string(sop::verification)}});
    play.expect(!moved.visits.empty(), "an association with us", in_words(moved.retrieval.outcome));
    play.expect(moved.retrieval.outcome.message.has_value(),
                "a final response",
                moved.retrieval.outcome.text);
    // That it counts and lists them is R2's.
    expect_status(play, "C-MOVE-RSP A702 or C-MOVE-RSP Cxxx", moved.retrieval);
    play.expect(moved.retrieval.received.empty() &&
                    !counters(moved.retrieval.outcome).contains("completed"),
                "a failure, and nothing sent",
                in_words(moved.retrieval.outcome));
    play.saw("contexts refused with a transfer syntax that is none: " +
             in_words(moved.retrieval.outcome));
}

void a32(Play& play) {
    const MoveResult moved =
        move_to_us(play, whole_study(play.held()), {.collide_at_release = true});
    play.expect(!moved.visits.empty(), "an association with us", in_words(moved.retrieval.outcome));
    // It may also abort before it would release.
    const std::string& end = moved.visits.back().end;
    play.expect(end == "collision: A-RELEASE-RP, connection closed",
                "A-RELEASE-RP to our A-RELEASE-RQ, then the close",
                end);
    play.saw("A-RELEASE-RP to our A-RELEASE-RQ, then the close");
}

}  // namespace cxr::storescp::conformance
