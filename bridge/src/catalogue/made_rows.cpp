#include "catalogue/made_rows.hpp"

#include "catalogue/stored_record.hpp"
#include "dicom/core/transfer_syntax.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace cxr::bridge {

using dicom::DerivedKind;
using dicom::Result;

namespace {

constexpr std::size_t images_per_batch = 512;
constexpr std::size_t batches_ahead_max = 8;

MadeSeries made_series(const OfferedImage& image,
                       DerivedKind derived,
                       const dicom::MappingOptions& options,
                       Kinds& kinds) {
    const dicom::SeriesEntity series = dicom::series_entity(*image.record, derived, options);
    dicom::InstanceEntity instance = dicom::instance_entity(*image.record, derived, options);
    const InstanceOrigin origin{
        .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid),
        .derived = static_cast<int>(derived),
        .offline = derived == DerivedKind::image && image.file == nullptr};
    return {.number = made_series_number(derived),
            .uid = StoredUID(series.series_instance_uid),
            .sop_instance_uid = StoredUID(instance.sop_instance_uid),
            .series_kind = kinds.id_of(series),
            .instance_kind = kinds.id_of(instance, origin),
            .series_date = series.series_date,
            .series_time = series.series_time,
            .instance_number = std::move(instance.instance_number),
            .content_date = std::move(instance.content_date),
            .content_time = std::move(instance.content_time)};
}

std::vector<MadeSeries::Earlier> earlier_instances(const dicom::ImageRecord& record,
                                                   DerivedKind derived,
                                                   const RevisionLog& log,
                                                   Kinds& kinds) {
    std::vector<MadeSeries::Earlier> earlier;
    for (const SupersededReport& report : log.superseded(record, derived)) {
        dicom::InstanceEntity instance =
            dicom::instance_entity(report.record, report.kind, report.options);
        const InstanceOrigin origin{
            .transfer_syntax_uid = std::string(dicom::explicit_vr_little_endian.uid),
            .derived = static_cast<int>(derived),
            .offline = false};
        earlier.push_back({.sop_instance_uid = StoredUID(instance.sop_instance_uid),
                           .instance_kind = kinds.id_of(instance, origin),
                           .instance_number = std::move(instance.instance_number),
                           .content_date = std::move(instance.content_date),
                           .content_time = std::move(instance.content_time)});
    }
    return earlier;
}

MadeRows made_rows(const OfferedImage& image, const Offer& offer, Kinds& kinds) {
    const dicom::MappingOptions& options = offer.mapping;
    dicom::StudyEntity study = dicom::study_entity(*image.record, options);
    MadeRows rows{.record = image.record,
                  .file = image.file,
                  .damage = image.damage,
                  .stored_record = store_record(*image.record),
                  .patient = std::nullopt,
                  .study = {},
                  .study_uid = StoredUID(study.study_instance_uid),
                  .study_kind = kinds.id_of(study),
                  .series = {}};
    rows.study = std::move(study);
    // In the kind by now. Freed here: the other thread has enough to do.
    rows.study.study_instance_uid = {};
    rows.study.procedure_code = {};
    rows.series.reserve(offer.kinds.size());
    std::vector<DerivedKind> kinds_made = offer.kinds;
    for (std::size_t source = 0; source < image.record->sources.size(); ++source) {
        kinds_made.push_back(dicom::source_report(source));
    }
    for (const DerivedKind kind : kinds_made) {
        const bool is_damaged = kind == DerivedKind::image && !image.damage.empty();
        if (!is_damaged && dicom::is_made_of(*image.record, kind)) {
            rows.series.push_back(made_series(image, kind, options, kinds));
            if (!image.record->revisions.empty() && kind != DerivedKind::image) {
                rows.series.back().earlier =
                    earlier_instances(*image.record, kind, offer.revisions, kinds);
            }
        }
    }
    return rows;
}

/// Hands batches from the computing thread to the inserting one; bounded.
class BatchQueue {
public:
    /// False: the consumer has given up.
    bool push(MadeBatch batch) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return batches_.size() < batches_ahead_max || closed_; });
        if (closed_) {
            return false;
        }
        batches_.push_back(std::move(batch));
        changed_.notify_all();
        return true;
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }
    /// Nothing: closed and empty.
    std::optional<MadeBatch> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !batches_.empty() || closed_; });
        if (batches_.empty()) {
            return std::nullopt;
        }
        MadeBatch batch = std::move(batches_.front());
        batches_.pop_front();
        changed_.notify_all();
        return batch;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<MadeBatch> batches_;
    bool closed_ = false;
};

void compute(const std::vector<OfferedImage>& images,
             const Offer& offer,
             Kinds& kinds,
             BatchQueue& queue) {
    std::string_view patient_before;
    for (std::size_t first = 0; first < images.size(); first += images_per_batch) {
        const std::size_t last = std::min(first + images_per_batch, images.size());
        MadeBatch batch;
        batch.rows.reserve(last - first);
        for (std::size_t i = first; i < last; ++i) {
            batch.rows.push_back(made_rows(images[i], offer, kinds));
            if (const auto patient = images[i].record->row.patient_id();
                patient != patient_before) {
                batch.rows.back().patient = dicom::patient_entity(*images[i].record, offer.mapping);
                patient_before = patient;
            }
        }
        batch.kinds = take_new(kinds);
        if (!queue.push(std::move(batch))) {
            return;
        }
    }
}

}  // namespace

Result<void> for_made_rows(const std::vector<OfferedImage>& images,
                           const Offer& offer,
                           Kinds& kinds,
                           const std::function<Result<void>(MadeBatch&)>& consume) {
    BatchQueue queue;
    std::exception_ptr thrown;
    Result<void> outcome;
    {
        const std::jthread computing([&] {
            try {
                compute(images, offer, kinds, queue);
            } catch (...) {
                thrown = std::current_exception();
            }
            queue.close();
        });
        while (auto batch = queue.pop()) {
            outcome = consume(*batch);
            if (!outcome) {
                break;
            }
        }
        queue.close();
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return outcome;
}

}  // namespace cxr::bridge
