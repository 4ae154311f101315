// PS3.18 §10.5: what is stored by STOW-RS is stored as by C-STORE, and told of each object.
#include "web/stow.hpp"

#include "bridge/objects/objects_to_store.hpp"
#include "dicom/codec/codec.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace cxr;
using namespace cxr::bridge::web;
using namespace cxr::test;

namespace {

constexpr std::string_view service = "http://node/dicom-web";

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A Part 10 file.
std::string file_of(const ObjectToStore& object) {
    const auto header =
        dicom::file_meta_information({.sop_class_uid = object.sop_class_uid,
                                      .sop_instance_uid = object.sop_instance_uid,
                                      .transfer_syntax_uid = object.transfer_syntax_uid,
                                      .segments = {}});
    return text_of(header) + text_of(object.data_set);
}

std::string part_of(std::string_view content, std::string_view type = "application/dicom") {
    return fmt::format("--b\r\nContent-Type: {}\r\n\r\n{}\r\n", type, content);
}

struct Stowed {
    std::vector<StowedPart> parts;
    std::string fault;  ///< of the body; empty: it was whole
};

Stowed stow(StoreAtWork& store,
            const std::string& body,
            const std::string& study = {},
            std::size_t piece = 1'000) {
    Stow stow("b",
              {.receive = *store.store,
               .calling_ae_title = "STOW-RS",
               .called_ae_title = "CXRBRIDGE",
               .study_instance_uid = study});
    const auto bytes = std::as_bytes(std::span(body));
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (auto taken = stow.take(bytes.subspan(at, std::min(piece, bytes.size() - at))); !taken) {
            return {.parts = stow.parts(), .fault = taken.error().doing};
        }
    }
    const auto finished = stow.finish();
    return {.parts = stow.parts(), .fault = finished ? std::string() : finished.error().doing};
}

std::vector<unsigned> reasons(const Stowed& stowed) {
    std::vector<unsigned> found;
    for (const StowedPart& part : stowed.parts) {
        found.push_back(part.reason);
    }
    return found;
}

bool is_there(const StoreAtWork& store, const std::string& sop_instance_uid) {
    return need(store.catalogue->find_instance(sop_instance_uid)).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_18_10_5_objects_are_stored)

BOOST_AUTO_TEST_CASE(byte_for_byte_as_by_c_store) {
    StoreAtWork store;
    const ObjectToStore small = object_to_store("1.2.3");
    const ObjectToStore large = object_to_store("1.2.4", std::string(200'000, 'x'));
    const std::string body = part_of(file_of(small)) + part_of(file_of(large)) + "--b--";
    for (const std::size_t piece : {std::size_t{1'000}, std::size_t{65'536}, body.size()}) {
        const Stowed stowed = stow(store, body, "1.2", piece);
        BOOST_TEST(stowed.fault == "");
        BOOST_TEST(reasons(stowed) == (std::vector<unsigned>{0, 0}));
    }
    BOOST_TEST(store.bytes_of("1.2.3") == small.data_set);
    BOOST_TEST(store.bytes_of("1.2.4") == large.data_set);
}

BOOST_AUTO_TEST_CASE(and_told_of_with_their_urls) {
    StoreAtWork store;
    const Stowed stowed = stow(store, part_of(file_of(object_to_store("1.2.3"))) + "--b--");
    BOOST_TEST(stow_status(stowed.parts) == 200U);
    const auto result = stow_result(stowed.parts, service);
    BOOST_TEST(dicom::value_of(result, DCM_RetrieveURL) == "http://node/dicom-web/studies/1.2");
    const auto* stored = dicom::find(result, DCM_ReferencedSOPSequence);
    BOOST_REQUIRE(stored != nullptr);
    BOOST_REQUIRE(stored->items.size() == 1U);
    BOOST_TEST(dicom::value_of(stored->items[0], DCM_ReferencedSOPInstanceUID) == "1.2.3");
    BOOST_TEST(dicom::value_of(stored->items[0], DCM_RetrieveURL) ==
               "http://node/dicom-web/studies/1.2/series/1.2.1/instances/1.2.3");
    BOOST_TEST(dicom::find(result, DCM_FailedSOPSequence) == nullptr);
    BOOST_TEST(stowed.parts[0].subject.patient_id == "P1");
}

BOOST_AUTO_TEST_CASE(one_that_fails_takes_no_other_with_it) {
    StoreAtWork store;
    ObjectToStore other_class = object_to_store("1.2.4");
    other_class.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    ObjectToStore no_class = object_to_store("1.2.5");
    no_class.sop_class_uid = "1.2.840.10008.1.1";
    ObjectToStore no_syntax = object_to_store("1.2.6");
    no_syntax.transfer_syntax_uid = "1.2.3";
    ObjectToStore cut = object_to_store("1.2.7");
    cut.data_set.resize(cut.data_set.size() - 3);
    const Stowed stowed = stow(store,
                               part_of(file_of(other_class)) + part_of(file_of(no_class)) +
                                   part_of(file_of(no_syntax)) + part_of(file_of(cut)) +
                                   part_of("nothing of ours") + part_of("{}", "application/json") +
                                   part_of(file_of(object_to_store("1.2.3"))) + "--b--");
    BOOST_TEST(stowed.fault == "");
    BOOST_TEST(reasons(stowed) ==
               (std::vector<unsigned>{0xA900, 0x0122, 0xC122, 0xC000, 0xC000, 0xC000, 0}));
    BOOST_TEST(stow_status(stowed.parts) == 202U);
    BOOST_TEST(is_there(store, "1.2.3"));
    BOOST_TEST(!is_there(store, "1.2.4"));
    const auto result = stow_result(stowed.parts, service);
    const auto* failed = dicom::find(result, DCM_FailedSOPSequence);
    BOOST_REQUIRE(failed != nullptr);
    BOOST_TEST(failed->items.size() == 4U);
    BOOST_TEST(dicom::value_of(failed->items[0], DCM_FailureReason) == std::to_string(0xA900));
    const auto* unknown = dicom::find(result, DCM_OtherFailuresSequence);
    BOOST_REQUIRE(unknown != nullptr);
    BOOST_TEST(unknown->items.size() == 2U);
}

BOOST_AUTO_TEST_CASE(of_another_study_than_the_requests_are_not) {
    StoreAtWork store;
    const Stowed stowed = stow(store, part_of(file_of(object_to_store("1.2.3"))) + "--b--", "1.9");
    BOOST_TEST(reasons(stowed) == (std::vector<unsigned>{0xA900}));
    BOOST_TEST(stow_status(stowed.parts) == 409U);
    BOOST_TEST(!is_there(store, "1.2.3"));
}

BOOST_AUTO_TEST_CASE(of_a_body_that_is_cut_short_only_whole_ones_are) {
    StoreAtWork store;
    const std::string whole = part_of(file_of(object_to_store("1.2.3")));
    const std::string cut = part_of(file_of(object_to_store("1.2.4")));
    const Stowed stowed = stow(store, whole + cut.substr(0, cut.size() - 10));
    BOOST_TEST(stowed.fault == "the body ends before its closing boundary");
    BOOST_TEST(reasons(stowed) == (std::vector<unsigned>{0}));
    BOOST_TEST(is_there(store, "1.2.3"));
    BOOST_TEST(!is_there(store, "1.2.4"));
}

BOOST_AUTO_TEST_CASE(by_the_duplicate_policy) {
    StoreAtWork store({.duplicates = bridge::DuplicatePolicy::warn});
    const std::string first = part_of(file_of(object_to_store("1.2.3", "one"))) + "--b--";
    const std::string second = part_of(file_of(object_to_store("1.2.3", "two"))) + "--b--";
    BOOST_TEST(reasons(stow(store, first)) == (std::vector<unsigned>{0}));
    BOOST_TEST(reasons(stow(store, first)) == (std::vector<unsigned>{0}));
    const Stowed warned = stow(store, second);
    BOOST_TEST(reasons(warned) == (std::vector<unsigned>{0xB000}));
    BOOST_TEST(stow_status(warned.parts) == 202U);
    const auto result = stow_result(warned.parts, service);
    const auto* stored = dicom::find(result, DCM_ReferencedSOPSequence);
    BOOST_REQUIRE(stored != nullptr);
    BOOST_TEST(dicom::value_of(stored->items[0], DCM_WarningReason) == std::to_string(0xB000));
}

BOOST_AUTO_TEST_CASE(not_when_there_is_no_space) {
    StoreAtWork store({.quota_bytes = 2'000});
    const Stowed stowed =
        stow(store, part_of(file_of(object_to_store("1.2.3", std::string(5'000, 'x')))) + "--b--");
    BOOST_TEST(reasons(stowed) == (std::vector<unsigned>{0xA700}));
    BOOST_TEST(stow_status(stowed.parts) == 503U);
    BOOST_TEST(!is_there(store, "1.2.3"));
}

BOOST_AUTO_TEST_CASE(when_there_are_none_the_request_was_wrong) {
    StoreAtWork store;
    BOOST_TEST(stow_status(stow(store, "--b--").parts) == 400U);
}

BOOST_AUTO_TEST_SUITE_END()
