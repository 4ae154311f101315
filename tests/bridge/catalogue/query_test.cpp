// What the catalogue answers beside what the pure matching rules say, on generated catalogues and
// generated identifiers (PS3.4 C.2.2.2, C.4.1.1.3).
#include "bridge/catalogue/catalogue.hpp"
#include "bridge/catalogue/generated_folder.hpp"
#include "bridge/catalogue/generated_objects.hpp"
#include "bridge/catalogue/queries.hpp"
#include "bridge/catalogue/query_oracle.hpp"
#include "support/folders.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using dicom::InformationModel;
using dicom::Matching;
using dicom::QueryIdentifier;
using dicom::QueryLevel;

namespace {

class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    unsigned below(std::size_t limit) { return static_cast<unsigned>(random_() % limit); }
    bool once_in(unsigned times) { return below(times) == 0; }

    /// A query whose keys come from what is there, bent a little.
    QueryIdentifier identifier(const QueryOracle& oracle) {
        QueryIdentifier identifier;
        identifier.model =
            once_in(2) ? InformationModel::patient_root : InformationModel::study_root;
        const auto top = static_cast<unsigned>(dicom::top_level(identifier.model));
        identifier.level = static_cast<QueryLevel>(top + below(4 - top));
        identifier.combined_date_time = once_in(4);
        if (once_in(4)) {
            identifier.timezone = {.asked_minutes = 60 * static_cast<int>(below(15)) - 90,
                                   .unknown_minutes = 60};
        }
        const bool fuzzy = once_in(3);
        const bool unknown_matches = once_in(3);
        const std::vector<OracleRow> rows = oracle.rows(identifier.level);
        for (const dicom::SupportedKey& supported : dicom::supported_keys()) {
            if (supported.level > identifier.level || once_in(2)) {
                continue;
            }
            dicom::QueryKey key{.supported = &supported, .value = {}, .sequence_keys = {}};
            // Few restricting keys, or nothing is ever found.
            if (once_in(6)) {
                restrict(key, rows[below(rows.size())], rows[below(rows.size())]);
            }
            key.wants_empty = key.value.empty() && once_in(15) &&
                              supported.matching != Matching::return_only &&
                              supported.matching != Matching::sequence;
            key.fuzzy = fuzzy && supported.matching == Matching::person_name;
            key.unknown_matches = unknown_matches && supported.type == dicom::KeyType::required;
            identifier.keys.push_back(std::move(key));
        }
        return identifier;
    }

private:
    void restrict(dicom::QueryKey& key, const OracleRow& row, const OracleRow& other) {
        const DcmTagKey& tag = key.supported->tag;
        if (const auto code = row.codes.find(tag); code != row.codes.end()) {
            dicom::put(key.sequence_keys, DCM_CodeValue, once_in(2) ? code->second.value : "");
            if (once_in(2)) {
                dicom::put(key.sequence_keys, DCM_CodeMeaning, bent(code->second.meaning));
            }
            return;
        }
        const std::string value = value_in(row, tag);
        switch (key.supported->matching) {
            case Matching::wild_card:
            case Matching::person_name:
                key.value = bent(value);
                return;
            case Matching::range:
                key.value = range(value, value_in(other, tag));
                return;
            case Matching::uid_list:
                key.value = once_in(2) ? value : value + "\\1.2.3\\" + value_in(other, tag);
                return;
            case Matching::single_value:
                key.value = value;
                return;
            case Matching::sequence:
            case Matching::return_only:
                return;
        }
    }

    static std::string value_in(const OracleRow& row, const DcmTagKey& tag) {
        if (const auto set = row.sets.find(tag); set != row.sets.end() && !set->second.empty()) {
            return *set->second.rbegin();
        }
        const auto value = row.values.find(tag);
        return value != row.values.end() ? value->second : std::string();
    }

    std::string bent(std::string value) {
        const std::size_t at = value.empty() ? 0 : below(value.size());
        const bool ascii = std::ranges::all_of(value, [](char c) { return c > 0; });
        switch (below(7)) {
            case 0:
                return ascii ? value.substr(0, at) + "*" : value + "*";
            case 1:
                return ascii ? "*" + value.substr(at) : "*" + value;
            case 2:
                if (ascii && !value.empty()) {
                    value[at] = '?';
                }
                return value;
            case 3:
                std::ranges::transform(value, value.begin(), [](char c) {
                    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                });
                return value;
            case 4:
                return value + "  ";
            case 5:
                return value.substr(0, value.find('='));
            default:
                return value;
        }
    }

    std::string range(const std::string& first, const std::string& last) {
        switch (below(5)) {
            case 0:
                return first.empty() ? "" : first + "-";
            case 1:
                return last.empty() ? "" : "-" + last;
            case 2:
                return first.empty() || last.empty() ? "" : first + "-" + last;
            case 3:
                return first.empty() || last.empty()
                           ? ""
                           : std::min(first, last) + "-" + std::max(first, last);
            default:
                return first;
        }
    }

    std::mt19937 random_;
};

std::string describe(const QueryIdentifier& identifier) {
    std::string text(dicom::level_name(identifier.level));
    if (identifier.timezone) {
        text += fmt::format(" at {}", identifier.timezone->asked_minutes);
    }
    for (const dicom::QueryKey& key : identifier.keys) {
        text += fmt::format(" ({:04x},{:04x})={}",
                            key.supported->tag.getGroup(),
                            key.supported->tag.getElement(),
                            key.wants_empty ? "(empty)" : key.value);
        for (const dicom::Attribute& nested : key.sequence_keys) {
            text += ">" + nested.value;
        }
    }
    return text;
}

std::set<std::string> values_of(const std::string& joined) {
    std::set<std::string> values;
    std::size_t from = 0;
    while (from <= joined.size()) {
        const std::size_t end = std::min(joined.find('\\', from), joined.size());
        if (end > from) {
            values.insert(joined.substr(from, end - from));
        }
        from = end + 1;
    }
    return values;
}

/// All that a match must say of a requested key; multi-valued ones in any order.
std::string expected(const OracleRow& row, const DcmTagKey& tag) {
    std::string text;
    if (const auto set = row.sets.find(tag); set != row.sets.end()) {
        for (const std::string& value : set->second) {
            text += value.empty() ? "" : value + "\\";
        }
    } else if (const auto code = row.codes.find(tag); code != row.codes.end()) {
        text = code->second.value;
    } else if (const auto value = row.values.find(tag); value != row.values.end()) {
        text = value->second;
    }
    return text;
}

std::string answered(const OracleRow& row, const dicom::Attributes& match, const DcmTagKey& tag) {
    const dicom::Attribute* found = dicom::find(match, tag);
    BOOST_REQUIRE(found != nullptr);
    if (row.sets.contains(tag)) {
        std::string text;
        for (const std::string& value : values_of(found->value)) {
            text += value + "\\";
        }
        return text;
    }
    if (row.codes.contains(tag)) {
        const dicom::Attribute* code =
            found->items.empty() ? nullptr : dicom::find(found->items[0], DCM_CodeValue);
        return code != nullptr ? code->value : std::string();
    }
    return found->value;
}

/// A match as one text, and the row that it should be as another.
std::string signature(const QueryIdentifier& identifier,
                      const OracleRow& row,
                      const dicom::Attributes* match) {
    std::string text;
    for (auto level = static_cast<int>(dicom::top_level(identifier.model));
         level <= static_cast<int>(identifier.level);
         ++level) {
        const DcmTagKey tag = dicom::unique_key(static_cast<QueryLevel>(level));
        text += (match != nullptr ? answered(row, *match, tag) : expected(row, tag)) + "|";
    }
    for (const dicom::QueryKey& key : identifier.keys) {
        const DcmTagKey& tag = key.supported->tag;
        text += (match != nullptr ? answered(row, *match, tag) : expected(row, tag)) + "|";
    }
    const std::string availability = match != nullptr
                                         ? text_of(*match, DCM_InstanceAvailability)
                                         : std::string(row.offline ? "OFFLINE" : "ONLINE");
    return text + availability;
}

/// How many match.
std::size_t compare(Catalogue& catalogue,
                    const QueryOracle& oracle,
                    const QueryIdentifier& identifier) {
    std::size_t matching = 0;
    BOOST_TEST_CONTEXT(describe(identifier)) {
        const std::vector<OracleRow> rows = oracle.matches(identifier);
        const std::vector<dicom::Attributes> matches = find_all(catalogue, identifier);
        BOOST_REQUIRE_EQUAL(matches.size(), rows.size());
        matching = rows.size();
        std::multiset<std::string> expected_ones, answered_ones;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            expected_ones.insert(signature(identifier, rows[i], nullptr));
            answered_ones.insert(signature(identifier, rows[i], &matches[i]));
            BOOST_TEST(std::ranges::is_sorted(matches[i], {}, &dicom::Attribute::tag));
        }
        BOOST_TEST((expected_ones == answered_ones));
    }
    return matching;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_c_2_2_2_sql_answers_as_the_matching_rules_do)

BOOST_DATA_TEST_CASE(on_generated_catalogues, boost::unit_test::data::make({1U, 2U, 3U}), seed) {
    const TemporaryFolder state;
    CatalogueSettings settings;
    settings.file = state / "catalogue.sqlite";
    settings.list_missing_images = seed % 2 == 0;
    const auto catalogue = need(Catalogue::open(settings));
    DataSetFolder folder = generated_folder(40, seed);
    if (settings.list_missing_images) {
        folder.images.erase(folder.records[5].row.image_index);
    }
    need(catalogue->synchronise(folder));
    std::vector<OracleObject> objects = made_objects(folder);
    for (const ReceivedObject& received : generated_objects(folder, 60, seed)) {
        need(catalogue->add_received(received, false));
        objects.push_back({.patient = received.patient,
                           .study = received.study,
                           .series = received.series,
                           .instance = received.instance,
                           .transfer_syntax_uid = received.transfer_syntax_uid});
    }
    const QueryOracle oracle(std::move(objects));
    Generator generator(seed);
    std::size_t found = 0;
    for (int i = 0; i < 250; ++i) {
        found += compare(*catalogue, oracle, generator.identifier(oracle)) > 0 ? 1U : 0U;
    }
    BOOST_TEST(found > 60U);  // the comparison is worth something
}

BOOST_AUTO_TEST_SUITE_END()
