// S6 and S16–S19: data sets that are encoded as they should not be, or as few others are (PS3.5 §7,
// Annex A).

#include "conformance/query_steps.hpp"
#include "conformance/retrieve_steps.hpp"
#include "conformance/storage_steps.hpp"

#include <fmt/format.h>

namespace cxr::storescp::conformance {

namespace {

/// The object with what is unusual but allowed: a group length, an empty item, an item of
/// undefined length, sequences in sequences, a private block.
Bytes with_unusual_encoding(const Attributes& object) {
    Bytes nested = element(0x0040'0275, 0xFFFF'FFFF, "") + element(0xFFFE'E000, "") +
                   element(0xFFFE'E000, 0xFFFF'FFFF, "");
    constexpr unsigned depth = 12;
    for (unsigned i = 0; i < depth; ++i) {  // lengths, defined and not, in turn
        nested = std::move(nested) + element(0x0040'0440, 0xFFFF'FFFF, "") +
                 element(0xFFFE'E000, 0xFFFF'FFFF, "");
    }
    for (unsigned i = 0; i < depth; ++i) {
        nested = std::move(nested) + element(0xFFFE'E00D, "") + element(0xFFFE'E0DD, "");
    }
    nested = std::move(nested) + element(0xFFFE'E00D, "") + element(0xFFFE'E0DD, "");
    Attributes group_8 = object;
    std::erase_if(group_8, [](const auto& one) { return one.tag.getGroup() != 0x0008; });
    const auto length = encoded(group_8, syntax::implicit_little).size();
    return element(0x0008'0000, ul(static_cast<std::uint32_t>(length))) +
           with_elements(object,
                         nested + element(0x0041'0010, "CXR CONFORM ") +
                             element(0x0041'1001, "UNKNOWN VALUE "));
}

/// In Explicit VR: a sequence sent as UN of undefined length, its item in Implicit VR
/// (PS3.5 6.2.2).
Bytes with_unknown_sequence(const Attributes& object) {
    Attributes head = object;
    std::erase_if(head, [](const auto& one) { return one.tag == DCM_PixelData; });
    Attributes tail;
    dicom::put(tail, DCM_PixelData, dicom::VR::OW, std::string(value_of(object, DCM_PixelData)));
    return encoded(head, syntax::explicit_little) + bytes({0x41, 0, 0x10, 0, 'L', 'O', 12, 0}) +
           bytes("CXR CONFORM ") +
           bytes({0x41, 0, 0x03, 0x10, 'U', 'N', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}) +
           element(0xFFFE'E000, element_text(0x0008'0104, "IN UN ")) + element(0xFFFE'E0DD, "") +
           encoded(tail, syntax::explicit_little);
}

}  // namespace

void s6(Play& play) {
    const Attributes object = test_object(play, "object");
    const Bytes whole = encoded(object, syntax::implicit_little);
    const Bytes truncated(whole.begin(), whole.end() - 20);
    Bytes wrong_length = whole;
    wrong_length[4] = std::byte{0x7F};  // of the first element
    std::string told;
    for (const auto& [says, data] :
         {std::pair<const char*, Bytes>{"truncated", truncated},
          {"wrong length", wrong_length},
          {"wrong transfer syntax", encoded(object, syntax::explicit_little)}}) {
        Probe probe = open_storage(play);
        probe.send(probe.context(sop::secondary_capture), store_rq(object), data);
        play.expect("C-STORE-RSP Cxxx", probe.receive());
        append(told, says, play.last_seen());
        // The rest was read over: the next object is understood.
        play.expect(stored_somehow, play.store(probe, test_object(play, says)));
    }
    play.expect(!play.offers(sop::study_root_find) || found_by_study(play, object) == 0,
                "nothing of it to be found",
                "a match");
    play.saw(told);
}

void s16(Play& play) {
    Probe probe = open_storage(play);
    const Attributes object = test_object(play, "object");
    const Bytes data = element(0x0002'0010, ui(syntax::implicit_little)) +
                       encoded(object, syntax::implicit_little);
    probe.send(probe.context(sop::secondary_capture), store_rq(object), data);
    const Seen answer = probe.receive();
    play.expect("C-STORE-RSP 0000 or C-STORE-RSP Bxxx or C-STORE-RSP Cxxx or C-STORE-RSP A9xx",
                answer);
    if (!is_expected(answer.text, stored_somehow)) {
        play.expect(!play.offers(sop::study_root_find) || found_by_study(play, object) == 0,
                    "refused, and not to be found",
                    "a match");
        play.saw(answer.text + ", and not to be found");
    } else if (play.offers(sop::study_root_get)) {
        // Ours refuses to read a data set of group 0002: stripped, if it can be read.
        static_cast<void>(returned_object(play, object));
        play.saw(answer.text + ", and comes back without");
    }
}

void s17(Play& play) {
    std::string told;
    const auto store =
        [&](const char* says, std::string_view transfer_syntax, Bytes (*data)(const Attributes&)) {
            Probe probe = open_storage(play, transfer_syntax);
            const Attributes object = test_object(play, says);
            probe.send(probe.context(sop::secondary_capture), store_rq(object), data(object));
            play.expect(stored_somehow, probe.receive());
            play.expect(!play.offers(sop::study_root_find) || found_instances(play, object) == 1,
                        fmt::format("{}: found", says),
                        "not found");
            told += fmt::format("{}{}", told.empty() ? "" : ", ", says);
        };
    store("lengths and nesting", syntax::implicit_little, with_unusual_encoding);
    const auto taken = play.known().storage_syntaxes.find(sop::secondary_capture);
    if (taken != play.known().storage_syntaxes.end() &&
        taken->second.contains(std::string(syntax::explicit_little))) {
        store("UN of undefined length", syntax::explicit_little, with_unknown_sequence);
    }
    if (taken != play.known().storage_syntaxes.end() &&
        taken->second.contains(std::string(syntax::deflated))) {
        store("deflated", syntax::deflated, [](const Attributes& object) {
            return encoded(object, syntax::deflated);
        });
    }
    play.saw(told + ": stored and found");
}

namespace {

/// In Explicit VR: items have no VR, so their bytes are those of Implicit VR.
Bytes pixel_item(std::string_view content) {
    return element(0xFFFE'E000, content);
}

Bytes delimiter() {
    return element(0xFFFE'E0DD, "");
}

/// PS3.5 Annex G: one segment of literal runs.
std::string rle_frame(std::string_view pixels) {
    std::string frame = ul(1) + ul(64) + std::string(56, '\0');
    frame += static_cast<char>(pixels.size() - 1);
    frame += pixels;
    return frame.size() % 2 == 0 ? frame : frame + '\0';
}

/// The object's 8 × 8 pixels all 128, as JPEG Lossless SV1: each is as predicted, which is one bit.
std::string jpeg_frame() {
    using namespace std::string_literals;
    return "\xFF\xD8"s +                                                 // SOI
           "\xFF\xC3\0\x0B\x08\0\x08\0\x08\x01\x01\x11\0"s +             // SOF3
           "\xFF\xC4\0\x14\0\x01"s + std::string(15, '\0') + "\0"s +     // DHT: 0 is '0'
           "\xFF\xDA\0\x08\x01\x01\0\x01\0\0"s + std::string(8, '\0') +  // SOS, 64 bits
           "\xFF\xD9\0"s;  // EOI, and padding (PS3.5 A.4)
}

/// Stored, and found where the peer answers queries.
void expect_encapsulated_stored(Play& play,
                                std::string_view transfer_syntax,
                                const Attributes& object,
                                const Bytes& items) {
    Probe probe = open_storage(play, transfer_syntax);
    probe.send(
        probe.context(sop::secondary_capture), store_rq(object), encapsulated(object, items));
    play.expect(stored_somehow, probe.receive());
    play.expect(!play.offers(sop::study_root_find) || found_instances(play, object) == 1,
                "found",
                "not found");
}

void expect_encapsulated_refused(Play& play, const char* says, const Bytes& items) {
    const Attributes object = test_object(play, says);
    Probe probe = open_storage(play, syntax::rle);
    probe.send(
        probe.context(sop::secondary_capture), store_rq(object), encapsulated(object, items));
    const Seen answer = probe.receive();
    play.expect(is_expected(answer.text, "C-STORE-RSP Cxxx"),
                fmt::format("{}: C-STORE-RSP Cxxx", says),
                answer.text);
    play.expect(!play.offers(sop::study_root_find) || found_by_study(play, object) == 0,
                "nothing to be found of what was refused",
                "a match");
}

/// The compressed stream that a C-GET in this transfer syntax brings, its fragments joined; empty
/// where the peer gives none in it.
std::string returned_stream(Play& play, const Attributes& object, std::string_view syntax) {
    if (!play.offers(sop::study_root_get)) {
        return {};
    }
    pdu::AssociateRQ request = get_request(play, {std::string(sop::secondary_capture)}, true);
    for (ProposedContext& context : request.contexts) {
        if (context.abstract_syntax == sop::secondary_capture) {
            context.transfer_syntaxes = {std::string(syntax)};
        }
    }
    Probe getting = play.open(request);
    const Retrieval retrieval =
        play.get(getting, sop::study_root_get, one_instance(held_instance(object)));
    if (retrieval.received.size() != 1) {
        return {};
    }
    const Bytes& data = retrieval.received.front().data_set;
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    constexpr std::string_view pixel_data{"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF", 12};
    constexpr std::size_t item_header_bytes = 8;
    std::string stream;
    bool is_table = true;
    for (std::size_t at = text.rfind(pixel_data) + pixel_data.size();
         at + item_header_bytes <= text.size();) {
        std::size_t length = 0;
        for (const std::size_t byte : {7U, 6U, 5U, 4U}) {
            length = length << 8U | static_cast<unsigned char>(text[at + byte]);
        }
        at += item_header_bytes;
        length = std::min(length, text.size() - at);
        stream += is_table ? std::string_view() : text.substr(at, length);
        is_table = false;
        at += length;
    }
    return stream;
}

/// RLE keeps a frame in one fragment (PS3.5 A.4.2), so the frame in several is of JPEG (A.4.1).
std::string expect_fragments_joined(Play& play) {
    const std::string frame = jpeg_frame();
    constexpr std::size_t first_bytes = 20;
    const Bytes fragments = pixel_item(std::string_view(frame).substr(0, first_bytes)) +
                            pixel_item(std::string_view(frame).substr(first_bytes)) + delimiter();
    std::string told = "a frame in two fragments stored";
    for (const auto& [says, table] :
         {std::pair<const char*, std::string>{"fragments", ""}, {"fragments of a table", ul(0)}}) {
        const Attributes object = test_object(play, says);
        expect_encapsulated_stored(
            play, syntax::jpeg_lossless, object, pixel_item(table) + fragments);
        const std::string stream = returned_stream(play, object, syntax::jpeg_lossless);
        if (!stream.empty()) {
            play.expect(stream == frame,
                        fmt::format("the {} bytes of both fragments back", frame.size()),
                        fmt::format("{} bytes", stream.size()));
            told = "a frame in two fragments stored and returned whole";
        }
    }
    return told;
}

}  // namespace

void s18(Play& play) {
    play.need_permission_to_store();
    const auto found = play.known().storage_syntaxes.find(sop::secondary_capture);
    const auto takes = [&](std::string_view syntax) {
        return found != play.known().storage_syntaxes.end() &&
               found->second.contains(std::string(syntax));
    };
    std::string told;
    if (takes(syntax::rle)) {
        const Attributes with_table = test_object(play, "filled");
        const std::string frame = rle_frame(value_of(with_table, DCM_PixelData));
        expect_encapsulated_stored(
            play, syntax::rle, with_table, pixel_item(ul(0)) + pixel_item(frame) + delimiter());
        expect_encapsulated_stored(play,
                                   syntax::rle,
                                   test_object(play, "empty"),
                                   pixel_item("") + pixel_item(frame) + delimiter());
        expect_encapsulated_refused(play, "without delimiter", pixel_item("") + pixel_item(frame));
        expect_encapsulated_refused(
            play,
            "odd",
            pixel_item("") + pixel_item(frame.substr(0, frame.size() - 1)) + delimiter());
        told = "empty and filled offset tables stored; without delimiter, or odd: refused";
    }
    if (takes(syntax::jpeg_lossless)) {
        told += (told.empty() ? "" : "; ") + expect_fragments_joined(play);
    }
    if (told.empty()) {
        throw NotPlayable{"the peer stores neither in RLE nor in JPEG Lossless"};
    }
    play.saw(told);
}

void s19(Play& play) {
    const Attributes object = test_object(play, "object");
    const Bytes data = encoded(object, syntax::implicit_little);
    // Of undefined length: Patient Comments (LT), which cannot be, in its place before the study.
    Attributes patient = object, study = object;
    std::erase_if(patient, [](const auto& one) { return !(one.tag < DCM_PatientComments); });
    std::erase_if(study, [](const auto& one) { return one.tag < DCM_PatientComments; });
    const Bytes undefined = encoded(patient, syntax::implicit_little) +
                            element(0x0010'4000, 0xFFFF'FFFF, "no such thing ") +
                            encoded(study, syntax::implicit_little);
    // Nearly 4 GiB announced, a few bytes sent.
    Attributes head = object;
    std::erase_if(head, [](const auto& one) { return one.tag == DCM_PixelData; });
    const Bytes huge =
        encoded(head, syntax::implicit_little) + element(0x7FE0'0010, 0xFFFF'FFFE, "pixels");
    std::string told;
    for (const auto& [says, bytes] :
         {std::pair<const char*, const Bytes*>{"undefined", &undefined}, {"4 GiB", &huge}}) {
        Probe probe = open_storage(play);
        probe.send(probe.context(sop::secondary_capture), store_rq(object), *bytes);
        play.expect("C-STORE-RSP xxxx or A-ABORT 0/x or A-ABORT 2/x or connection closed",
                    probe.receive());
        append(told, says, play.last_seen());
    }
    play.expect_alive();
    play.saw(told);
}

}  // namespace cxr::storescp::conformance
