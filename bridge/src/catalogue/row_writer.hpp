#pragma once
/// Inserts, updates and removes rows of the four levels inside the caller's transaction. Rules of
/// belonging (documented in docs/operating.md):
///  - a patient is (Patient ID, Issuer of Patient ID); the first object decides its other
///    attributes, except that the data set always decides those of its own patients;
///  - a study belongs to the patient with which it came first, whatever a later object says, except
///    that the data set decides for its own studies;
///  - a series belongs to the study in which its object came: the same UID in two studies is two
///    series.

#include "catalogue/made_rows.hpp"
#include "catalogue/sqlite.hpp"

#include <array>
#include <map>
#include <unordered_map>

namespace cxr::bridge {

enum class OnExisting : std::uint8_t { keep, update };

class RowWriter {
public:
    explicit RowWriter(sqlite::Connection& connection) : connection_(connection) {}

    /// Looks patients and studies up in memory from now on: for a bulk build without indexes. Reads
    /// what there is, so it should be little.
    [[nodiscard]] dicom::Result<void> preload();

    [[nodiscard]] dicom::Result<std::int64_t> patient(const dicom::PatientEntity& patient,
                                                      OnExisting on_existing);
    /// 0: none.
    [[nodiscard]] dicom::Result<std::int64_t> find_study(const StoredUID& uid);
    struct StudyRow {
        std::int64_t patient;
        std::int64_t kind;
        const StoredUID& uid;
        const dicom::StudyEntity& entity;
    };
    [[nodiscard]] dicom::Result<std::int64_t> study(const StudyRow& row, OnExisting on_existing);
    struct SeriesRow {
        std::int64_t id;
        std::int64_t kind;
        const StoredUID& uid;
        std::string_view date, time;
    };
    [[nodiscard]] dicom::Result<void> series(const SeriesRow& row);
    struct InstanceRow {
        std::int64_t id;
        std::int64_t kind;
        const StoredUID& uid;
        std::string_view number, content_date, content_time;
    };
    [[nodiscard]] dicom::Result<void> instance(const InstanceRow& row);
    /// All rows of a data set's image, after its kinds.
    [[nodiscard]] dicom::Result<void> made(const MadeRows& rows);

    /// The study's made image is not offered any more; its reports are.
    [[nodiscard]] dicom::Result<void> quarantine(std::int64_t study, std::string_view why);

    // Removals come before the additions of a writer's life: it remembers the patients it has met.

    /// The made series and instances of a study and its image row; study and patient too when
    /// nothing else is in them. A series that holds received instances, too, stays with these.
    [[nodiscard]] dicom::Result<void> remove_made(std::int64_t study);
    /// The same for all made objects at once, without indexes.
    [[nodiscard]] dicom::Result<void> remove_all_made();
    /// A received instance; its series, study and patient too when nothing else is in them.
    [[nodiscard]] dicom::Result<void> remove_instance(std::int64_t instance);

private:
    struct KnownPatient {
        std::int64_t id;
        bool written;  ///< by this writer
    };

    [[nodiscard]] dicom::Result<std::int64_t> find_patient(const dicom::PatientEntity& patient);
    [[nodiscard]] dicom::Result<void> write_patient(std::int64_t id,
                                                    const dicom::PatientEntity& patient);
    [[nodiscard]] dicom::Result<void> write_names(std::int64_t patient, std::string_view name);
    [[nodiscard]] dicom::Result<void> write_image(std::int64_t study, const MadeRows& rows);
    [[nodiscard]] dicom::Result<void> remove_made_series(std::int64_t first, std::int64_t last);
    [[nodiscard]] dicom::Result<void> remove_study_if_empty(std::int64_t study);
    [[nodiscard]] dicom::Result<std::int64_t> next_id(std::string_view table, std::int64_t& last);

    /// What a bulk build runs for every row: kept at hand, prepared at first use.
    enum Insert : std::uint8_t {
        insert_patient,
        insert_name,
        insert_study,
        update_study,
        insert_series,
        insert_instance,
        insert_image,
        insert_count
    };
    [[nodiscard]] dicom::Result<sqlite::Statement*> statement(Insert which);

    sqlite::Connection& connection_;
    std::array<sqlite::Statement, insert_count> inserts_;
    bool preloaded_ = false;
    std::int64_t last_patient_ = -1, last_study_ = -1;  // -1: not asked yet
    std::int64_t current_patient_ = 0;
    std::unordered_map<std::string, KnownPatient> patients_;  // by ID and issuer
    std::map<StoredUID, std::int64_t> studies_;               // when preloaded
};

}  // namespace cxr::bridge
