#include "conformance/storage_steps.hpp"

#include "conformance/query_steps.hpp"
#include "conformance/retrieve_steps.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp::conformance {

Probe open_storage(Play& play, std::string_view transfer_syntax) {
    play.need_permission_to_store();
    Probe probe = play.open(play.request({sop::secondary_capture}, transfer_syntax));
    if (probe.context(sop::secondary_capture) == 0) {
        throw NotPlayable{fmt::format("the peer does not store in {}", transfer_syntax)};
    }
    return probe;
}

CommandSet store_rq(const Attributes& object) {
    CommandSet command = request_of(CommandField::c_store_rq, sop::secondary_capture);
    command.affected_sop_instance_uid = value_of(object, DCM_SOPInstanceUID);
    return command;
}

Seen stored_with(Probe& probe, const CommandSet& command, const Attributes& object) {
    const std::uint8_t context = probe.context(sop::secondary_capture);
    probe.send(context, command, encoded(object, probe.transfer_syntax(context)));
    return probe.receive();
}

Bytes with_elements(const Attributes& object, std::span<const std::byte> elements) {
    Attributes head = object;
    std::erase_if(head, [](const dicom::Attribute& one) { return one.tag == DCM_PixelData; });
    return encoded(head, syntax::implicit_little) + elements +
           element(0x7FE0'0010, value_of(object, DCM_PixelData));
}

Bytes with_name(const Attributes& object, std::string_view character_set, std::string_view name) {
    Attributes before, after;
    for (const dicom::Attribute& one : object) {
        if (one.tag != DCM_PatientName) {
            (one.tag < DCM_PatientName ? before : after).push_back(one);
        }
    }
    const std::string padded = std::string(name) + (name.size() % 2 == 0 ? "" : " ");
    return element(0x0008'0005, character_set) + encoded(before, syntax::implicit_little) +
           element(0x0010'0010, padded) + encoded(after, syntax::implicit_little);
}

std::size_t found_by_study(Play& play, const Attributes& object) {
    return play
        .find(sop::study_root_find,
              keys("STUDY",
                   {{DCM_StudyInstanceUID, std::string(value_of(object, DCM_StudyInstanceUID))}}))
        .matches.size();
}

std::size_t found_instances(Play& play, const Attributes& object) {
    const HeldInstance one = held_instance(object);
    return play
        .find(sop::study_root_find,
              keys("IMAGE",
                   {{DCM_SOPInstanceUID, one.sop_instance_uid},
                    {DCM_StudyInstanceUID, one.study_instance_uid},
                    {DCM_SeriesInstanceUID, one.series_instance_uid}}))
        .matches.size();
}

std::size_t found_after_most_of(Play& play,
                                const Attributes& object,
                                const std::function<void(Probe&)>& end) {
    play.need(sop::study_root_find);
    const Bytes data = encoded(object, syntax::implicit_little);
    {
        Probe probe = open_storage(play);
        const std::uint8_t context = probe.context(sop::secondary_capture);
        probe.send(p_data(
            context, command_fragment | last_fragment, encode_command_set(store_rq(object))));
        probe.send(p_data(context, data_fragment, std::span(data).first(data.size() - 30)));
        end(probe);
        probe.close();
    }
    return found_by_study(play, object);
}

Attributes returned_object(Play& play, const Attributes& object) {
    play.need(sop::study_root_get);
    const HeldInstance held = held_instance(object);
    Probe getting = open_get(play, {held.sop_class_uid});
    const Retrieval retrieval = play.get(getting, sop::study_root_get, one_instance(held));
    play.expect(retrieval.received.size() == 1,
                "the object back by C-GET",
                fmt::format("{} objects, {}", retrieval.received.size(), retrieval.outcome.text));
    const Received& back = retrieval.received.front();
    const auto* const syntax = dicom::find_transfer_syntax(back.transfer_syntax);
    auto read = dicom::decode_attributes(
        back.data_set, syntax == nullptr ? dicom::implicit_vr_little_endian : *syntax);
    play.expect(read.has_value(), "a data set that can be read", read ? "" : read.error().doing);
    return *std::move(read);
}

std::string element_text(std::uint32_t tag, std::string_view value) {
    const Bytes one = element(tag, value);
    return {reinterpret_cast<const char*>(one.data()), one.size()};
}

Bytes encapsulated(const Attributes& object, std::span<const std::byte> items) {
    Attributes head = object;
    std::erase_if(head, [](const dicom::Attribute& one) { return one.tag == DCM_PixelData; });
    return encoded(head, syntax::explicit_little) +
           bytes({0xE0, 0x7F, 0x10, 0x00, 'O', 'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}) + items;
}

namespace {

/// Stores an object with a private block and an element nobody knows; the answer, and what a C-GET
/// brings back.
struct RoundTrip {
    Seen answer;
    Bytes sent, returned;
    std::string returned_syntax;
};

RoundTrip round_trip(Play& play) {
    play.need(sop::study_root_get);
    const Attributes object = test_object(play, "object");
    RoundTrip trip;
    trip.sent =
        with_elements(object,
                      element(0x0041'0010, "CXR CONFORM ") + element(0x0041'1001, "PRIVATE ") +
                          element(0x0041'1002, "") + element(0x4001'1111, "UNKNOWN "));
    Probe storing = open_storage(play);
    storing.send(storing.context(sop::secondary_capture), store_rq(object), trip.sent);
    trip.answer = storing.receive();
    play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx", trip.answer);
    const HeldInstance held = held_instance(object);
    Probe getting = open_get(play, {held.sop_class_uid});
    const Retrieval retrieval = play.get(getting, sop::study_root_get, one_instance(held));
    play.expect(retrieval.received.size() == 1,
                "the object back by C-GET",
                fmt::format("{} objects, {}", retrieval.received.size(), retrieval.outcome.text));
    trip.returned = retrieval.received.front().data_set;
    trip.returned_syntax = retrieval.received.front().transfer_syntax;
    return trip;
}

/// Elements of the sent that differ in, or are absent from, the returned; trailing padding and
/// group lengths carry no meaning.
struct Differences {
    std::vector<std::string> changed, lost;
    bool originals_kept = false;  ///< Original Attributes Sequence (0400,0561) came back
};

std::string unpadded(std::string value) {
    while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) {
        value.pop_back();
    }
    return value;
}

Differences differences(Play& play, const RoundTrip& trip) {
    const auto before = dicom::decode_attributes(trip.sent, dicom::implicit_vr_little_endian);
    const auto* const returned_syntax = dicom::find_transfer_syntax(trip.returned_syntax);
    const auto after = dicom::decode_attributes(
        trip.returned,
        returned_syntax == nullptr ? dicom::implicit_vr_little_endian : *returned_syntax);
    play.expect(before.has_value() && after.has_value(),
                "a data set that can be read",
                after ? "ours cannot" : after.error().doing);
    Differences found;
    found.originals_kept = dicom::find(*after, DCM_OriginalAttributesSequence) != nullptr;
    for (const dicom::Attribute& one : *before) {
        const dicom::Attribute* now = dicom::find(*after, one.tag);
        if (now == nullptr) {
            found.lost.push_back(name_of(one.tag));
        } else if (unpadded(now->value) != unpadded(one.value)) {
            found.changed.push_back(name_of(one.tag));
        }
    }
    return found;
}

}  // namespace

void s8(Play& play) {
    const RoundTrip trip = round_trip(play);
    const Differences found = differences(play, trip);
    play.expect(found.changed.empty() || trip.answer.status() == 0xB000,
                "nothing changed, or B000",
                fmt::format("{}, changed: {}", trip.answer.text, fmt::join(found.changed, ", ")));
    play.expect(found.changed.empty() || found.originals_kept,
                "the original in (0400,0561)",
                fmt::format("none; changed: {}", fmt::join(found.changed, ", ")));
    play.saw(found.changed.empty() ? "nothing coerced" : trip.answer.text);
}

namespace {

/// Answer to extended negotiation of storage (PS3.4 B.3.1); empty: none.
std::vector<std::uint8_t> told_of_support(Play& play) {
    play.need(sop::secondary_capture);
    pdu::AssociateRQ request = play.request({sop::secondary_capture});
    request.user.extended = {
        {.sop_class_uid = std::string(sop::secondary_capture), .information = {2, 0, 3, 0, 1, 0}}};
    Probe probe = play.open(request);
    const auto& items = probe.answer().user.extended;
    play.expect(items.size() <= 1, "at most one answer", fmt::format("{}", items.size()));
    return items.empty() ? std::vector<std::uint8_t>{} : items.front().information;
}

constexpr std::uint8_t level_2 = 2;

}  // namespace

void s9(Play& play) {
    const auto support = told_of_support(play);
    const RoundTrip trip = round_trip(play);
    const Differences found = differences(play, trip);
    play.expect(found.lost.empty() || trip.answer.status() == 0xB006,
                "nothing discarded, or B006",
                fmt::format("{}, lost: {}", trip.answer.text, fmt::join(found.lost, ", ")));
    play.expect(found.lost.empty() || support.empty() || support[0] != level_2,
                "nothing discarded by who says level 2",
                fmt::format("lost: {}", fmt::join(found.lost, ", ")));
    play.saw(found.lost.empty() ? "nothing discarded" : trip.answer.text);
}

void s26(Play& play) {
    const auto said = told_of_support(play);
    if (said.empty()) {
        play.saw("not answered");
        return;
    }
    const std::string text = fmt::format("bytes {}", fmt::join(said, " "));
    play.expect(said.size() == 6 && said[0] <= 3 && said[2] <= 3 && said[4] <= 2,
                "six bytes: level 0 to 3, signature level 0 to 3, coercion 0 to 2",
                text);
    if (!play.settings().may_store || !play.offers(sop::study_root_get)) {
        play.saw(text);
        return;
    }
    const RoundTrip trip = round_trip(play);
    const Differences found = differences(play, trip);
    play.expect(said[0] != level_2 || found.lost.empty(),
                "level 2, and nothing discarded",
                fmt::format("{}; lost: {}", text, fmt::join(found.lost, ", ")));
    play.expect(said[4] != 0 || found.changed.empty(),
                "coercion 0, and nothing coerced",
                fmt::format("{}; changed: {}", text, fmt::join(found.changed, ", ")));
    play.saw(text + ", as what comes back shows");
}

void s15(Play& play) {
    const Differences found = differences(play, round_trip(play));
    play.expect(
        found.lost.empty() && found.changed.empty(),
        "every element as it came",
        fmt::format(
            "lost: {}; changed: {}", fmt::join(found.lost, ", "), fmt::join(found.changed, ", ")));
    play.saw("private and unknown elements as they came");
}

void s24(Play& play) {
    const HeldInstance held = play.held();
    struct Counted {
        std::uint16_t status;
        const char* as;
        const char* final;
    };
    constexpr const char* failure = "C-GET-RSP A702 or C-GET-RSP Cxxx";
    for (const auto& [status, as, final] : {Counted{0x0000, "completed", "C-GET-RSP 0000"},
                                            Counted{0xB000, "warning", "C-GET-RSP B000"},
                                            Counted{0xB006, "warning", "C-GET-RSP B000"},
                                            Counted{0xB007, "warning", "C-GET-RSP B000"},
                                            Counted{0xA700, "failed", failure},
                                            Counted{0xA900, "failed", failure},
                                            Counted{0xC000, "failed", failure},
                                            Counted{0x0124, "failed", failure},
                                            Counted{0x0210, "failed", failure},
                                            Counted{0x1234, "failed", failure}}) {
        Probe probe = open_get(play, {held.sop_class_uid});
        const Retrieval retrieval =
            play.get(probe,
                     sop::study_root_get,
                     one_instance(held),
                     [status = status](const Received&, std::size_t) { return status; });
        const std::string seen = fmt::format("{:04X}: {}", status, in_words(retrieval.outcome));
        play.expect(counters(retrieval.outcome) == std::set<std::string>{as},
                    fmt::format("{:04X} counted as {}", status, as),
                    seen);
        play.expect(is_expected(retrieval.outcome.text, final),
                    fmt::format("{:04X}: {}", status, final),
                    seen);
    }
    play.saw(
        "0000 completed; B000, B006, B007 warnings; A700, A900, C000, 0124, 0210, unknown failed");
}

}  // namespace cxr::storescp::conformance
