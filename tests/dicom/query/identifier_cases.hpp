#pragma once
/// Identifiers told as tables, and what becomes of each under the three sets of rules.

#include "dicom/query/identifier.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <utility>
#include <vector>

namespace cxr::test {

using namespace cxr::dicom;

inline constexpr auto patient_root = InformationModel::patient_root;
inline constexpr auto study_root = InformationModel::study_root;
inline constexpr auto patient_study_only = InformationModel::patient_study_only;
inline const QueryRules strict{};
inline const QueryRules lenient{.lenient = true, .lenient_values = true};
inline const QueryRules relational{.relational = true};

struct Pair {
    DcmTagKey tag;
    const char* value;
};
using Pairs = std::vector<Pair>;

inline Attributes identifier_of(const char* level, const Pairs& pairs) {
    Attributes identifier;
    if (level != nullptr) {
        put(identifier, DCM_QueryRetrieveLevel, level);
    }
    for (const Pair& pair : pairs) {
        if (dictionary_vr(pair.tag) == VR::SQ) {
            put_sequence(identifier, pair.tag, {});
        } else {
            put(identifier, pair.tag, pair.value);
        }
    }
    return identifier;
}

enum class Expected : std::uint8_t { refused, answered };

/// One identifier, and what becomes of it under each set of rules.
struct Case {
    const char* says;
    InformationModel model;
    const char* level;
    Pairs pairs;
    DcmTagKey element;  ///< the offending one
    Expected when_strict, when_relational, when_lenient;
};
inline std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.says;
}
inline constexpr auto refused = Expected::refused;
inline constexpr auto answered = Expected::answered;

template <typename Parse>
void check_case(const Case& c, Parse parse) {
    const std::pair<const QueryRules*, Expected> outcomes[] = {
        {&strict, c.when_strict}, {&relational, c.when_relational}, {&lenient, c.when_lenient}};
    for (const auto& [rules, expected] : outcomes) {
        const auto parsed = parse(identifier_of(c.level, c.pairs), c.model, *rules);
        BOOST_TEST_CONTEXT("relational " << rules->relational << " lenient " << rules->lenient) {
            BOOST_TEST(parsed.has_value() == (expected == answered));
            if (!parsed) {
                BOOST_TEST((parsed.error().kind == FaultKind::malformed));
                BOOST_TEST_REQUIRE(parsed.error().element.has_value());
                BOOST_TEST(parsed.error().element->toString() == c.element.toString());
            }
        }
    }
}

}  // namespace cxr::test
