// Reports that are not, or only in part, what report_reader.hpp takes: told with a reason, nothing
// else lost, nothing thrown.
#include "dicom/report/reading.hpp"
#include "support/dcmtk_ready.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <ostream>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

}  // namespace

BOOST_AUTO_TEST_SUITE(rejections)

std::string reason_of(const ForeignItem& bad_group) {
    // A good group before and behind it: neither is lost.
    const ForeignItem good = planar_group(rectangle, our_image, atelectasis);
    const ReadReport report = taken(with_groups({good, bad_group, good}));
    BOOST_TEST(report.annotations.size() == 2U);
    BOOST_REQUIRE(report.rejected.size() == 1U);
    BOOST_TEST(report.rejected[0].where == "measurement group 2");
    return report.rejected[0].reason;
}

BOOST_AUTO_TEST_CASE(an_unknown_image) {
    BOOST_TEST(reason_of(planar_group(rectangle, "2.25.9", atelectasis)) ==
               "refers to image 2.25.9, which is none of the data set's");
}

BOOST_AUTO_TEST_CASE(no_image) {
    ForeignItem bad = planar_group(rectangle, our_image, atelectasis);
    bad.children.back().children.clear();
    BOOST_TEST(reason_of(bad) == "refers to no image");
}

BOOST_AUTO_TEST_CASE(several_images) {
    ForeignItem bad = planar_group(rectangle, our_image, atelectasis);
    bad.children.back().children.push_back({"SELECTED FROM", "IMAGE", {}, other_image});
    BOOST_TEST(reason_of(bad) == "refers to several images");
}

BOOST_AUTO_TEST_CASE(a_region_in_space) {
    ForeignItem bad = planar_group(rectangle, our_image, atelectasis);
    bad.children.back().type = "SCOORD3D";
    BOOST_TEST(reason_of(bad).find("SCOORD3D") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_region) {
    BOOST_TEST(reason_of(group({finding(atelectasis)})) == "no region on the image (SCOORD)");
}

BOOST_AUTO_TEST_CASE(two_regions) {
    ForeignItem bad = planar_group(rectangle, our_image, atelectasis);
    bad.children.push_back(bad.children.back());
    BOOST_TEST(reason_of(bad) == "2 regions where one is due");
}

BOOST_AUTO_TEST_CASE(neither_finding_nor_comment) {
    BOOST_TEST(reason_of(group({scoord("CONTAINS", {}, rectangle, our_image)})) ==
               "neither a Finding nor a Comment names a label");
}

BOOST_AUTO_TEST_CASE(another_frame) {
    const auto data_set =
        data_set_of(with_groups({planar_group(rectangle, our_image, atelectasis)}));
    const std::function<void(DcmItem&)> mark = [&mark](DcmItem& item) {
        DcmSequenceOfItems* children = nullptr;
        DcmItem* reference = nullptr;
        if (item.findAndGetSequenceItem(DCM_ReferencedSOPSequence, reference).good()) {
            reference->putAndInsertString(DCM_ReferencedFrameNumber, "2");
        }
        if (item.findAndGetSequence(DCM_ContentSequence, children).good()) {
            for (unsigned long i = 0; i < children->card(); ++i) {
                mark(*children->getItem(i));
            }
        }
    };
    mark(*data_set);
    const auto encoded = encode_data_set(*data_set, explicit_vr_little_endian);
    BOOST_REQUIRE(encoded.has_value());
    const auto report = read(bytes_of(*encoded));
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST(report->rejected.at(0).reason == "refers to another frame than the first");
}

struct BadDocument {
    const char* says;
    std::function<void(ForeignDocument&)> apply;
    const char* reason;
};
std::ostream& operator<<(std::ostream& out, const BadDocument& bad) {
    return out << bad.says;
}

const BadDocument bad_documents[] = {
    {"another SOP class",
     [](ForeignDocument& d) { d.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.11"; },
     "is no Enhanced, Comprehensive"},
    {"another template and title",
     [](ForeignDocument& d) {
         d.title = {"121144", "DCM", "Document Title"};
         d.template_identifier = "2000";
     },
     "neither titled 126000 DCM nor of template 1500"},
};

BOOST_DATA_TEST_CASE(documents_of_something_else, bad_documents, bad) {
    ForeignDocument document = with_groups({planar_group(rectangle, our_image, atelectasis)});
    bad.apply(document);
    const auto report = read(bytes_of(document));
    BOOST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error().kind == FaultKind::unsupported));
    BOOST_TEST(report.error().doing.find(bad.reason) != std::string::npos, report.error().doing);
}

BOOST_AUTO_TEST_CASE(partial_documents_when_strict) {
    ForeignDocument document = with_groups({planar_group(rectangle, our_image, atelectasis)});
    document.completion_flag = "PARTIAL";
    BOOST_TEST(read(bytes_of(document)).has_value());
    const auto strict = read(bytes_of(document), {.strict = true});
    BOOST_REQUIRE(!strict.has_value());
    BOOST_TEST((strict.error().kind == FaultKind::refused));
}

BOOST_AUTO_TEST_CASE(every_truncation_is_told_or_read_and_none_is_thrown) {
    const auto bytes = bytes_of(with_groups({planar_group(rectangle, our_image, atelectasis)}));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto report =
            read(std::vector<std::byte>(bytes.begin(), bytes.begin() + std::ptrdiff_t(size)));
        BOOST_TEST((!report.has_value() || report->annotations.empty()), size);
    }
}

BOOST_AUTO_TEST_CASE(every_flipped_byte_is_survived) {
    const auto bytes = bytes_of(with_groups({ohif_group(rectangle, our_image, "Atelectasis"),
                                             planar_group(rectangle, our_image, atelectasis)}));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
            std::vector<std::byte> damaged = bytes;
            damaged[at] ^= static_cast<std::byte>(flip);
            static_cast<void>(read(damaged));
        }
    }
}

BOOST_AUTO_TEST_CASE(megabytes_of_nested_containers) {
    // Content Sequence, item, Content Sequence, item …: each with undefined length.
    constexpr unsigned char opening[] = {0x40, 0x00, 0x30, 0xA7, 'S',  'Q',  0,
                                         0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF,
                                         0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF};
    std::vector<std::byte> bytes;
    while (bytes.size() < 5'000'000) {
        const auto raw = std::as_bytes(std::span(opening));
        bytes.insert(bytes.end(), raw.begin(), raw.end());
    }
    const auto report = read(bytes);
    BOOST_REQUIRE(!report.has_value());
    BOOST_TEST((report.error().kind == FaultKind::malformed ||
                report.error().kind == FaultKind::exhausted));
    BOOST_TEST_MESSAGE(report.error().doing);
}

BOOST_AUTO_TEST_SUITE_END()
