// Keywords by tag (PS3.6), from the toolkit's dictionary: DICOM JSON has tags alone.
#include "json_writer.hpp"
#include "web/api_json.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>

#include <fmt/format.h>

#include <map>
#include <sstream>

namespace cxr::bridge::web {

namespace {

/// In the order of the tags; without repeating groups and private elements.
std::map<std::string, std::string> keywords() {
    std::map<std::string, std::string> names;
    DcmDataDictionary& dictionary =
        dcmDataDict.wrlock();  // its iterators are not for reading alone
    for (auto entry = dictionary.normalBegin(); entry != dictionary.normalEnd(); ++entry) {
        const DcmDictEntry& known = **entry;
        if (known.getPrivateCreator() == nullptr && known.getGroup() >= 0x0008) {
            names.emplace(fmt::format("{:04X}{:04X}", known.getGroup(), known.getElement()),
                          known.getTagName());
        }
    }
    dcmDataDict.wrunlock();
    return names;
}

}  // namespace

std::string dictionary_json() {
    std::ostringstream text;
    JsonWriter json(text, dicom::JsonLayout::one_line);
    json.open_object();
    for (const auto& [tag, keyword] : keywords()) {
        json.key(tag).value(keyword);
    }
    json.close_object();
    return text.str();
}

}  // namespace cxr::bridge::web
