#pragma once
/// The catalogue: every object that the node offers, made ones and received ones, in one
/// patient/study/series/instance model, in SQLite (WAL). One writer, read connections lent one per
/// caller. Answers the query port with a cursor that holds no lock between calls.

#include "bridge/data_set/folder.hpp"
#include "dicom/mapping/entities.hpp"
#include "storescp/ports.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge {

struct CatalogueCounts {
    std::uint64_t patients = 0, studies = 0, series = 0, instances = 0, received = 0;
};

struct SyncReport {
    bool unchanged = false;
    std::uint64_t images_added = 0, images_changed = 0, images_removed = 0;
};

/// A received object, as the store found it.
struct ReceivedObject {
    dicom::PatientEntity patient;
    dicom::StudyEntity study;
    dicom::SeriesEntity series;
    dicom::InstanceEntity instance;
    std::string transfer_syntax_uid;
    std::string file;  ///< relative to the store, chosen by the store, never from a UID
    std::uint64_t bytes = 0;
    std::string sha256;  ///< of the data set's bytes
    std::string calling_ae_title;
};

/// Where an instance's bytes come from.
struct MadeObject {
    dicom::ImageRecord record;
    dicom::DerivedKind kind;
    std::optional<ImageFile> image_file;  ///< absent: the PNG is missing (OFFLINE)
    std::uint64_t version = 0;            ///< another one when record or file are others
    /// Of a report that a later one replaced: how it was made.
    std::optional<dicom::MappingOptions> mapping = std::nullopt;
};
struct KeptObject {
    std::string file;
    std::string transfer_syntax_uid;
    std::string sop_class_uid, sop_instance_uid;
    std::uint64_t bytes;
    std::string sha256;
};
/// A report that another one has replaced: what it was made from.
struct SupersededReport {
    dicom::ImageRecord record;  ///< with the revisions of its time
    dicom::DerivedKind kind;
    dicom::MappingOptions options;
};
using ObjectOrigin = std::variant<MadeObject, KeptObject>;

/// One object that is offered and can be had, as it is walked over.
struct OfferedObject {
    storescp::SOPReference reference;
    std::optional<dicom::DerivedKind> kind;    ///< none: it was received
    std::optional<dicom::ImageRecord> record;  ///< of a made one, where it was asked for
    std::string calling_ae_title;              ///< of a received one
};

struct CatalogueSettings {
    std::filesystem::path file;
    std::string retrieve_ae_title = "CXRBRIDGE";
    dicom::MappingOptions mapping = {};
    bool list_missing_images = false;
    /// What is offered of each image, as far as it has it.
    std::vector<dicom::DerivedKind> made_kinds = {dicom::DerivedKind::image,
                                                  dicom::DerivedKind::label_report,
                                                  dicom::DerivedKind::box_report};
};

class Catalogue final : public storescp::QueryPort {
public:
    /// Opens or creates. Faults: storage (corrupt, newer schema: says what to do).
    [[nodiscard]] static Result<std::unique_ptr<Catalogue>> open(CatalogueSettings settings);
    ~Catalogue() override;

    /// Is the catalogue what this folder and these options would give? Then nothing needs to be
    /// read.
    [[nodiscard]] bool is_current(const FolderFingerprint& fingerprint) const;
    /// By difference: what did not change keeps its rows. All or nothing.
    [[nodiscard]] Result<SyncReport> synchronise(const DataSetFolder& folder);
    [[nodiscard]] Result<CatalogueCounts> counts() const;

    [[nodiscard]] Result<std::unique_ptr<storescp::MatchCursor>> find(
        const dicom::QueryIdentifier& identifier) override;
    [[nodiscard]] Result<std::vector<storescp::InstanceReference>> instances(
        const dicom::RetrieveIdentifier& identifier) const;
    /// Study by study, whose these are: what could not be read is left out.
    [[nodiscard]] std::vector<storescp::AuditSubject> subjects(
        std::span<const storescp::InstanceReference> instances) const;
    [[nodiscard]] Result<ObjectOrigin> origin_of(std::int64_t handle) const;
    /// A PNG that turned out damaged is not offered any more until it changes; `why` is kept.
    void quarantine_image(std::int64_t handle, const std::string& why);

    /// What is catalogued under a SOP Instance UID, if anything: for duplicates.
    [[nodiscard]] Result<std::optional<ObjectOrigin>> find_instance(
        const std::string& sop_instance_uid) const;
    /// Found by the next query; survives the end of the process, but not surely a power cut: then
    /// the store reads it again from its file. Replaces a received object of the same SOP Instance
    /// UID if `replace`, and is on the disk then.
    [[nodiscard]] Result<void> add_received(const ReceivedObject& object, bool replace);
    /// Gives each record the revisions that its reports are, as the last synchronise() left them.
    /// Returns the reports that were replaced, those of a record together and oldest first.
    [[nodiscard]] Result<std::vector<SupersededReport>> revise(
        std::span<dicom::ImageRecord> records) const;
    /// The received structured reports that read_report() reads.
    [[nodiscard]] Result<std::vector<KeptObject>> received_reports() const;

    /// Files of all received objects: start-up reconciles them with the store's folder.
    [[nodiscard]] Result<std::vector<std::string>> received_files() const;
    [[nodiscard]] Result<void> remove_received(const std::string& file);

    /// Everything that is offered, in a stable order, as of one moment; `visit` says whether to go
    /// on. Blocking: a second or so for all of the collection.
    [[nodiscard]] Result<void> for_each_offered(
        bool with_records, const std::function<bool(const OfferedObject&)>& visit) const;
    /// Called after each add_received(), on its thread; to be set before the first one.
    void on_received(std::function<void(const ReceivedObject&)> received);

private:
    class Impl;
    explicit Catalogue(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
