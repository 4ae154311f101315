// Pictures and bulk data of kept objects (PS3.18 §10.4.1.1, §9), and what the audit trail is told.
#include "bridge/web/web.hpp"
#include "dicom/image/rendering.hpp"
#include "support/dcmtk_ready.hpp"
#include "support/fake_ports.hpp"
#include "support/small_images.hpp"
#include "support/softcopy_states.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cxr;
using namespace cxr::bridge::web;
using namespace cxr::test;
using dicom::EncodedObject;

namespace {

BOOST_TEST_GLOBAL_FIXTURE(DcmtkReady);

/// Objects of one study, as the node would keep them.
class KeptObjects final : public storescp::RetrievePort {
public:
    struct Kept {
        std::string series_instance_uid;
        EncodedObject object;
    };
    std::vector<Kept> kept;

    dicom::Result<std::vector<storescp::InstanceReference>> instances(
        const dicom::RetrieveIdentifier& identifier) override {
        const auto takes = [](const std::vector<std::string>& wanted, const std::string& uid) {
            return wanted.empty() || std::ranges::find(wanted, uid) != wanted.end();
        };
        std::vector<storescp::InstanceReference> found;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            const EncodedObject& object = kept[i].object;
            if (takes(identifier.study_instance_uids, "1.2.3") &&
                takes(identifier.series_instance_uids, kept[i].series_instance_uid) &&
                takes(identifier.sop_instance_uids, object.sop_instance_uid)) {
                found.push_back({.sop_class_uid = object.sop_class_uid,
                                 .sop_instance_uid = object.sop_instance_uid,
                                 .transfer_syntax_uid = object.transfer_syntax_uid,
                                 .handle = static_cast<std::int64_t>(i)});
            }
        }
        return found;
    }
    std::vector<storescp::AuditSubject> subjects(
        std::span<const storescp::InstanceReference> of) override {
        storescp::AuditSubject subject{
            .patient_id = "P1", .study_instance_uid = "1.2.3", .instances = {}};
        for (const storescp::InstanceReference& instance : of) {
            ++subject.instances[instance.sop_class_uid];
        }
        return {std::move(subject)};
    }
    std::vector<std::string> transfer_syntaxes(
        const storescp::InstanceReference& instance) override {
        std::vector<std::string> uids;
        const auto* const from = dicom::find_transfer_syntax(instance.transfer_syntax_uid);
        for (const dicom::TransferSyntax* to : dicom::transcodable_to(*from)) {
            uids.emplace_back(to->uid);
        }
        return uids;
    }
    dicom::Result<EncodedObject> load(const storescp::InstanceReference& instance,
                                      const std::string& transfer_syntax_uid) override {
        return dicom::transcode(kept[static_cast<std::size_t>(instance.handle)].object,
                                *dicom::find_transfer_syntax(transfer_syntax_uid));
    }
};

struct Audit final : WebAudit {
    std::vector<std::uint64_t> sent_instances;
    void searched(const Request& /*request*/, std::string_view /*query*/) override {}
    void sent(const Request& /*request*/,
              const std::vector<storescp::AuditSubject>& subjects) override {
        std::uint64_t count = 0;
        for (const auto& subject : subjects) {
            for (const auto& [sop_class, instances] : subject.instances) {
                count += instances;
            }
        }
        sent_instances.push_back(count);
    }
    void refused(const Request& /*request*/) override {}
};

SmallImage square() {
    SmallImage image{.rows = 64, .columns = 64, .pixels = std::string(4'096, '\0')};
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        image.pixels[i] = static_cast<char>(i % 200);
    }
    return image;
}

EncodedObject in_syntax(const EncodedObject& object, const char* name) {
    return *dicom::transcode(object, *dicom::find_transfer_syntax(name));
}

/// An image (1.2.3.4.5) that is kept as JPEG-LS, a state of it (1.2.3.9.1), a document (1.2.3.8.1).
struct Study {
    KeptObjects objects;
    FakeQuery query;
    FakeReceive receive;
    config::Config config;
    Audit audit;
    Router router;

    Study() {
        dicom::Attributes boxed;
        dicom::put_sequence(boxed, DCM_GraphicAnnotationSequence, {box_annotation()});
        const auto document = attributes({{DCM_SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.22"},
                                          {DCM_SOPInstanceUID, "1.2.3.8.1"},
                                          {DCM_StudyInstanceUID, "1.2.3"},
                                          {DCM_SeriesInstanceUID, "1.2.3.8"}});
        objects.kept = {{"1.2.3.8", object_of(document)},
                        {"1.2.3.4", in_syntax(object_of(square()), "jpeg-ls")},
                        {"1.2.3.9", object_of(state_of_image(boxed))}};
        add_pixel_resources(router, ports);
        add_rendered_resources(router, ports);
        add_uri_resource(router, ports);
        add_metadata_resources(router, ports);
        add_retrieve_resources(router, ports);
    }

    Response ask(std::string_view target, Fields fields = {}) {
        Request request;
        request.method = "GET";
        request.target = *parse_target(target);
        request.headers = std::move(fields);
        request.origin = "http://test";
        auto found = router.find("GET", request.target.path);
        request.captures = std::move(found.captures);
        return std::get<Answer>(found.resource->handler)(request);
    }

    WebPorts ports{.query = query,
                   .retrieve = objects,
                   .receive = receive,
                   .config = config,
                   .query_rules = {},
                   .check = {},
                   .audit = &audit};
};

std::string text_in(const Response& response) {
    std::string text;
    const auto append = [&text](const std::vector<dicom::Segment>& segments) {
        for (const dicom::Segment& segment : segments) {
            text.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
        }
    };
    if (const auto* const segments = std::get_if<std::vector<dicom::Segment>>(&response.content)) {
        append(*segments);
    } else if (const auto* const whole = std::get_if<std::string>(&response.content)) {
        text = *whole;
    } else if (const auto* const pieces = std::get_if<std::shared_ptr<Pieces>>(&response.content)) {
        for (auto some = (*pieces)->next(); some && !some->empty(); some = (*pieces)->next()) {
            append(*some);
        }
    }
    return text;
}

std::string type_of(const Response& response) {
    const std::string* const type = find(response.headers, "content-type");
    return type == nullptr ? std::string() : *type;
}

std::string png_of(const dicom::RenderingOptions& options) {
    const auto file = dicom::png_of(*dicom::render(object_of(square()), options));
    return {reinterpret_cast<const char*>(file.data()), file.size()};
}

dicom::SoftcopyState boxes() {
    dicom::Attributes boxed;
    dicom::put_sequence(boxed, DCM_GraphicAnnotationSequence, {box_annotation()});
    return *dicom::read_softcopy_state(state_of_image(boxed), "1.2.3.4.5", 1);
}

const std::string study = "/dicom-web/studies/1.2.3";
const std::string image = study + "/series/1.2.3.4/instances/1.2.3.4.5";
const std::string state = study + "/series/1.2.3.9/instances/1.2.3.9.1";
const std::string wado =
    "/wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.4&objectUID=1.2.3.4.5";
const std::string of_document =
    "/wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.8&objectUID=1.2.3.8.1";
const std::string octets = "application/octet-stream";
const std::string plain = "; transfer-syntax=1.2.840.10008.1.2.1";
const std::string jls = "; transfer-syntax=1.2.840.10008.1.2.4.80";

struct Bulk {
    const char* says;
    std::string accept;
    unsigned status;
    std::string type;  ///< begins with
};
std::ostream& operator<<(std::ostream& out, const Bulk& each) {
    return out << each.says;
}
const Bulk bulks[] = {
    {"anything is decoded", "", 200, octets + plain},
    {"octets are decoded", octets, 200, octets + plain},
    {"as it is kept", octets + "; transfer-syntax=*", 200, octets + jls},
    {"as it is asked for", octets + jls, 200, octets + jls},
    {"in parts", "multipart/related; type=\"" + octets + "\"", 200, "multipart/related"},
    {"in a syntax that there is not",
     octets + "; transfer-syntax=1.2.3",
     406,
     "application/problem"},
    {"as a picture", "image/png", 406, "application/problem"},
};

struct Excluding {
    std::string target;
    const char* accept;
    const char* type;  ///< begins with; of a refusal that of a problem
};
std::ostream& operator<<(std::ostream& out, const Excluding& each) {
    return out << each.target << " for " << each.accept;
}
const Excluding excluding[] = {
    {image + "/rendered", "image/jpeg;q=0, */*", "image/png"},
    {image + "/rendered", "*/*;q=0.1, image/jpeg;q=0, image/png;q=0", "multipart/related"},
    {image + "/rendered", "image/*;q=0, multipart/*;q=0, */*", "application/problem"},
    {image + "/thumbnail", "image/*, image/jpeg;q=0", "image/png"},
    {image + "/thumbnail",
     "multipart/related; type=\"image/jpeg\";q=0, multipart/related",
     "multipart/related; type=\"image/png\""},
    {study + "/rendered",
     "multipart/related; type=\"image/jpeg\";q=0, */*",
     "multipart/related; type=\"image/png\""},
    {study + "/rendered", "multipart/related;q=0, */*", "application/problem"},
    {image + "/frames/1",
     "multipart/related; type=\"application/octet-stream\";q=0, */*",
     "multipart/related; type=\"image/jpeg\""},
    {image + "/frames/1", "multipart/related;q=0, */*", "application/octet-stream"},
    {image + "/metadata",
     "application/dicom+json;q=0, application/json;q=0, */*",
     "multipart/related; type=\"application/dicom+xml\""},
    {image, "multipart/related;q=0, */*", "application/dicom;"},
    {study, "multipart/related;q=0, */*", "application/problem"},
    {study,
     "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.5;q=0",
     "application/problem"},
    {wado, "image/jpeg;q=0, */*", "image/png"},
    {wado, "image/*;q=0, */*", "application/dicom"},
    {wado, "application/*;q=0, image/*;q=0, */*", "application/problem"},
    {wado + "&contentType=image/jpeg%3Bq%3D0,*/*", "", "image/png"},
    {of_document, "application/dicom;q=0, */*", "application/problem"},
};

struct Uri {
    std::string query;
    unsigned status;
    const char* says;  ///< the type, or what a problem names
};
std::ostream& operator<<(std::ostream& out, const Uri& each) {
    return out << each.query;
}
const Uri uris[] = {
    {wado, 200, "image/jpeg"},
    {wado + "&contentType=image/png", 200, "image/png"},
    {wado + "&contentType=image%2Fgif%2Cimage%2Fpng", 200, "image/png"},
    {wado + "&contentType=application/dicom", 200, "application/dicom"},
    {wado + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.5",
     200,
     "application/dicom"},
    {wado + "&contentType=application/dicom&transferSyntax=1.2.3", 406, "transferSyntax"},
    {wado + "&contentType=image/gif", 406, "contentType"},
    {of_document, 200, "application/dicom"},
    {of_document + "&contentType=image/jpeg", 406, "no picture"},
    {"/wado", 400, "requestType"},
    {"/wado?requestType=FETCH", 400, "requestType"},
    {"/wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.4", 400, "objectUID"},
    {"/wado?requestType=WADO&studyUID=a&seriesUID=1.2.3.4&objectUID=1", 400, "studyUID"},
    {"/wado?requestType=WADO&studyUID=1.2.3&seriesUID=1.2.3.9&objectUID=1.2.3.4.5", 404, "no such"},
    {wado + "&frameNumber=2", 404, "frame"},
    {wado + "&frameNumber=x", 400, "frameNumber"},
    {wado + "&rows=0", 400, "rows"},
    {wado + "&columns=8193", 400, "columns"},
    {wado + "&region=0,0,1", 400, "region"},
    {wado + "&region=0.5,0,0.5,1", 400, "region"},
    {wado + "&windowCenter=5", 400, "windowCenter"},
    {wado + "&windowCenter=5&windowWidth=0", 400, "windowWidth"},
    {wado + "&imageQuality=101", 400, "imageQuality"},
    {wado + "&annotation=all", 400, "annotation"},
    {wado + "&anonymize=yes", 406, "anonymize"},
    {wado + "&presentationUID=1.2.3.9.1", 400, "presentationSeriesUID"},
    {wado + "&presentationUID=1.2.3.9.7&presentationSeriesUID=1.2.3.9", 404, "no such"},
    {wado + "&presentationUID=1.2.3.8.1&presentationSeriesUID=1.2.3.8", 400, "presentationUID"},
    {wado + "&presentationUID=1.2.3.9.1&presentationSeriesUID=1.2.3.9", 200, "image/jpeg"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rfc_9110_12_4_2_what_is_excluded)

BOOST_DATA_TEST_CASE(is_not_given_by_a_wider_range, excluding, each) {
    Study kept;
    const Response response = kept.ask(each.target, {{.name = "accept", .value = each.accept}});
    BOOST_TEST(type_of(response).starts_with(each.type), type_of(response));
    BOOST_TEST(response.status ==
               (type_of(response).starts_with("application/problem") ? 406U : 200U));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_18_10_4_1_1_5_frames)

BOOST_AUTO_TEST_CASE(are_a_list_of_numbers) {
    Study kept;
    for (const char* const list : {"1", "1,1", "01"}) {
        BOOST_TEST(kept.ask(image + "/frames/" + list).status == 200U, list);
    }
    for (const char* const list :
         {"1,", ",1", ",", "1,,1", "0", "-1", "1-2", "1,x", "1,%20", "4294967296"}) {
        BOOST_TEST(kept.ask(image + "/frames/" + list).status == 400U, list);
    }
    BOOST_TEST(kept.ask(image + "/frames/1,2").status == 404U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_18_10_4_1_1_6_bulk_data)

BOOST_DATA_TEST_CASE(of_compressed_pixels_say_their_transfer_syntax, bulks, each) {
    Study kept;
    const Response response =
        kept.ask(image + "/bulkdata/7FE00010",
                 each.accept.empty() ? Fields{} : Fields{{.name = "accept", .value = each.accept}});
    BOOST_TEST(response.status == each.status);
    BOOST_TEST(type_of(response).starts_with(each.type), type_of(response));
    if (type_of(response) == octets + plain) {
        BOOST_TEST((text_in(response) == square().pixels));
    } else if (type_of(response) == octets + jls) {
        BOOST_TEST(text_in(response).starts_with("\xFF\xD8\xFF"));
    }
}

BOOST_AUTO_TEST_CASE(of_other_attributes_has_none) {
    Study kept;
    const Response response = kept.ask(image + "/bulkdata/00080018");
    BOOST_TEST(type_of(response) == octets);
    BOOST_TEST(text_in(response) == "1.2.3.4.5");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_18_10_4_1_1_3_rendered_resources)

BOOST_AUTO_TEST_CASE(of_a_study_are_one_as_a_thumbnail_and_all_as_pictures) {
    Study kept;
    const Response thumbnail = kept.ask(study + "/thumbnail");
    BOOST_TEST(type_of(thumbnail) == "image/jpeg");
    BOOST_TEST(kept.audit.sent_instances == std::vector<std::uint64_t>{1},
               boost::test_tools::per_element());
    const Response all = kept.ask(study + "/rendered?accept=multipart/related%3Btype%3Dimage/png");
    BOOST_TEST(type_of(all).starts_with("multipart/related"));
    const std::string text = text_in(all);
    std::size_t parts = 0;
    for (auto at = text.find("Content-Type: image/png"); at != std::string::npos;
         at = text.find("Content-Type: image/png", at + 1)) {
        ++parts;
    }
    BOOST_TEST(parts == 2U);  // the image, and its state
    BOOST_TEST(kept.ask(study + "/rendered?accept=image/png").status == 406U);
    BOOST_TEST(kept.ask(study + "/series/1.2.3.8/rendered").status == 406U);
    BOOST_TEST(kept.ask(study + "/series/1.2.3.7/rendered").status == 404U);
}

BOOST_AUTO_TEST_CASE(have_a_presentation_state_applied) {
    Study kept;
    const std::string query = "?presentationUID=1.2.3.9.1&presentationSeriesUID=1.2.3.9";
    const auto png = "&accept=image/png";
    dicom::RenderingOptions options;
    options.state = boxes();
    const std::string expected = png_of(options);
    BOOST_TEST((text_in(kept.ask(image + "/rendered" + query + png)) == expected));
    BOOST_TEST((text_in(kept.ask(state + "/rendered?accept=image/png")) == expected));
    BOOST_TEST((text_in(kept.ask(image + "/rendered?accept=image/png")) == png_of({})));
    // Whose contents are seen: the image's and the state's, twice; then the image's.
    const std::vector<std::uint64_t> told{2, 2, 1};
    BOOST_TEST(kept.audit.sent_instances == told, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuse_a_state_of_another_image) {
    Study kept;
    EncodedObject other = object_of(square());
    other.sop_instance_uid = "1.2.3.4.6";
    kept.objects.kept.push_back({"1.2.3.4", other});
    const Response response = kept.ask(study +
                                       "/series/1.2.3.4/instances/1.2.3.4.6/rendered"
                                       "?presentationUID=1.2.3.9.1&presentationSeriesUID=1.2.3.9");
    BOOST_TEST(response.status == 400U);
    BOOST_TEST(text_in(response).find("not of this image") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_18_9_wado_uri)

BOOST_DATA_TEST_CASE(is_answered_by_what_it_says, uris, each) {
    Study kept;
    const Response response = kept.ask(each.query);
    BOOST_TEST(response.status == each.status);
    const std::string said = each.status == 200 ? type_of(response) : text_in(response);
    BOOST_TEST(said.find(each.says) != std::string::npos, said.substr(0, 200));
}

BOOST_AUTO_TEST_CASE(shows_what_the_parameters_say) {
    Study kept;
    const auto shown = [&kept](const char* query) {
        return text_in(kept.ask(wado + "&contentType=image/png" + query));
    };
    dicom::RenderingOptions options;
    BOOST_TEST((shown("") == png_of(options)));
    options.viewport = dicom::Viewport{.width = 32, .height = 32};
    BOOST_TEST((shown("&rows=32&columns=50") == png_of(options)));
    BOOST_TEST((shown("&rows=32") == png_of(options)));
    BOOST_TEST((shown("&columns=32") == png_of(options)));
    options.viewport = dicom::Viewport{
        .region = dicom::Viewport::Region{.x = 16, .y = 32, .width = 16, .height = 32}};
    BOOST_TEST((shown("&region=0.25,0.5,0.5,1") == png_of(options)));
    options.viewport.reset();
    options.window = dicom::Window{.center = 40, .width = 20};
    BOOST_TEST((shown("&windowCenter=40&windowWidth=20") == png_of(options)));
    options.window.reset();
    options.state = boxes();
    BOOST_TEST(
        (shown("&presentationUID=1.2.3.9.1&presentationSeriesUID=1.2.3.9") == png_of(options)));
}

BOOST_AUTO_TEST_CASE(asks_a_browser_s_field_where_the_query_says_nothing) {
    Study kept;
    const auto type = [&kept](const char* accept) {
        return type_of(kept.ask(wado, {{.name = "accept", .value = accept}}));
    };
    BOOST_TEST(type("image/avif,image/webp,image/*,*/*;q=0.8") == "image/jpeg");
    BOOST_TEST(type("image/png") == "image/png");
    BOOST_TEST(type("application/dicom") == "application/dicom");
}

BOOST_AUTO_TEST_SUITE_END()
