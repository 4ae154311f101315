// RowWriter's removals: what is made goes, what others sent stays.

#include "catalogue/row_writer.hpp"
#include "catalogue/schema.hpp"
#include "catalogue/statements.hpp"

#include <fmt/format.h>

namespace cxr::bridge {

using dicom::DerivedKind;
using dicom::Result;

Result<void> RowWriter::quarantine(std::int64_t study, std::string_view why) {
    if (auto marked =
            sqlite::run(connection_, "UPDATE image SET damage = ? WHERE study = ?", why, study);
        !marked || connection_.changes() == 0) {
        return marked;
    }
    const std::int64_t series =
        schema::first_series(study) + made_series_number(DerivedKind::image);
    return remove_made_series(series, series);
}

Result<void> RowWriter::remove_made_series(std::int64_t first, std::int64_t last) {
    if (auto gone = sqlite::run(connection_,
                                "DELETE FROM instance WHERE id BETWEEN ?1 AND ?2 AND id NOT IN("
                                "SELECT instance FROM received WHERE instance BETWEEN ?1 AND ?2)",
                                schema::first_instance(first),
                                schema::last_instance(last));
        !gone) {
        return gone.error();
    }
    return sqlite::run(connection_,
                       "DELETE FROM series WHERE id BETWEEN ?1 AND ?2 AND NOT EXISTS("
                       "SELECT 1 FROM instance WHERE instance.id BETWEEN series.id << ?3"
                       " AND ((series.id + 1) << ?3) - 1)",
                       first,
                       last,
                       schema::instance_bits);
}

Result<void> RowWriter::remove_made(std::int64_t study) {
    const std::int64_t first = schema::first_series(study);
    if (auto gone = remove_made_series(first, first + last_made_series_number); !gone) {
        return gone.error();
    }
    if (auto gone = sqlite::run(connection_, "DELETE FROM image WHERE study = ?", study); !gone) {
        return gone.error();
    }
    return remove_study_if_empty(study);
}

Result<void> RowWriter::remove_all_made() {
    // Without a WHERE a table is emptied page by page: the usual case, nothing received.
    auto received = connection_.integer("SELECT count(*) FROM received");
    if (!received) {
        return received.error();
    }
    if (*received == 0) {
        return connection_.execute(
            "DELETE FROM instance; DELETE FROM series; DELETE FROM image; DELETE FROM study; "
            "DELETE FROM patient; DELETE FROM patient_name");
    }
    return connection_.execute(
        fmt::format("DELETE FROM instance WHERE id NOT IN (SELECT instance FROM received);"
                    "DELETE FROM series WHERE (id & {}) <= {}"
                    " AND id NOT IN (SELECT instance >> {} FROM received);"
                    "DELETE FROM image;"
                    "DELETE FROM study WHERE id NOT IN (SELECT id >> {} FROM series);"
                    "DELETE FROM patient WHERE id NOT IN (SELECT patient FROM study);"
                    "DELETE FROM patient_name WHERE patient NOT IN (SELECT id FROM patient)",
                    (1 << schema::series_bits) - 1,
                    last_made_series_number,
                    schema::instance_bits,
                    schema::series_bits));
}

Result<void> RowWriter::remove_study_if_empty(std::int64_t study) {
    auto patient = sqlite::integer(connection_, 0, "SELECT patient FROM study WHERE id = ?", study);
    if (!patient) {
        return patient.error();
    }
    if (auto gone = sqlite::run(connection_,
                                "DELETE FROM study WHERE id = ?1 AND NOT EXISTS("
                                "SELECT 1 FROM series WHERE series.id BETWEEN ?2 AND ?3)",
                                study,
                                schema::first_series(study),
                                schema::last_series(study));
        !gone || connection_.changes() == 0) {
        return gone;
    }
    if (auto gone = sqlite::run(connection_,
                                "DELETE FROM patient WHERE id = ?1 AND NOT EXISTS("
                                "SELECT 1 FROM study WHERE study.patient = ?1)",
                                *patient);
        !gone || connection_.changes() == 0) {
        return gone;
    }
    return sqlite::run(connection_, "DELETE FROM patient_name WHERE patient = ?", *patient);
}

Result<void> RowWriter::remove_instance(std::int64_t instance) {
    const std::int64_t series = schema::series_of(instance);
    if (auto gone = sqlite::run(connection_, "DELETE FROM received WHERE instance = ?", instance);
        !gone) {
        return gone.error();
    }
    if (auto gone = sqlite::run(connection_, "DELETE FROM instance WHERE id = ?", instance);
        !gone) {
        return gone.error();
    }
    if (auto gone = sqlite::run(connection_,
                                "DELETE FROM series WHERE id = ?1 AND NOT EXISTS("
                                "SELECT 1 FROM instance WHERE instance.id BETWEEN ?2 AND ?3)",
                                series,
                                schema::first_instance(series),
                                schema::last_instance(series));
        !gone) {
        return gone.error();
    }
    return remove_study_if_empty(schema::study_of(instance));
}

}  // namespace cxr::bridge
