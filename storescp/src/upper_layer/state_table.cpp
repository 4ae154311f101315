#include "storescp/upper_layer/state_table.hpp"

#include <array>

namespace cxr::storescp {
namespace {

constexpr std::size_t states = 13;
constexpr std::size_t events = 19;
using enum Action;
constexpr Action nil = Action::none;

// PS3.8 table 9-10. Rows Evt1 to Evt19, columns Sta1 to Sta13.
// clang-format off
constexpr std::array<std::array<Action, states>, events> table{{
    //        1    2    3    4    5    6    7    8    9    10   11   12   13
    /*  1 */ {ae1, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
    /*  2 */ {nil, nil, nil, ae2, nil, nil, nil, nil, nil, nil, nil, nil, nil},
    /*  3 */ {nil, aa1, aa8, nil, ae3, aa8, aa8, aa8, aa8, aa8, aa8, aa8, aa6},
    /*  4 */ {nil, aa1, aa8, nil, ae4, aa8, aa8, aa8, aa8, aa8, aa8, aa8, aa6},
    /*  5 */ {ae5, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
    /*  6 */ {nil, ae6, aa8, nil, aa8, aa8, aa8, aa8, aa8, aa8, aa8, aa8, aa7},
    /*  7 */ {nil, nil, ae7, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
    /*  8 */ {nil, nil, ae8, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil},
    /*  9 */ {nil, nil, nil, nil, nil, dt1, nil, ar7, nil, nil, nil, nil, nil},
    /* 10 */ {nil, aa1, aa8, nil, aa8, dt2, ar6, aa8, aa8, aa8, aa8, aa8, aa6},
    /* 11 */ {nil, nil, nil, nil, nil, ar1, nil, nil, nil, nil, nil, nil, nil},
    /* 12 */ {nil, aa1, aa8, nil, aa8, ar2, ar8, aa8, aa8, aa8, aa8, aa8, aa6},
    /* 13 */ {nil, aa1, aa8, nil, aa8, aa8, ar3, aa8, aa8, ar10, ar3, aa8, aa6},
    /* 14 */ {nil, nil, nil, nil, nil, nil, nil, ar4, ar9, nil, nil, ar4, nil},
    /* 15 */ {nil, nil, aa1, aa2, aa1, aa1, aa1, aa1, aa1, aa1, aa1, aa1, nil},
    /* 16 */ {nil, aa2, aa3, nil, aa3, aa3, aa3, aa3, aa3, aa3, aa3, aa3, aa2},
    /* 17 */ {nil, aa5, aa4, aa4, aa4, aa4, aa4, aa4, aa4, aa4, aa4, aa4, ar5},
    /* 18 */ {nil, aa2, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, aa2},
    /* 19 */ {nil, aa1, aa8, nil, aa8, aa8, aa8, aa8, aa8, aa8, aa8, aa8, aa7},
}};
// clang-format on

}  // namespace

Action action_for(Evt event, State state) {
    return table.at(static_cast<std::size_t>(event) - 1).at(static_cast<std::size_t>(state));
}

}  // namespace cxr::storescp
