#include "dicom/report/report_reader.hpp"

#include "dicom/report/reading.hpp"
#include "dicom/report/records.hpp"
#include "dicom/report/report.hpp"
#include "support/dcmtk_ready.hpp"
#include "support/files.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <ostream>

using namespace cxr::dicom;
using namespace cxr::test;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

}  // namespace

BOOST_AUTO_TEST_SUITE(layouts)

BOOST_AUTO_TEST_CASE(our_own_boxes_come_back_with_everything) {
    const ImageRecord record = invented_boxed_record();
    for (const Measurements measurements : {Measurements::off, Measurements::pixels}) {
        MappingOptions options;
        options.reports.measurements = measurements;
        const auto made =
            encode_report(record, DerivedKind::box_report, explicit_vr_little_endian, options);
        BOOST_REQUIRE(made.has_value());
        const auto report =
            read(bytes_of(*made), {}, names_of_images(std::span(&record, 1), options));
        BOOST_REQUIRE(report.has_value());
        BOOST_TEST(report->rejected.size() == 0U);
        BOOST_REQUIRE(report->annotations.size() == record.boxes.size());
        for (std::size_t i = 0; i < record.boxes.size(); ++i) {
            const Annotation& read_back = report->annotations[i];
            const BoundingBox& box = record.boxes[i];
            BOOST_TEST(read_back.image_index == box.image_index);
            BOOST_TEST((read_back.finding == box.finding));
            BOOST_TEST(read_back.label_as_written == box.label_as_written);
            BOOST_TEST(std::abs(read_back.box->x - box.x) <= 1e-4);
            BOOST_TEST(std::abs(read_back.box->height - box.height) <= 1e-4);
            BOOST_TEST((read_back.observer.type == ObserverType::person));
            BOOST_TEST(read_back.observer.name == "Radiologist^NIH CC");
            BOOST_TEST(read_back.observer.organization == "NIH Clinical Center");
            BOOST_TEST(read_back.report.sop_instance_uid ==
                       report_sop_instance_uid(record, DerivedKind::box_report, options));
            BOOST_TEST(read_back.report.content_date == "20170101");
            BOOST_TEST(read_back.report.verification_flag == "UNVERIFIED");
        }
        BOOST_TEST(report->annotations[2].tracking_identifier == "99990001_007.png/Infiltrate/2");
    }
}

BOOST_AUTO_TEST_CASE(our_own_labels_come_back_in_file_order_whatever_the_codes) {
    const ImageRecord record = invented_boxed_record();
    for (const CodeScheme scheme : {CodeScheme::sct, CodeScheme::radlex, CodeScheme::both}) {
        MappingOptions options;
        options.reports.code_scheme = scheme;
        options.reports.label_title = LabelTitle::diagnostic_imaging_report;
        const auto made =
            encode_report(record, DerivedKind::label_report, explicit_vr_little_endian, options);
        BOOST_REQUIRE(made.has_value());
        const auto report = read(bytes_of(*made), {}, derived_image_names(options));
        BOOST_REQUIRE(report.has_value());
        BOOST_REQUIRE(report->annotations.size() == 2U);
        BOOST_TEST(report->annotations[0].label_as_written == "Infiltration");
        BOOST_TEST(report->annotations[1].label_as_written == "Effusion");
        BOOST_TEST(!report->annotations[0].box.has_value());
        BOOST_TEST((report->observer.type == ObserverType::device));
        BOOST_TEST(report->observer.model_name == "Data_Entry_2017");
        BOOST_TEST(report->observer.software_version == "v2020");
    }
}

BOOST_AUTO_TEST_CASE(a_region_below_the_first_measurement_as_ohif_saves_it) {
    ForeignDocument document = with_groups({ohif_group(rectangle, our_image, "Atelectasis")});
    document.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.22";
    document.context = {
        {"HAS OBS CONTEXT", "PNAME", {"121008", "DCM", "Person Observer Name"}, "Doe^Reader"}};
    const ReadReport report = taken(document);
    BOOST_REQUIRE(report.annotations.size() == 1U);
    const Annotation& annotation = report.annotations[0];
    BOOST_TEST(sides(annotation) == its_sides, boost::test_tools::per_element());
    BOOST_TEST((annotation.finding == Finding::atelectasis));
    BOOST_TEST(annotation.observer.name == "Doe^Reader");
    BOOST_TEST((annotation.observer.type == ObserverType::person));
    BOOST_TEST(annotation.tracking_identifier == "Cornerstone3DTools@^0.1.0:RectangleROI");
}

BOOST_AUTO_TEST_CASE(a_planar_region_with_a_code_as_highdicom_writes_it) {
    ForeignDocument document = with_groups({planar_group(rectangle, our_image, atelectasis)});
    document.context = {
        {"HAS OBS CONTEXT",
         "CODE",
         {"121005", "DCM", "Observer Type"},
         {},
         {"121007", "DCM", "Device"}},
        {"HAS OBS CONTEXT", "UIDREF", {"121012", "DCM", "Device Observer UID"}, "2.25.5"},
        {"HAS OBS CONTEXT", "TEXT", {"121013", "DCM", "Device Observer Name"}, "chestnet"}};
    const ReadReport report = taken(document);
    BOOST_REQUIRE(report.annotations.size() == 1U);
    BOOST_TEST(sides(report.annotations[0]) == its_sides, boost::test_tools::per_element());
    BOOST_TEST(report.annotations[0].label_as_written == "Atelectasis");
    BOOST_TEST(report.annotations[0].observer.name == "chestnet");
    BOOST_TEST(report.annotations[0].observer.device_uid == "2.25.5");
}

BOOST_AUTO_TEST_CASE(all_documents_that_one_replaces_are_named) {
    auto document = data_set_of(with_groups({planar_group(rectangle, our_image, atelectasis)}));
    DcmItem& study = foreign::item_of(*document, DCM_PredecessorDocumentsSequence);
    foreign::put(study, DCM_StudyInstanceUID, "2.25.88002");
    for (const char* uid : {"2.25.1", "2.25.2"}) {
        DcmItem& series = foreign::item_of(study, DCM_ReferencedSeriesSequence);
        foreign::put(series, DCM_SeriesInstanceUID, "2.25.88003");
        DcmItem& instance = foreign::item_of(series, DCM_ReferencedSOPSequence);
        foreign::put(instance, DCM_ReferencedSOPClassUID, "1.2.840.10008.5.1.4.1.1.88.34");
        foreign::put(instance, DCM_ReferencedSOPInstanceUID, uid);
    }
    const auto encoded = encode_data_set(*document, explicit_vr_little_endian);
    BOOST_REQUIRE(encoded.has_value());
    const auto report = read(bytes_of(*encoded));
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST(report->origin.predecessor == "2.25.1");
    const std::vector<std::string> both{"2.25.1", "2.25.2"};
    BOOST_TEST(report->replaces == both, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_ohif_wrote_is_read) {
    const std::filesystem::path file = "../shared/spec/sr-examples/ohif_out.dcm";
    if (!std::filesystem::exists(file)) {
        std::puts("skipped: ../shared/spec/sr-examples is absent");
        return;
    }
    const std::string content = read_file(file);
    const auto part10 = read_part10(std::as_bytes(std::span(content)));
    BOOST_REQUIRE(part10.has_value());
    const auto report = read_report(part10->data_set,
                                    *find_transfer_syntax(part10->transfer_syntax_uid),
                                    CodeTable::built_in(),
                                    [](const std::string&, const std::string&) {
                                        return std::optional<std::string>("00013118_008.png");
                                    });
    BOOST_REQUIRE(report.has_value());
    BOOST_TEST(report->rejected.size() == 0U);
    BOOST_REQUIRE(report->annotations.size() == 1U);
    BOOST_TEST((report->annotations[0].finding == Finding::atelectasis));
    BOOST_TEST(sides(report->annotations[0]) == its_sides, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(label_resolution)

struct Said {
    const char* says;
    std::vector<ForeignItem> items;
    std::optional<Finding> finding;
};
std::ostream& operator<<(std::ostream& out, const Said& said) {
    return out << said.says;
}

const Said said[] = {
    {"the table's code", {finding(atelectasis)}, Finding::atelectasis},
    {"a RadLex code", {finding({"RID5352", "RADLEX", "pneumothorax"})}, Finding::pneumothorax},
    {"a narrower code", {finding({"40779009", "SCT", "Discoid"})}, Finding::atelectasis},
    {"what CID 12249 prints", {finding({"287272002", "SCT", "x"})}, Finding::cardiomegaly},
    {"a DCM code", {finding({"112121", "DCM", "Infiltrate"})}, Finding::infiltration},
    {"typed text for a code",
     {finding({"CORNERSTONEFREETEXT", "CORNERSTONEJS", "pleural effusion"})},
     Finding::effusion},
    {"a comment in another case", {comment("pleural thickening")}, Finding::pleural_thickening},
    {"the box table's spelling", {comment("INFILTRATE")}, Finding::infiltration},
    {"a code before a comment", {finding(atelectasis), comment("Mass")}, Finding::atelectasis},
    {"a comment behind an unknown code",
     {finding({"1234", "99X", "thing"}), comment("Mass")},
     Finding::mass},
    {"another scheme's value", {finding({"46621007", "99X", "Atelectasis"})}, std::nullopt},
    {"a mistyped code", {finding({"95436003", "SCT", "Consolidated"})}, std::nullopt},
    {"another finding", {comment("Fracture")}, std::nullopt},
    {"no finding in a box", {finding({"NoFinding", "99NIHCXR14", "No Finding"})}, std::nullopt},
    {"nothing", {}, std::nullopt},
};

BOOST_DATA_TEST_CASE(goes_by_code_then_by_text, said, each) {
    std::vector<ForeignItem> items = each.items;
    items.push_back(scoord("CONTAINS", {"111030", "DCM", "Image Region"}, rectangle, our_image));
    const ReadReport report = taken(with_groups({group(items)}));
    BOOST_REQUIRE(report.annotations.size() == (each.finding ? 1U : 0U));
    if (each.finding) {
        BOOST_TEST((report.annotations[0].finding == each.finding));
    } else {
        BOOST_REQUIRE(report.rejected.size() == 1U);
        BOOST_TEST(!report.rejected[0].reason.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_older_viewers_keep_in_the_finding_site_is_typed_text) {
    const ForeignCode retired{"G-C0E3", "SRT", "Finding Site"};
    const ForeignCode current{"363698007", "SCT", "Finding Site"};
    for (const ForeignCode& name : {retired, current}) {
        std::vector<ForeignItem> items = ohif_group(rectangle, our_image, "").children;
        items.pop_back();  // the Comment
        items.push_back({"HAS CONCEPT MOD",
                         "CODE",
                         name,
                         {},
                         {"CORNERSTONEFREETEXT", "CST4", "pleural effusion"}});
        const ReadReport report = taken(with_groups({group(items)}));
        BOOST_REQUIRE(report.annotations.size() == 1U);
        BOOST_TEST((report.annotations[0].finding == Finding::effusion));
        items.back().code = {"39607008", "SCT", "Lung"};  // a real site names no finding
        BOOST_TEST(taken(with_groups({group(items)})).annotations.size() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_label_is_handed_on_unmapped_and_never_guessed) {
    const ReadReport report = taken(with_groups(
        {planar_group(rectangle, our_image, {"125605004", "SCT", "Fracture of bone"})}));
    BOOST_REQUIRE(report.rejected.size() == 1U);
    BOOST_REQUIRE(report.rejected[0].unmapped.has_value());
    const Annotation& unmapped = *report.rejected[0].unmapped;
    BOOST_TEST(!unmapped.finding.has_value());
    BOOST_TEST(unmapped.finding_code.value == "125605004");
    BOOST_TEST(unmapped.label_as_written == "Fracture of bone");
    BOOST_TEST(unmapped.image_index == "99990001_007.png");
    BOOST_TEST(sides(unmapped) == its_sides, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(regions)

struct Region {
    const char* says;
    const char* graphic_type;
    std::vector<float> points;
    const char* reason;           ///< part of it; empty: taken
    const char* reason_as_boxes;  ///< the same where other shapes are taken
    SourceShape shape = SourceShape::rectangle;
};
std::ostream& operator<<(std::ostream& out, const Region& region) {
    return out << region.says;
}

const float nan = std::numeric_limits<float>::quiet_NaN();
const Region regions[] = {
    {"closed", "POLYLINE", rectangle, "", ""},
    {"open", "POLYLINE", {225, 547, 312, 547, 312, 626, 225, 626}, "", ""},
    {"counter-clockwise from another corner",
     "POLYLINE",
     {312, 547, 225, 547, 225, 626, 312, 626},
     "",
     ""},
    {"skewed by less than half a pixel",
     "POLYLINE",
     {225, 547.4F, 312, 547, 312.4F, 626, 225, 626},
     "",
     ""},
    {"half a pixel out of the image", "POLYLINE", {-0.5F, 0, 9, 0, 9, 9, -0.5F, 9}, "", ""},
    {"a rotated rectangle",
     "POLYLINE",
     {300, 200, 400, 300, 300, 400, 200, 300},
     "no rectangle",
     "",
     SourceShape::polygon},
    {"a bow tie of four corners",
     "POLYLINE",
     {225, 547, 312, 626, 312, 547, 225, 626},
     "no rectangle",
     "",
     SourceShape::polygon},
    {"a triangle", "POLYLINE", {10, 10, 50, 10, 30, 40}, "no rectangle", "", SourceShape::polygon},
    {"a circle", "CIRCLE", {100, 100, 130, 140}, "no rectangle", "", SourceShape::circle},
    {"an ellipse",
     "ELLIPSE",
     {50, 100, 150, 100, 100, 80, 100, 120},
     "no rectangle",
     "",
     SourceShape::ellipse},
    {"a point", "POINT", {10, 10}, "is no region", "is no region"},
    {"points", "MULTIPOINT", {10, 10, 20, 20}, "is no region", "is no region"},
    {"a line", "POLYLINE", {10, 10, 20, 20}, "is a line", "is a line"},
    {"a type that there is none of", "RECTANGLE", rectangle, "is no region", "is no region"},
    {"an odd number of coordinates", "POLYLINE", {1, 2, 3, 4, 5, 6, 7}, "odd number", "odd number"},
    {"not a number", "POLYLINE", {nan, 2, 30, 2, 30, 40, nan, 40}, "no number", "no number"},
    {"infinite",
     "POLYLINE",
     {1, 2, std::numeric_limits<float>::infinity(), 2, 3, 4, 1, 4},
     "no number",
     "no number"},
    {"no coordinates", "POLYLINE", {}, "without Graphic Data", "without Graphic Data"},
    {"beyond the image",
     "POLYLINE",
     {1000, 10, 1025, 10, 1025, 30, 1000, 30},
     "out of the image",
     "out of the image"},
    {"without width", "POLYLINE", {10, 10, 10, 10, 10, 40, 10, 40}, "without width", "without"},
};

BOOST_DATA_TEST_CASE(are_taken_or_refused_with_a_reason, regions, region) {
    const ForeignDocument document =
        with_groups({planar_group(region.points, our_image, atelectasis, region.graphic_type)});
    for (const bool as_boxes : {false, true}) {
        const ReadReport report = taken(document, {.non_rectangular_as_boxes = as_boxes});
        const std::string reason = as_boxes ? region.reason_as_boxes : region.reason;
        if (reason.empty()) {
            BOOST_REQUIRE(report.annotations.size() == 1U);
            BOOST_TEST((report.annotations[0].box->source_shape ==
                        (as_boxes ? region.shape : SourceShape::rectangle)));
        } else {
            BOOST_TEST(report.annotations.size() == 0U);
            BOOST_REQUIRE(report.rejected.size() == 1U);
            BOOST_TEST(report.rejected[0].reason.find(reason) != std::string::npos,
                       report.rejected[0].reason);
        }
    }
}

BOOST_AUTO_TEST_CASE(other_shapes_give_the_box_around_them) {
    const auto box = [](const char* type, std::vector<float> points) {
        const ReadReport report =
            taken(with_groups({planar_group(points, our_image, atelectasis, type)}),
                  {.non_rectangular_as_boxes = true});
        return sides(report.annotations.at(0));
    };
    const std::vector<double> circle{50, 50, 100, 100};
    BOOST_TEST(box("CIRCLE", {100, 100, 130, 140}) == circle, boost::test_tools::per_element());
    const std::vector<double> ellipse{50, 80, 100, 40};
    BOOST_TEST(box("ELLIPSE", {50, 100, 150, 100, 100, 80, 100, 120}) == ellipse,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_reaches_out_by_half_a_pixel_is_clipped) {
    const ReadReport report = taken(with_groups({planar_group(
        {-0.5F, -0.25F, 1024.5F, -0.25F, 1024.5F, 10, -0.5F, 10}, our_image, atelectasis)}));
    const std::vector<double> clipped{0, 0, 1024, 10};
    BOOST_TEST(sides(report.annotations.at(0)) == clipped, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
