// PS3.4 B.2.3 and the promise of durability: what is acknowledged survives, what is not leaves
// nothing behind.
#include "bridge/objects/received_store.hpp"

#include "bridge/catalogue/queries.hpp"
#include "bridge/objects/objects_to_store.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <latch>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
using storescp::StoreOutcome;
namespace fs = std::filesystem;

namespace {

/// With anything in them: incoming/ has empty ones ready.
std::size_t files_under(const fs::path& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        count += entry.is_regular_file() && entry.file_size() > 0 ? 1U : 0U;
    }
    return count;
}

bool is_found(Catalogue& catalogue, const std::string& sop_instance_uid) {
    return need(catalogue.find_instance(sop_instance_uid)).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_b_2_3_an_object_is_stored)

BOOST_AUTO_TEST_CASE(s1_whole_found_and_given_back_byte_for_byte) {
    StoreAtWork store;
    const ObjectToStore object = object_to_store("1.2.3");
    BOOST_TEST((need(store.put(object)) == StoreOutcome::stored));
    BOOST_TEST(store.bytes_of("1.2.3") == object.data_set);
    const auto found = find_all(*store.catalogue,
                                dicom::QueryLevel::image,
                                {key(DCM_SOPInstanceUID, "1.2.3"), key(DCM_PatientName)});
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(text_of(found[0], DCM_PatientName) == "Müller^Jürgen");
}

BOOST_AUTO_TEST_CASE(S8_S9_S15_nothing_is_coerced_or_discarded) {
    // Level 2 (PS3.4 B.4.1): what is private, unknown, empty, padded or breaks its VR stays as it
    // came, so neither B000H (coercion) nor B006H (elements discarded) is ever due.
    StoreAtWork store;
    ObjectToStore object = object_to_store("1.2.3");
    using dicom::VR;
    dicom::put(object.attributes, DcmTagKey(0x0009, 0x0010), VR::LO, "ACME 1.0");
    dicom::put(object.attributes, DcmTagKey(0x0009, 0x1001), VR::UN, std::string("\0\1\xFF", 3));
    dicom::put(object.attributes, DCM_AccessionNumber, VR::SH, "");
    dicom::put(object.attributes, DCM_StudyID, VR::SH, "far longer than its sixteen characters");
    dicom::put(object.attributes, DCM_PatientSex, VR::CS, "unheard of");
    dicom::put(object.attributes, DCM_StudyDate, VR::DA, "yesterday");
    dicom::put(object.attributes, DCM_PatientComments, VR::LT, "kept   ");
    object.encode();
    BOOST_TEST((need(store.put(object)) == StoreOutcome::stored));
    BOOST_TEST(store.bytes_of("1.2.3") == object.data_set);
}

BOOST_AUTO_TEST_CASE(s22_not_at_all_when_it_is_given_up_before_the_end) {
    StoreAtWork store;
    {
        auto reception = need(store.store->begin(request_of(object_to_store("1.2.3"))));
        need(reception->write(object_to_store("1.2.3").data_set));
    }
    BOOST_TEST(files_under(store.root()) == 0U);
    BOOST_TEST(!is_found(*store.catalogue, "1.2.3"));
}

struct Refusal {
    const char* says;
    void (*spoil)(ObjectToStore&);
    FaultKind kind;
    DcmTagKey element;
};
std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
    return out << refusal.says;
}
const Refusal refusals[] = {
    {"s3 another SOP class than the request's",
     [](ObjectToStore& object) { object.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2"; },
     FaultKind::refused,
     DCM_SOPClassUID},
    {"s4 another SOP instance than the request's",
     [](ObjectToStore& object) { object.sop_instance_uid = "1.2.4"; },
     FaultKind::refused,
     DCM_SOPInstanceUID},
    {"s5 no SOP Class UID",
     [](ObjectToStore& object) { object.leave_out(DCM_SOPClassUID); },
     FaultKind::refused,
     DCM_SOPClassUID},
    {"s5 no SOP Instance UID",
     [](ObjectToStore& object) { object.leave_out(DCM_SOPInstanceUID); },
     FaultKind::refused,
     DCM_SOPInstanceUID},
    {"s5 no Study Instance UID",
     [](ObjectToStore& object) { object.leave_out(DCM_StudyInstanceUID); },
     FaultKind::refused,
     DCM_StudyInstanceUID},
    {"s5 no Series Instance UID",
     [](ObjectToStore& object) { object.leave_out(DCM_SeriesInstanceUID); },
     FaultKind::refused,
     DCM_SeriesInstanceUID},
    {"s6 cut short",
     [](ObjectToStore& object) {
         object.data_set.erase(object.data_set.end() - 3, object.data_set.end());
     },
     FaultKind::malformed,
     DCM_ImageComments},
    {"s6 nothing",
     [](ObjectToStore& object) { object.data_set.clear(); },
     FaultKind::malformed,
     {}},
    {"s11 a path for a UID",
     [](ObjectToStore& object) { object.sop_instance_uid = "../../x"; },
     FaultKind::refused,
     DCM_AffectedSOPInstanceUID},
    {"s16 a group 0002 element",
     [](ObjectToStore& object) {
         const auto meta = dicom::encode_attributes(
             {{.tag = DCM_TransferSyntaxUID, .vr = dicom::VR::UI, .value = "1.2"}},
             dicom::explicit_vr_little_endian);
         object.data_set.insert(object.data_set.begin(), meta.begin(), meta.end());
     },
     FaultKind::malformed,
     DCM_TransferSyntaxUID},
};

BOOST_DATA_TEST_CASE(refused_objects_leave_nothing, refusals, refusal) {
    StoreAtWork store;
    ObjectToStore object = object_to_store("1.2.3");
    refusal.spoil(object);
    const auto outcome = store.put(object);
    BOOST_REQUIRE(!outcome);
    BOOST_TEST((outcome.error().kind == refusal.kind), outcome.error().doing);
    if (refusal.kind == FaultKind::refused) {
        BOOST_REQUIRE(outcome.error().element.has_value());
        BOOST_TEST((*outcome.error().element == refusal.element));
    }
    BOOST_TEST(files_under(store.root()) == 0U);
    BOOST_TEST(need(store.catalogue->counts()).instances == 0U);
}

struct Duplicate {
    DuplicatePolicy policy;
    const char* says;
    std::optional<StoreOutcome> outcome;  // nothing: a fault
    bool second_stays;
};
std::ostream& operator<<(std::ostream& out, const Duplicate& duplicate) {
    return out << duplicate.says;
}
const Duplicate duplicates[] = {
    {DuplicatePolicy::keep_first, "keep first", StoreOutcome::duplicate_kept, false},
    {DuplicatePolicy::warn, "warn", StoreOutcome::duplicate_warned, false},
    {DuplicatePolicy::replace, "replace", StoreOutcome::duplicate_replaced, true},
    {DuplicatePolicy::refuse, "refuse", std::nullopt, false},
};

BOOST_DATA_TEST_CASE(s10_another_object_of_the_same_uid_goes_by_policy, duplicates, duplicate) {
    StoreAtWork store({.duplicates = duplicate.policy});
    const ObjectToStore first = object_to_store("1.2.3");
    const ObjectToStore second = object_to_store("1.2.3", "another comment");
    need(store.put(first));
    BOOST_TEST((need(store.put(first)) == StoreOutcome::duplicate_identical));
    const auto outcome = store.put(second);
    BOOST_REQUIRE(outcome.has_value() == duplicate.outcome.has_value());
    BOOST_TEST((!outcome || *outcome == *duplicate.outcome));
    BOOST_TEST(store.bytes_of("1.2.3") ==
               (duplicate.second_stays ? second.data_set : first.data_set));
    BOOST_TEST(files_under(store.root()) == 1U);
    BOOST_TEST(need(store.catalogue->counts()).instances == 1U);
}

BOOST_AUTO_TEST_CASE(s10_the_data_sets_own_objects_are_never_replaced) {
    StoreAtWork store({.duplicates = DuplicatePolicy::replace});
    const DataSetFolder folder = generated_folder(1);
    need(store.catalogue->synchronise(folder));
    const auto made = dicom::instance_entity(folder.records[0], dicom::DerivedKind::image, {});
    const auto outcome = need(store.put(object_to_store(made.sop_instance_uid)));
    BOOST_TEST((outcome == StoreOutcome::duplicate_warned));
    BOOST_TEST(std::holds_alternative<MadeObject>(
        *need(store.catalogue->find_instance(made.sop_instance_uid))));
    BOOST_TEST(files_under(store.root()) == 0U);
}

BOOST_AUTO_TEST_CASE(s23_the_same_uid_from_eight_associations_at_once_has_one_winner) {
    StoreAtWork store;
    constexpr int senders = 8;
    std::latch start(senders);
    std::vector<std::optional<StoreOutcome>> outcomes(senders);
    {
        std::vector<std::jthread> threads;
        threads.reserve(senders);
        for (int i = 0; i < senders; ++i) {
            threads.emplace_back([&, i] {
                const ObjectToStore object = object_to_store("1.2.3", std::to_string(i));
                start.arrive_and_wait();
                if (auto outcome = store.put(object)) {
                    outcomes[static_cast<std::size_t>(i)] = *outcome;
                }
            });
        }
    }
    BOOST_TEST(std::ranges::count(outcomes, std::optional(StoreOutcome::stored)) == 1);
    BOOST_TEST(std::ranges::count(outcomes, std::optional(StoreOutcome::duplicate_kept)) ==
               senders - 1);
    const auto winner = std::ranges::find(outcomes, std::optional(StoreOutcome::stored));
    const auto index = static_cast<int>(winner - outcomes.begin());
    BOOST_TEST(store.bytes_of("1.2.3") == object_to_store("1.2.3", std::to_string(index)).data_set);
    BOOST_TEST(files_under(store.root()) == 1U);
}

BOOST_AUTO_TEST_CASE(s15_a_deflated_data_set_is_read_and_kept_as_it_came) {
    StoreAtWork store;
    ObjectToStore object = object_to_store("1.2.3");
    object.transfer_syntax_uid = dicom::deflated_explicit_vr_little_endian.uid;
    object.data_set = dicom::deflate_data_set(object.data_set);
    BOOST_TEST((need(store.put(object)) == StoreOutcome::stored));
    BOOST_TEST(store.bytes_of("1.2.3") == object.data_set);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_full_disk)

BOOST_AUTO_TEST_CASE(s7_a_quota_refuses_what_does_not_fit_and_takes_what_does) {
    const ObjectToStore object = object_to_store("1.2.3");
    StoreAtWork store({.quota_bytes = object.data_set.size() + 600});
    const auto too_big = store.put(object_to_store("1.2.4", std::string(9000, 'x')));
    BOOST_REQUIRE(!too_big);
    BOOST_TEST((too_big.error().kind == FaultKind::exhausted));
    BOOST_TEST(files_under(store.root()) == 0U);
    BOOST_TEST((need(store.put(object)) == StoreOutcome::stored));
    BOOST_TEST(!store.put(object_to_store("1.2.5")));
    BOOST_TEST(store.bytes_of("1.2.3") == object.data_set);
}

BOOST_AUTO_TEST_CASE(s7_a_write_that_the_system_refuses_leaves_nothing_and_passes) {
    StoreAtWork store;
    // A file size limit fails a write as a full disk does, in this process alone.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{.rlim_cur = 4096, .rlim_max = before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto refused = store.put(object_to_store("1.2.3", std::string(9000, 'x')));
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().kind == FaultKind::exhausted), refused.error().doing);
    BOOST_TEST(files_under(store.root()) == 0U);
    BOOST_TEST((need(store.put(object_to_store("1.2.3"))) == StoreOutcome::stored));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_start_reconciles_files_and_rows)

BOOST_AUTO_TEST_CASE(temporaries_go_files_without_row_come_back_rows_without_file_go) {
    StoreAtWork store;
    need(store.put(object_to_store("1.2.3")));
    need(store.put(object_to_store("1.2.4")));
    const std::string lost =
        std::get<KeptObject>(*need(store.catalogue->find_instance("1.2.4"))).file;
    const std::string kept =
        std::get<KeptObject>(*need(store.catalogue->find_instance("1.2.3"))).file;
    need(store.catalogue->remove_received(kept));
    fs::remove(store.root() / lost);
    write_file(store.root() / "incoming/1-1.part", "half");
    store.open_again();
    BOOST_TEST(store.store->reconciliation().catalogued == std::vector{kept},
               boost::test_tools::per_element());
    BOOST_TEST(store.store->reconciliation().rows_removed == std::vector{lost},
               boost::test_tools::per_element());
    BOOST_TEST(is_found(*store.catalogue, "1.2.3"));
    BOOST_TEST(!is_found(*store.catalogue, "1.2.4"));
    BOOST_TEST(store.bytes_of("1.2.3") == object_to_store("1.2.3").data_set);
    BOOST_TEST(files_under(store.root()) == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_sealed_before_it_had_a_name_comes_back_with_its_sender) {
    StoreAtWork store;
    need(store.put(object_to_store("1.2.3")));
    const auto kept = std::get<KeptObject>(*need(store.catalogue->find_instance("1.2.3")));
    // As a power cut leaves it: neither the new name nor the row had reached the disk.
    fs::rename(store.root() / kept.file, store.root() / "incoming/1-1.part");
    store.lose_catalogue();
    BOOST_TEST(store.store->reconciliation().catalogued == std::vector{kept.file},
               boost::test_tools::per_element());
    BOOST_TEST(store.bytes_of("1.2.3") == object_to_store("1.2.3").data_set);
    BOOST_TEST(files_under(store.root()) == 1U);
    std::string sender;
    need(store.catalogue->for_each_offered(false, [&sender](const OfferedObject& object) {
        sender = object.calling_ae_title;
        return true;
    }));
    BOOST_TEST(sender == "SENDER");
}

BOOST_AUTO_TEST_CASE(a_seal_on_what_is_not_whole_is_not_believed) {
    StoreAtWork store;
    need(store.put(object_to_store("1.2.3")));
    const auto kept = std::get<KeptObject>(*need(store.catalogue->find_instance("1.2.3")));
    const fs::path torn = store.root() / "incoming/1-1.part";
    fs::rename(store.root() / kept.file, torn);
    fs::resize_file(torn, fs::file_size(torn) - 1);
    store.lose_catalogue();
    BOOST_TEST(!is_found(*store.catalogue, "1.2.3"));
    BOOST_TEST(files_under(store.root()) == 0U);
    BOOST_TEST(store.store->reconciliation().unreadable.empty());
}

BOOST_AUTO_TEST_CASE(a_sealed_file_of_what_another_row_has_goes) {
    StoreAtWork store;
    need(store.put(object_to_store("1.2.3")));
    StoreAtWork other;
    need(other.put(object_to_store("1.2.3", "another comment")));
    const auto rival = std::get<KeptObject>(*need(other.catalogue->find_instance("1.2.3")));
    fs::copy_file(other.root() / rival.file, store.root() / "incoming/1-1.part");
    store.open_again();
    BOOST_TEST(store.store->reconciliation().files_removed == std::vector{rival.file},
               boost::test_tools::per_element());
    BOOST_TEST(store.bytes_of("1.2.3") == object_to_store("1.2.3").data_set);
}

BOOST_AUTO_TEST_CASE(a_lost_catalogue_is_rebuilt_from_the_files) {
    StoreAtWork store;
    for (int i = 0; i < 20; ++i) {
        need(store.put(object_to_store("1.2." + std::to_string(i))));
    }
    store.lose_catalogue();
    BOOST_TEST(store.store->reconciliation().catalogued.size() == 20U);
    BOOST_TEST(need(store.catalogue->counts()).received == 20U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_left_alone_and_named) {
    StoreAtWork store;
    const std::string name = "objects/ab/ab" + std::string(62, '0') + ".dcm";
    write_file(store.root() / name, "not a DICOM file");
    store.open_again();
    BOOST_REQUIRE(store.store->reconciliation().unreadable.size() == 1U);
    BOOST_TEST(store.store->reconciliation().unreadable[0].starts_with(name));
    BOOST_TEST(fs::exists(store.root() / name));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(acknowledged_means_durable)

namespace {

/// Stores objects without end and says the number of each one acknowledged.
[[noreturn]] void store_for_ever(const fs::path& folder, int first, int acknowledgements) {
    {
        StoreAtWork store({}, folder);
        for (int i = first;; ++i) {
            const auto outcome = store.put(object_to_store("1.2." + std::to_string(i)));
            if (!outcome || ::write(acknowledgements, &i, sizeof i) != sizeof i) {
                break;
            }
        }
    }
    ::_exit(1);
}

/// The numbers that a child acknowledged before it was killed after a while.
std::vector<int> kill_while_storing(const fs::path& folder, int first, useconds_t after_us) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        store_for_ever(folder, first, ends[1]);
    }
    ::close(ends[1]);
    std::vector<int> acknowledged(1);
    // The first acknowledgement says that it is at work; from there the moment is any.
    BOOST_REQUIRE(::read(ends[0], acknowledged.data(), sizeof(int)) == sizeof(int));
    ::usleep(after_us);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    int number = 0;
    while (::read(ends[0], &number, sizeof number) == sizeof number) {
        acknowledged.push_back(number);
    }
    ::close(ends[0]);
    return acknowledged;
}

}  // namespace

BOOST_AUTO_TEST_CASE(killed_at_twenty_five_moments_nothing_acknowledged_is_lost) {
    const TemporaryFolder folder;
    constexpr unsigned seed = 9;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    std::vector<int> acknowledged;
    for (int round = 0; round < 25; ++round) {
        const int first = round * 100'000;
        const auto of_round =
            kill_while_storing(folder.path(), first, static_cast<useconds_t>(random() % 30'000));
        acknowledged.insert(acknowledged.end(), of_round.begin(), of_round.end());

        StoreAtWork store({}, folder.path());
        for (const int number : of_round) {
            const std::string uid = "1.2." + std::to_string(number);
            BOOST_REQUIRE_MESSAGE(is_found(*store.catalogue, uid), uid << " is lost");
            BOOST_REQUIRE(store.bytes_of(uid) == object_to_store(uid).data_set);
        }
        // What was not acknowledged is absent or whole: every file has a row, every row a file.
        const auto received = need(store.catalogue->counts()).received;
        BOOST_TEST(received == files_under(store.root()));
        BOOST_TEST(store.store->reconciliation().unreadable.empty());
    }
    BOOST_TEST_MESSAGE(acknowledged.size() << " acknowledged, none lost");
    StoreAtWork store({}, folder.path());
    BOOST_TEST(need(store.catalogue->counts()).received >= acknowledged.size());
}

BOOST_AUTO_TEST_SUITE_END()
