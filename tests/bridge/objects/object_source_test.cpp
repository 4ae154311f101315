// Objects made on demand from PNG and row, cached while they are the same, and kept ones as they
// came or transcoded.
#include "bridge/objects/object_source.hpp"

#include "bridge/catalogue/queries.hpp"
#include "bridge/objects/objects_to_store.hpp"
#include "dicom/codec/codec.hpp"
#include "objects/object_cache.hpp"
#include "support/files.hpp"
#include "support/folders.hpp"
#include "support/png_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <latch>
#include <sys/stat.h>
#include <thread>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

struct SetUpDcmtk {
    SetUpDcmtk() { dicom::initialise_dcmtk(); }
};
BOOST_TEST_GLOBAL_FIXTURE(SetUpDcmtk);

ImageFile file_on_disk(const fs::path& root, const std::string& path) {
    struct stat status {};
    BOOST_REQUIRE(::stat((root / path).c_str(), &status) == 0);
    return {
        .path = path,
        .bytes = static_cast<std::uint64_t>(status.st_size),
        .mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

/// A data set with a PNG of 128 x 128 for every row, catalogued.
class MadeAtWork {
public:
    MadeAtWork() : folder(generated_folder(4)) {
        for (auto& [name, file] : folder.images) {
            write_file(root / file.path, png(0));
            file = file_on_disk(root.path(), file.path);
        }
        CatalogueSettings settings;
        settings.file = root / "catalogue.sqlite";
        catalogue = need(Catalogue::open(settings));
        need(catalogue->synchronise(folder));
        source = std::make_unique<ObjectSource>(*catalogue,
                                                ObjectSourceSettings{.data_set = root.path(),
                                                                     .store = root / "received",
                                                                     .mapping = {},
                                                                     .cache_bytes_max = 1 << 20});
    }

    static std::string png(unsigned brightness) {
        PngPicture picture;
        picture.width = picture.height = 128;
        picture.sample = [brightness](unsigned x, unsigned y, unsigned) {
            return (x * 2 + y + brightness) & 0xffU;
        };
        return picture.file();
    }

    std::vector<storescp::InstanceReference> study(std::size_t record) {
        return need(source->instances(study_of(folder.records[record])));
    }
    std::string image_path(std::size_t record) const {
        return folder.images.at(folder.records[record].row.image_index).path;
    }

    TemporaryFolder root;
    DataSetFolder folder;
    std::unique_ptr<Catalogue> catalogue;
    std::unique_ptr<ObjectSource> source;
};

std::string bytes_in(const dicom::EncodedObject& object) {
    std::string bytes;
    for (const dicom::Segment& segment : object.segments) {
        bytes.append(reinterpret_cast<const char*>(segment.bytes.data()), segment.bytes.size());
    }
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(made_objects)

BOOST_AUTO_TEST_CASE(come_in_every_transfer_syntax_that_is_offered) {
    MadeAtWork at_work;
    for (const auto& instance : at_work.study(0)) {
        const auto syntaxes = at_work.source->transfer_syntaxes(instance);
        BOOST_REQUIRE(syntaxes.size() >= 3U);
        BOOST_TEST(syntaxes.front() == instance.transfer_syntax_uid);
        for (const std::string& uid : syntaxes) {
            const auto object = need(at_work.source->load(instance, uid));
            BOOST_TEST(object.transfer_syntax_uid == uid);
            BOOST_TEST(object.sop_instance_uid == instance.sop_instance_uid);
            BOOST_TEST(object.sop_class_uid == instance.sop_class_uid);
            if (!dicom::find_transfer_syntax(uid)->deflated) {
                const std::string bytes = bytes_in(object);
                BOOST_TEST(dicom::scan_data_set(std::as_bytes(std::span(bytes)),
                                                *dicom::find_transfer_syntax(uid))
                               .has_value());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(are_the_same_pixels_in_memory_when_asked_for_again) {
    MadeAtWork at_work;
    const auto image = at_work.study(0)[0];
    const auto first = need(at_work.source->load(image, image.transfer_syntax_uid));
    const auto again = need(at_work.source->load(image, image.transfer_syntax_uid));
    BOOST_TEST(first.segments.back().bytes.data() == again.segments.back().bytes.data());
}

BOOST_AUTO_TEST_CASE(are_refused_when_the_png_has_changed_and_new_after_the_next_index) {
    MadeAtWork at_work;
    const auto image = at_work.study(0)[0];
    const auto before = need(at_work.source->load(image, image.transfer_syntax_uid));
    const std::string path = at_work.image_path(0);
    write_file(at_work.root / path, MadeAtWork::png(50));

    const auto refused = at_work.source->load(image, image.transfer_syntax_uid);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().kind == FaultKind::not_found), refused.error().doing);

    at_work.folder.images.at(at_work.folder.records[0].row.image_index) =
        file_on_disk(at_work.root.path(), path);
    touch(at_work.folder);
    need(at_work.catalogue->synchronise(at_work.folder));
    const auto anew = at_work.study(0)[0];
    BOOST_TEST(anew.sop_instance_uid == image.sop_instance_uid);
    const auto after = need(at_work.source->load(anew, anew.transfer_syntax_uid));
    BOOST_TEST(bytes_in(after) != bytes_in(before));
}

BOOST_AUTO_TEST_CASE(of_a_damaged_png_fail_with_the_reason_and_are_offered_no_more) {
    MadeAtWork at_work;
    const std::string path = at_work.image_path(0);
    const std::string whole = MadeAtWork::png(0);
    write_file(at_work.root / path, whole.substr(0, whole.size() / 2));
    at_work.folder.images.at(at_work.folder.records[0].row.image_index) =
        file_on_disk(at_work.root.path(), path);
    touch(at_work.folder);
    need(at_work.catalogue->synchronise(at_work.folder));

    const auto instances = at_work.study(0);
    const auto damaged = at_work.source->load(instances[0], instances[0].transfer_syntax_uid);
    BOOST_REQUIRE(!damaged);
    BOOST_TEST((damaged.error().kind == FaultKind::malformed));
    BOOST_TEST(damaged.error().doing.find(path) != std::string::npos);
    const auto left = at_work.study(0);
    BOOST_TEST(left.size() == instances.size() - 1);
    BOOST_TEST(at_work.source->load(left[0], left[0].transfer_syntax_uid).has_value());
}

BOOST_AUTO_TEST_CASE(that_were_compressed_are_read_from_their_file_by_the_next_program) {
    MadeAtWork at_work;
    const auto image = at_work.study(0)[0];
    const auto with_files = [&] {
        return ObjectSource(*at_work.catalogue,
                            {.data_set = at_work.root.path(),
                             .store = at_work.root / "received",
                             .mapping = {},
                             .cache_bytes_max = 0,
                             .disk_cache = at_work.root / "cache",
                             .disk_cache_bytes_max = 1 << 20});
    };
    const std::string jpeg_ls(dicom::jpeg_ls_lossless.uid);
    const auto direct = need(at_work.source->load(image, jpeg_ls));
    ObjectSource first = with_files();
    BOOST_TEST(bytes_in(need(first.load(image, jpeg_ls))) == bytes_in(direct));
    BOOST_TEST(need(first.load(image, image.transfer_syntax_uid)).sop_instance_uid ==
               image.sop_instance_uid);
    BOOST_TEST(first.disk_cache_counters().objects == 1U);  // what needs no codec needs no file

    ObjectSource second = with_files();
    BOOST_TEST(bytes_in(need(second.load(image, jpeg_ls))) == bytes_in(direct));
    BOOST_TEST(second.disk_cache_counters().hits == 1U);
}

BOOST_AUTO_TEST_CASE(a_transfer_syntax_that_cannot_be_written_is_no_reason_to_take_an_image_away) {
    MadeAtWork at_work;
    const auto instances = at_work.study(0);
    const auto unsupported = at_work.source->load(instances[0], "1.2.840.10008.1.2.4.50");
    BOOST_REQUIRE(!unsupported);
    BOOST_TEST((unsupported.error().kind == FaultKind::unsupported), unsupported.error().doing);
    BOOST_TEST(at_work.study(0).size() == instances.size());
}

BOOST_AUTO_TEST_CASE(that_are_gone_are_not_found_even_when_their_place_is_taken) {
    MadeAtWork at_work;
    auto other = at_work.study(0)[0];
    other.sop_instance_uid = "1.2.3";
    const auto gone = at_work.source->load(other, other.transfer_syntax_uid);
    BOOST_REQUIRE(!gone);
    BOOST_TEST((gone.error().kind == FaultKind::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(kept_objects)

BOOST_AUTO_TEST_CASE(come_as_they_are_first_and_transcoded_when_asked) {
    StoreAtWork store;
    ObjectToStore sent = object_to_store("1.2.3");
    sent.leave_out(DCM_ImageComments);
    need(store.put(sent));
    ObjectSource source(*store.catalogue,
                        {.data_set = store.root(),
                         .store = store.root(),
                         .mapping = {},
                         .cache_bytes_max = 1 << 20});
    dicom::RetrieveIdentifier identifier;
    identifier.sop_instance_uids = {"1.2.3"};
    const auto instance = need(source.instances(identifier)).at(0);
    const auto syntaxes = source.transfer_syntaxes(instance);
    BOOST_REQUIRE(!syntaxes.empty());
    BOOST_TEST(syntaxes[0] == sent.transfer_syntax_uid);
    const std::string implicit(dicom::implicit_vr_little_endian.uid);
    BOOST_REQUIRE(std::ranges::find(syntaxes, implicit) != syntaxes.end());
    const auto transcoded = need(source.load(instance, implicit));
    const std::string bytes = bytes_in(transcoded);
    const auto attributes = need(dicom::decode_attributes(std::as_bytes(std::span(bytes)),
                                                          dicom::implicit_vr_little_endian));
    BOOST_TEST(text_of(attributes, DCM_SOPInstanceUID) == "1.2.3");
    BOOST_TEST(text_of(attributes, DCM_PatientName) == "Müller^Jürgen");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_cache)

namespace {

dicom::EncodedObject object_of(std::size_t bytes) {
    dicom::EncodedObject object;
    object.segments.push_back(dicom::Segment::of(std::vector<std::byte>(bytes)));
    return object;
}

}  // namespace

BOOST_AUTO_TEST_CASE(makes_an_object_once_for_all_who_wait_for_it) {
    ObjectCache cache(1000);
    std::atomic<int> made{0};
    std::latch start(8);
    {
        std::vector<std::jthread> threads;
        threads.reserve(8);
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                start.arrive_and_wait();
                static_cast<void>(cache.get("a", [&]() -> ObjectCache::Outcome {
                    ++made;
                    return object_of(100);
                }));
            });
        }
    }
    BOOST_TEST(made == 1);
}

BOOST_AUTO_TEST_CASE(keeps_no_faults) {
    ObjectCache cache(1000);
    const auto failed = cache.get("a", []() -> ObjectCache::Outcome {
        return Fault{.kind = FaultKind::storage, .doing = "no"};
    });
    BOOST_TEST(!failed.has_value());
    BOOST_TEST(cache.get("a", []() -> ObjectCache::Outcome { return object_of(1); }).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
