#include "conformance/query_steps.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace cxr::storescp::conformance
