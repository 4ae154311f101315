#include "statement/statement_tables.hpp"

#include "dicom/codec/codec.hpp"
#include "dicom/core/character_set.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace cxr::bridge {
namespace {

std::string name_of_uid(const std::string& uid) {
    const char* name = dcmFindNameOfUID(uid.c_str());
    return name == nullptr ? uid : name;
}

std::string names_of(const std::vector<std::string>& transfer_syntax_uids) {
    std::vector<std::string_view> names;
    for (const std::string& uid : transfer_syntax_uids) {
        const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(uid);
        names.push_back(syntax == nullptr ? std::string_view(uid) : syntax->keyword);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

const char* name_of(dicom::Matching matching) {
    switch (matching) {
        case dicom::Matching::single_value:
            return "single value";
        case dicom::Matching::uid_list:
            return "list of UID";
        case dicom::Matching::wild_card:
            return "wild card";
        case dicom::Matching::person_name:
            return "wild card, without case and accents";
        case dicom::Matching::range:
            return "range";
        case dicom::Matching::sequence:
            return "sequence";
        case dicom::Matching::return_only:
            return "universal only";
    }
    return "";
}

const char* name_of(dicom::KeyType type) {
    switch (type) {
        case dicom::KeyType::unique:
            return "unique";
        case dicom::KeyType::required:
            return "required";
        case dicom::KeyType::optional:
            return "optional";
    }
    return "";
}

/// key = value lines below [section], as config::show() writes them.
std::string value_in(const std::string& shown, const config::KeyInfo& key) {
    const std::size_t section = shown.find('[' + key.section + "]\n");
    if (section == std::string::npos) {
        return {};
    }
    const std::string begin = '\n' + key.name + " = ";
    const std::size_t end_of_section = shown.find("\n[", section);
    const std::size_t at = shown.find(begin, section);
    if (at == std::string::npos || at > end_of_section) {
        return {};
    }
    const std::size_t value = at + begin.size();
    return shown.substr(value, shown.find('\n', value) - value);
}

}  // namespace

TextTable network_services(const storescp::AcceptableContexts& contexts) {
    TextTable table{.header = {"SOP class", "UID", "User (SCU)", "Provider (SCP)"}, .rows = {}};
    std::size_t storage = 0;
    for (const auto& [uid, entry] : contexts.by_abstract_syntax) {
        if (entry.storage) {
            ++storage;
            continue;
        }
        const bool echo = entry.needs == storescp::Permission::echo;
        const bool commit = entry.needs == storescp::Permission::commit;
        table.rows.push_back({name_of_uid(uid), uid, echo || commit ? "yes" : "no", "yes"});
    }
    table.rows.push_back(
        {fmt::format("{} storage SOP classes", storage), "see the table below", "yes", "yes"});
    return table;
}

TextTable accepted_contexts(const storescp::AcceptableContexts& contexts, bool storage) {
    TextTable table{.header = {"Abstract syntax", "UID", "Transfer syntaxes", "Roles", "Extended"},
                    .rows = {}};
    for (const auto& [uid, entry] : contexts.by_abstract_syntax) {
        if (entry.storage == storage) {
            table.rows.push_back(
                {name_of_uid(uid),
                 '`' + uid + '`',
                 storage ? "all" : names_of(entry.transfer_syntaxes),
                 storage ? "SCP; SCU for C-GET" : "SCP",
                 fmt::format("{}", fmt::join(entry.extended_negotiation_supported, " "))});
        }
    }
    return table;
}

TextTable transfer_syntaxes() {
    TextTable table{.header = {"Transfer syntax", "UID", "Images are made in it"}, .rows = {}};
    for (const dicom::TransferSyntax& syntax : dicom::all_transfer_syntaxes()) {
        const bool is_decoded = dicom::transcodable_to(syntax).size() > 1;
        table.rows.push_back({std::string(syntax.keyword),
                              '`' + std::string(syntax.uid) + '`',
                              syntax.encodable ? "yes"
                              : is_decoded     ? "no: passed on as received, or decoded"
                                               : "no: passed on as received"});
    }
    return table;
}

TextTable query_keys(dicom::InformationModel model) {
    TextTable table{.header = {"Level", "Attribute", "Tag", "VR", "Type", "Matching"}, .rows = {}};
    for (const dicom::SupportedKey& key : dicom::supported_keys()) {
        DcmTag tag(key.tag);
        const auto vr = static_cast<std::uint16_t>(key.vr);
        table.rows.push_back({std::string(dicom::level_name(dicom::level_in(key, model))),
                              tag.getTagName(),
                              fmt::format("({:04X},{:04X})", tag.getGroup(), tag.getElement()),
                              {static_cast<char>(vr >> 8U), static_cast<char>(vr & 0xFFU)},
                              name_of(dicom::type_in(key, model)),
                              name_of(key.matching)});
    }
    const auto order = [](const std::vector<std::string>& row) {
        constexpr std::string_view levels[] = {"PATIENT", "STUDY", "SERIES", "IMAGE"};
        return std::ranges::find(levels, row.front()) - std::begin(levels);
    };
    std::ranges::stable_sort(table.rows, {}, order);
    return table;
}

TextTable statuses(std::span<const storescp::StatusMeaning> meanings) {
    TextTable table{.header = {"Status", "Meaning", "Sent when"}, .rows = {}};
    for (const storescp::StatusMeaning& meaning : meanings) {
        table.rows.push_back({fmt::format("{:04X}H", meaning.code),
                              std::string(meaning.name),
                              std::string(meaning.when)});
    }
    return table;
}

TextTable character_sets() {
    TextTable table{.header = {"Defined term"}, .rows = {}};
    for (const std::string_view term : dicom::supported_character_sets()) {
        table.rows.push_back({term.empty() ? "none: ISO-IR 6" : std::string(term)});
    }
    return table;
}

TextTable configuration_parameters(const config::Config& config) {
    config::Config told = config;
    told.state.path.clear();
    told.data_set.path.clear();
    const std::string shown = config::show(told);
    TextTable table{.header = {"Key", "Allowed", "Default", "In force"}, .rows = {}};
    for (const config::KeyInfo& key : config::known_keys()) {
        const std::string value = value_in(shown, key);
        table.rows.push_back({'`' + key.section + '.' + key.name + '`',
                              key.allowed,
                              '`' + key.default_literal + '`',
                              value.empty() || value == "\"\"" ? "" : '`' + value + '`'});
    }
    return table;
}

}  // namespace cxr::bridge
