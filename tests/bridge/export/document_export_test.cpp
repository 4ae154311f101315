#include "bridge/export/document_export.hpp"

#include "bridge/cli/commands.hpp"
#include "dicom/codec/codec.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "support/dcmtk_ready.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

using namespace cxr::bridge;
using cxr::dicom::DerivedKind;
using cxr::dicom::Finding;
using cxr::dicom::ImageRecord;
using cxr::test::TemporaryFolder;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

/// Images 99990001_000 to 99990001_<count - 1>, each third with a box.
std::vector<ImageRecord> records(std::size_t count) {
    std::vector<ImageRecord> made;
    for (std::size_t i = 0; i < count; ++i) {
        ImageRecord record = cxr::test::invented_record("Effusion", {Finding::effusion});
        record.row.image_index = "99990001_" + std::to_string(1000 + i).substr(1) + ".png";
        if (i % 3 == 0) {
            record.boxes = {cxr::test::invented_box(Finding::effusion, "Effusion", {1.5, 2, 3, 4})};
            record.boxes[0].image_index = record.row.image_index;
        }
        made.push_back(std::move(record));
    }
    return made;
}

std::vector<const ImageRecord*> pointers(const std::vector<ImageRecord>& records) {
    std::vector<const ImageRecord*> made;
    for (const ImageRecord& record : records) {
        made.push_back(&record);
    }
    return made;
}

DocumentExport on_threads(std::size_t threads) {
    DocumentExport job;
    job.kinds.push_back(DerivedKind::label_report);
    job.kinds.push_back(DerivedKind::box_report);
    job.threads = threads;
    return job;
}

/// Keeps what it is given, and has no room for some.
class Memory final : public DocumentSink {
public:
    Result<Kept> keep(const ImageRecord& record,
                      DerivedKind kind,
                      const cxr::dicom::EncodedObject& report) override {
        if (kind == refused_kind && refused.contains(record.row.image_index)) {
            return Fault{.kind = FaultKind::storage, .doing = "no room"};
        }
        const std::lock_guard lock(mutex_);
        std::string bytes;
        for (const auto& segment : report.segments) {
            bytes.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
        }
        const bool is_new =
            kept.emplace(std::pair(record.row.image_index, kind), std::move(bytes)).second;
        return is_new ? Kept::written : Kept::unchanged;
    }

    std::set<std::string> refused;
    DerivedKind refused_kind = DerivedKind::box_report;
    std::map<std::pair<std::string, DerivedKind>, std::string> kept;

private:
    std::mutex mutex_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(export_of_documents)

BOOST_AUTO_TEST_CASE(every_image_gives_its_labels_and_a_boxed_one_its_boxes) {
    const auto images = records(100);
    Memory sink;
    std::atomic<std::size_t> finished = 0;
    const auto outcome =
        export_documents(pointers(images), on_threads(4), sink, [&] { ++finished; });
    BOOST_TEST(outcome.written == 100U + 34U);
    BOOST_TEST(outcome.unchanged == 0U);
    BOOST_TEST(outcome.complete());
    BOOST_TEST(finished == 100U);
    BOOST_TEST(sink.kept.contains({"99990001_000.png", DerivedKind::box_report}));
    BOOST_TEST(!sink.kept.contains({"99990001_001.png", DerivedKind::box_report}));
}

BOOST_AUTO_TEST_CASE(four_threads_write_what_one_writes) {
    const auto images = records(200);
    Memory one;
    Memory four;
    const auto alone = export_documents(pointers(images), on_threads(1), one, [] {});
    const auto together = export_documents(pointers(images), on_threads(4), four, [] {});
    BOOST_TEST(alone.written == together.written);
    BOOST_TEST((one.kept == four.kept));
}

BOOST_AUTO_TEST_CASE(a_failure_is_listed_in_the_records_order_and_the_rest_is_done) {
    const auto images = records(100);
    Memory sink;
    sink.refused = {"99990001_066.png", "99990001_003.png"};
    const auto outcome = export_documents(pointers(images), on_threads(4), sink, [] {});
    BOOST_TEST(outcome.written == 100U + 32U);
    BOOST_TEST(!outcome.complete());
    const std::vector<std::string> expected{"99990001_003.png boxes: no room",
                                            "99990001_066.png boxes: no room"};
    BOOST_TEST(outcome.failures == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_second_run_finds_everything_there) {
    const TemporaryFolder root;
    const auto images = records(40);
    DocumentFolder folder(root / "out");
    const auto first = export_documents(pointers(images), on_threads(2), folder, [] {});
    BOOST_TEST(first.written == 40U + 14U);
    BOOST_TEST(std::filesystem::exists(root / "out" / "99990001" / "99990001_003_labels.dcm"));
    BOOST_TEST(std::filesystem::exists(root / "out" / "99990001" / "99990001_003_boxes.dcm"));
    std::filesystem::remove(root / "out" / "99990001" / "99990001_003_boxes.dcm");
    const auto second = export_documents(pointers(images), on_threads(2), folder, [] {});
    BOOST_TEST(second.written == 1U);
    BOOST_TEST(second.unchanged == 40U + 13U);
}

BOOST_AUTO_TEST_CASE(nothing_to_do_is_done_at_once) {
    Memory sink;
    const auto outcome = export_documents({}, {}, sink, [] {});
    BOOST_TEST(outcome.written == 0U);
    BOOST_TEST(outcome.complete());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(export_command)

void write_data_set(const std::filesystem::path& folder) {
    cxr::test::write_file(
        folder / "Data_Entry_2017_v2020.csv",
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
        "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n"
        "99990001_000.png,Effusion,0,99990001,61,F,PA,2500,2048,0.168,0.168\n"
        "99990002_000.png,No Finding,0,99990002,35,M,AP,2500,2048,0.168,0.168\n");
    cxr::test::write_file(folder / "BBox_List_2017.csv",
                          "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
                          "99990001_000.png,Effusion,100.5,200.25,30,40\n");
}

cli::ExportOptions options(const std::filesystem::path& data_set,
                           const std::filesystem::path& output) {
    cli::ExportOptions made;
    made.data_set.path = data_set;
    made.data_set.selection.list_missing_images = true;
    made.output = output;
    return made;
}

BOOST_AUTO_TEST_CASE(reports_of_absent_images_are_written_when_they_are_listed) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(options(root / "data", root / "out"), out, err) == cli::done);
    BOOST_TEST(err.str() == "");
    BOOST_TEST(out.str().starts_with("3 reports of 2 images written to "));
    BOOST_TEST(std::filesystem::exists(root / "out" / "99990001" / "99990001_000_boxes.dcm"));
    BOOST_TEST(std::filesystem::exists(root / "out" / "99990002" / "99990002_000_labels.dcm"));
}

BOOST_AUTO_TEST_CASE(absent_images_are_left_out_by_default_which_is_said) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    cli::ExportOptions hidden = options(root / "data", root / "out");
    hidden.data_set.selection.list_missing_images = false;
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(hidden, out, err) == cli::done_with_findings);
    BOOST_TEST(err.str().find("--missing-images list") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_lists_its_failures) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    cxr::test::write_file(root / "out", "a file where the folder should be");
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(options(root / "data", root / "out"), out, err) ==
               cli::done_with_findings);
    BOOST_TEST(err.str().find("99990001_000.png labels: ") != std::string::npos);
    BOOST_TEST(out.str().find("3 failed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_data_set_is_wrong_usage) {
    const TemporaryFolder root;
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(options(root / "nowhere", root / "out"), out, err) ==
               cli::wrong_usage);
    BOOST_TEST(err.str() != "");
}

BOOST_AUTO_TEST_CASE(nowhere_to_write_to_is_wrong_usage) {
    const TemporaryFolder root;
    write_data_set(root / "data");
    cli::ExportOptions nowhere = options(root / "data", root / "out");
    nowhere.output.reset();
    std::ostringstream out;
    std::ostringstream err;
    BOOST_TEST(cli::run_export(nowhere, out, err) == cli::wrong_usage);
}

BOOST_AUTO_TEST_SUITE_END()
