#pragma once
/// The catalogue's contents as plain values, and what a query of them must answer by the pure
/// matching rules alone (PS3.4 C.2.2.2): the oracle for the catalogue's SQL.

#include "bridge/catalogue/catalogue.hpp"
#include "dicom/query/identifier.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cxr::test {

/// One made or received instance with the entities above it.
struct OracleObject {
    dicom::PatientEntity patient;
    dicom::StudyEntity study;
    dicom::SeriesEntity series;
    dicom::InstanceEntity instance;
    std::string transfer_syntax_uid = "1.2.840.10008.1.2.1";
    bool offline = false;
};

/// Values of one match by tag; code sequences apart; of several values each.
struct OracleRow {
    std::map<DcmTagKey, std::string> values;
    std::map<DcmTagKey, std::set<std::string>> sets;
    std::map<DcmTagKey, dicom::CodedConcept> codes;
    bool offline = false;
};

class QueryOracle {
public:
    /// Objects in the order in which they were catalogued: earlier ones decide to whom a study
    /// belongs and what a patient is called.
    explicit QueryOracle(std::vector<OracleObject> objects);

    /// Every entity of a level, with all that can be asked about it and the levels above.
    [[nodiscard]] std::vector<OracleRow> rows(dicom::QueryLevel level) const;
    [[nodiscard]] std::vector<OracleRow> matches(const dicom::QueryIdentifier& identifier) const;

private:
    std::vector<OracleObject> objects_;  // with the entities that they were catalogued under
};

[[nodiscard]] OracleObject made_object(const dicom::ImageRecord& record, dicom::DerivedKind kind);
[[nodiscard]] std::vector<OracleObject> made_objects(const bridge::DataSetFolder& folder);

}  // namespace cxr::test
