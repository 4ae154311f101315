#include "dicom/codec/codec.hpp"
#include "dicom/core/uid.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "support/dcmtk_ready.hpp"

#include <boost/test/unit_test.hpp>

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <ostream>
#include <thread>

using namespace cxr::dicom;
using cxr::test::invented_boxed_record;

namespace {

using cxr::test::DcmtkReady;
BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

std::vector<std::byte> bytes_of(const EncodedObject& object) {
    std::vector<std::byte> bytes;
    for (const Segment& segment : object.segments) {
        bytes.insert(bytes.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return bytes;
}

std::vector<std::byte> encoded(DerivedKind kind,
                               const TransferSyntax& syntax = explicit_vr_little_endian) {
    const auto report = encode_report(invented_boxed_record(), kind, syntax, {});
    BOOST_REQUIRE(report.has_value());
    return bytes_of(*report);
}

std::string digest_of(const std::vector<std::byte>& bytes) {
    return UIDSource().derive(
        std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

/// Decimal commas and dots between thousands, as in German.
class CommaPunctuation : public std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
};

/// Another place on earth, until the end of the scope.
class Abroad {
public:
    explicit Abroad(const char* zone)
        : before_(std::locale::global(std::locale(std::locale(), new CommaPunctuation))) {
        ::setenv("TZ", zone, 1);
        ::tzset();
        std::setlocale(LC_ALL, "en_US.utf8");
    }
    ~Abroad() {
        ::unsetenv("TZ");
        ::tzset();
        std::setlocale(LC_ALL, "C");
        std::locale::global(before_);
    }
    Abroad(const Abroad&) = delete;
    Abroad& operator=(const Abroad&) = delete;

private:
    std::locale before_;
};

const DerivedKind kinds[] = {DerivedKind::label_report, DerivedKind::box_report};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_5_10_report_transfer_syntaxes)

const TransferSyntax* const syntaxes[] = {
    &implicit_vr_little_endian, &explicit_vr_little_endian, &deflated_explicit_vr_little_endian};

BOOST_AUTO_TEST_CASE(a_report_reads_back_from_each) {
    for (const TransferSyntax* syntax : syntaxes) {
        BOOST_TEST_CONTEXT(syntax->keyword) {
            const auto report =
                encode_report(invented_boxed_record(), DerivedKind::box_report, *syntax, {});
            BOOST_REQUIRE(report.has_value());
            BOOST_TEST(report->transfer_syntax_uid == syntax->uid);
            BOOST_TEST(report->sop_class_uid == ReportOptions{}.sop_class_uid());
            BOOST_TEST(report->sop_instance_uid == report_sop_instance_uid(invented_boxed_record(),
                                                                           DerivedKind::box_report,
                                                                           {}));
            BOOST_TEST(report->size_bytes() % 2 == 0U);
            const auto parsed = parse_data_set(bytes_of(*report), *syntax);
            BOOST_REQUIRE(parsed.has_value());
            const auto again = encode_data_set(**parsed, explicit_vr_little_endian);
            BOOST_REQUIRE(again.has_value());
            BOOST_TEST((bytes_of(*again) == encoded(DerivedKind::box_report)));
        }
    }
}

BOOST_AUTO_TEST_CASE(boxes_of_an_image_without_any_are_not_found) {
    const auto report =
        encode_report(cxr::test::invented_record("No Finding", {Finding::no_finding}),
                      DerivedKind::box_report,
                      explicit_vr_little_endian,
                      {});
    BOOST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error().kind == FaultKind::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_same_bytes)

BOOST_AUTO_TEST_CASE(as_long_as_the_template_version_stays) {
    // Other bytes under an old SOP Instance UID would contradict what archives hold already: when
    // this fails on purpose, report_template_version is to change with it.
    BOOST_TEST(digest_of(encoded(DerivedKind::label_report)) ==
               "2.25.246123443670696475674078498311702233980");
    BOOST_TEST(digest_of(encoded(DerivedKind::box_report)) ==
               "2.25.69556175403869213131455732473783901317");
}

BOOST_AUTO_TEST_CASE(in_every_time_zone_and_locale) {
    for (const DerivedKind kind : kinds) {
        const auto here = encoded(kind);
        for (const char* zone : {"Pacific/Kiritimati", "America/Los_Angeles"}) {
            const Abroad abroad(zone);
            BOOST_TEST((encoded(kind) == here), zone);
        }
    }
}

BOOST_AUTO_TEST_CASE(from_threads_that_work_at_once) {
    for (const DerivedKind kind : kinds) {
        const auto alone = encoded(kind);
        std::vector<std::vector<std::byte>> made(8);
        {
            std::vector<std::jthread> threads;
            for (auto& bytes : made) {
                threads.emplace_back([&bytes, kind] {
                    // Boost.Test's macros, as encoded() has them, are for one thread.
                    for (int i = 0; i < 50; ++i) {
                        const auto report = encode_report(
                            invented_boxed_record(), kind, explicit_vr_little_endian, {});
                        bytes = report ? bytes_of(*report) : std::vector<std::byte>();
                    }
                });
            }
        }
        for (const auto& bytes : made) {
            BOOST_TEST((bytes == alone));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
