#include "conformance/query_steps.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace cxr::storescp::conformance {

Attributes the_study(const Play& play, std::initializer_list<Key> more) {
    Attributes identifier = keys("STUDY", {{DCM_StudyInstanceUID, play.held().study_instance_uid}});
    for (const Key& key : more) {
        put(identifier, key.first, key.second);
    }
    return identifier;
}

Attributes all_studies() {
    return keys("STUDY", {{DCM_StudyInstanceUID, ""}});
}

const Attributes& held_study(const Play& play) {
    const std::string& uid = play.held().study_instance_uid;
    const auto& studies = play.known().studies;
    const auto found = std::ranges::find_if(studies, [&](const Attributes& study) {
        return value_of(study, DCM_StudyInstanceUID) == uid;
    });
    if (found == studies.end()) {
        throw NotPlayable{"the peer answers no C-FIND Study Root"};
    }
    return *found;
}

std::string held_value(const Play& play, const DcmTagKey& tag) {
    std::string value(value_of(held_study(play), tag));
    if (value.empty()) {
        throw NotPlayable{fmt::format("the study found has no {}", name_of(tag))};
    }
    return value;
}

std::string name_of(const DcmTagKey& tag) {
    return DcmTag(tag).getTagName();
}

Seen asked(Play& play, std::initializer_list<Key> more) {
    return play.find(sop::study_root_find, the_study(play, more)).outcome;
}

std::string held_time(const Play& play) {
    std::string time = held_value(play, DCM_StudyTime).substr(0, 6);
    time.resize(6, '0');
    return time;
}

Negotiated negotiated(Play& play, std::vector<std::uint8_t> offer) {
    play.need(sop::study_root_find);
    pdu::AssociateRQ request = play.request({sop::study_root_find});
    request.user.extended = {
        {.sop_class_uid = std::string(sop::study_root_find), .information = std::move(offer)}};
    Probe probe = play.open(request);
    const auto& items = probe.answer().user.extended;
    std::vector<std::uint8_t> agreed =
        items.empty() ? std::vector<std::uint8_t>{} : items.front().information;
    return {.probe = std::move(probe), .agreed = std::move(agreed)};
}

bool all_pending(const Answers& answers, std::uint16_t status) {
    return std::ranges::all_of(answers.pending,
                               [&](const Seen& pending) { return pending.status() == status; });
}

std::vector<std::string> values_of(const Answers& answers, const DcmTagKey& tag) {
    std::vector<std::string> values;
    for (const Attributes& match : answers.matches) {
        values.emplace_back(value_of(match, tag));
    }
    std::ranges::sort(values);
    return values;
}

Answers some_answers(Play& play, const Attributes& identifier) {
    Answers answers = play.find(sop::study_root_find, identifier);
    play.expect(!answers.matches.empty() && answers.outcome.status() == 0,
                "at least 1 match",
                answers.outcome.text);
    return answers;
}

std::string expect_never_empty(Play& play,
                               const Answers& answers,
                               const DcmTagKey& tag,
                               const std::set<std::string, std::less<>>& values) {
    std::string first = "absent";
    for (const Attributes& match : answers.matches) {
        const dicom::Attribute* attribute = find(match, tag);
        if (attribute != nullptr) {
            play.expect(
                !attribute->value.empty() && (values.empty() || values.contains(attribute->value)),
                fmt::format("{} absent or with a value it may have", name_of(tag)),
                fmt::format("\"{}\"", attribute->value));
            first = attribute->value;
        }
    }
    return first;
}

std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    const auto is_continuation = [&](std::size_t at) {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    for (; count > 0 && end < text.size(); --count) {
        do {
            ++end;
        } while (is_continuation(end));
    }
    return std::string(text.substr(0, end));
}

std::string in_other_case(std::string text) {
    for (char& letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x80) {
            letter = static_cast<char>(std::isupper(byte) != 0 ? std::tolower(byte)
                                                               : std::toupper(byte));
        }
    }
    return text;
}

void append(std::string& list, std::string_view name, std::string_view seen) {
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", name, seen);
}

}  // namespace cxr::storescp::conformance
