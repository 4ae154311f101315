#include "bridge/import/report_import.hpp"

#include "bridge/export/document_export.hpp"
#include "bridge/import/statement_file.hpp"
#include "dicom/report/records.hpp"
#include "support/dcmtk_ready.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>

using namespace cxr::bridge;
using cxr::dicom::Annotation;
using cxr::dicom::Finding;
using cxr::dicom::ImageRecord;
using cxr::test::TemporaryFolder;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

std::vector<ImageRecord> records(std::size_t count) {
    std::vector<ImageRecord> made;
    for (std::size_t i = 0; i < count; ++i) {
        made.push_back(cxr::test::invented_record("Effusion", {Finding::effusion}));
        made.back().row.image_index = "9999" + std::to_string(1'000'000 + i).substr(0, 4) + "_" +
                                      std::to_string(1'000'000 + i).substr(4) + ".png";
    }
    return made;
}

/// Label reports of so many images.
std::vector<std::filesystem::path> reports_in(const std::filesystem::path& folder,
                                              const std::vector<ImageRecord>& records) {
    std::vector<const ImageRecord*> pointers;
    for (const ImageRecord& record : records) {
        pointers.push_back(&record);
    }
    DocumentFolder output(folder);
    DocumentExport job;
    job.kinds.push_back(cxr::dicom::DerivedKind::label_report);
    BOOST_REQUIRE(export_documents(pointers, job, output, [] {}).complete());
    const std::vector<std::filesystem::path> named{folder};
    return *report_files(named);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reports_read_back)

BOOST_AUTO_TEST_CASE(are_handed_on_before_all_are_read) {
    const TemporaryFolder folder;
    const auto images = records(2 * reports_at_once + 100);
    const auto files = reports_in(folder.path(), images);
    BOOST_REQUIRE(files.size() == images.size());
    ReportImport job;
    job.images = cxr::dicom::names_of_images(images, job.mapping);
    std::atomic<std::size_t> read{0};
    std::size_t told = 0;
    std::size_t in_memory_max = 0;
    const ImportedReports imported = import_reports(
        files,
        job,
        [&](const Annotation& statement) {
            in_memory_max = std::max(in_memory_max, read - told);
            BOOST_TEST(statement.image_index == images[told].row.image_index);
            ++told;
        },
        [&read] { ++read; });
    BOOST_TEST(told == images.size());
    BOOST_TEST(imported.reports == images.size());
    BOOST_TEST(imported.current.size() == images.size());
    BOOST_TEST(std::ranges::all_of(imported.current, [](bool current) { return current; }));
    BOOST_TEST(in_memory_max <= reports_at_once);
}

BOOST_AUTO_TEST_CASE(that_do_not_hold_are_not_written) {
    for (const ImportFormat format :
         {ImportFormat::csv, ImportFormat::labels, ImportFormat::json, ImportFormat::coco}) {
        const TemporaryFolder folder;
        auto file = StatementFile::begin(format, folder / "out" / "file", nullptr);
        BOOST_REQUIRE(file.has_value());
        for (const char* image : {"99990001_000.png", "99990001_001.png"}) {
            Annotation statement;
            statement.image_index = image;
            statement.finding = Finding::mass;
            (*file)->take(statement);
            statement.box.emplace();
            (*file)->take(statement);
        }
        const auto written = (*file)->write({false, false, true, true}, {});
        BOOST_REQUIRE(written.has_value());
        BOOST_TEST(*written == (format == ImportFormat::json ? 2U : 1U));
        const std::string text = cxr::test::read_file(folder / "out" / "file");
        BOOST_TEST(text.find("99990001_000") == std::string::npos);
        BOOST_TEST(text.find("99990001_001") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
