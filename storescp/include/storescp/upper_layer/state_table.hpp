#pragma once
/// The state transition table of the upper layer protocol (PS3.8 §9.2, table 9-10), with the
/// standard's own numbers. What each action does is in UpperLayer.

#include <cstdint>

namespace cxr::storescp {

/// PS3.8 tables 9-1 to 9-5.
enum class State : std::uint8_t {
    sta1,   ///< idle
    sta2,   ///< transport connection open, awaiting A-ASSOCIATE-RQ PDU
    sta3,   ///< awaiting local A-ASSOCIATE response primitive
    sta4,   ///< awaiting transport connection opening to complete
    sta5,   ///< awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ PDU
    sta6,   ///< association established and ready for data transfer
    sta7,   ///< awaiting A-RELEASE-RP PDU
    sta8,   ///< awaiting local A-RELEASE response primitive
    sta9,   ///< release collision, requestor side: awaiting A-RELEASE response primitive
    sta10,  ///< release collision, acceptor side: awaiting A-RELEASE-RP PDU
    sta11,  ///< release collision, requestor side: awaiting A-RELEASE-RP PDU
    sta12,  ///< release collision, acceptor side: awaiting A-RELEASE response primitive
    sta13,  ///< awaiting transport connection close indication
};

/// The events, in the order of the table's rows.
enum class Evt : std::uint8_t {
    associate_request = 1,    ///< local user
    transport_confirmed = 2,  ///< our connection stands
    associate_ac_pdu = 3,
    associate_rj_pdu = 4,
    transport_indicated = 5,  ///< somebody connected
    associate_rq_pdu = 6,
    associate_accept = 7,  ///< local user
    associate_reject = 8,  ///< local user
    p_data_request = 9,    ///< local user
    p_data_tf_pdu = 10,
    release_request = 11,  ///< local user
    release_rq_pdu = 12,
    release_rp_pdu = 13,
    release_response = 14,  ///< local user
    abort_request = 15,     ///< local user
    abort_pdu = 16,
    transport_closed = 17,
    artim_expired = 18,
    invalid_pdu = 19,  ///< unrecognized or invalid
};

enum class Action : std::uint8_t {
    none,  ///< the table has no entry
    ae1,
    ae2,
    ae3,
    ae4,
    ae5,
    ae6,
    ae7,
    ae8,
    dt1,
    dt2,
    ar1,
    ar2,
    ar3,
    ar4,
    ar5,
    ar6,
    ar7,
    ar8,
    ar9,
    ar10,
    aa1,
    aa2,
    aa3,
    aa4,
    aa5,
    aa6,
    aa7,
    aa8,
};

[[nodiscard]] Action action_for(Evt event, State state);

}  // namespace cxr::storescp
