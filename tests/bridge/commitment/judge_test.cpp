// PS3.4 J.1: what the node commits to is on the disk, or can be made from what is.
#include "bridge/commitment/judge.hpp"

#include "bridge/catalogue/queries.hpp"
#include "bridge/objects/objects_to_store.hpp"
#include "dicom/codec/codec.hpp"
#include "support/files.hpp"
#include "support/png_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace cxr;
using namespace cxr::bridge;
using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

struct SetUpDcmtk {
    SetUpDcmtk() { dicom::initialise_dcmtk(); }
};
BOOST_TEST_GLOBAL_FIXTURE(SetUpDcmtk);

constexpr const char* secondary_capture = "1.2.840.10008.5.1.4.1.1.7";

struct Stored {
    Stored() {
        need(store.put(object));
        need(store.put(object_to_store("1.2.4")));
    }
    std::uint16_t judge(const std::string& instance = "1.2.3",
                        const std::string& sop_class = secondary_capture) {
        return judge_commitment(*store.catalogue,
                                {.data_set = store.root(), .store = store.root(), .mapping = {}},
                                {sop_class, instance});
    }
    fs::path file() {
        const auto origin = need(store.catalogue->find_instance("1.2.3"));
        return store.root() / std::get<KeptObject>(origin.value()).file;
    }
    /// Larger than one piece that is read at a time.
    ObjectToStore object = object_to_store("1.2.3", std::string(3'000'000, 'x'));
    StoreAtWork store;
};

/// Two images with PNGs and one without, listed.
struct Made {
    Made() : folder(generated_folder(3)) {
        folder.images.erase(folder.records[2].row.image_index);
        for (auto& [name, file] : folder.images) {
            write_file(root / file.path, "a picture");
            struct stat status {};
            BOOST_REQUIRE(::stat((root / file.path).c_str(), &status) == 0);
            file.bytes = static_cast<std::uint64_t>(status.st_size);
            file.mtime_ns =
                std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
        }
        catalogue = need(Catalogue::open(
            {.file = root / "catalogue.sqlite", .mapping = {}, .list_missing_images = true}));
        need(catalogue->synchronise(folder));
    }
    std::uint16_t judge(std::size_t record, dicom::DerivedKind kind) {
        const auto instance = dicom::instance_entity(folder.records[record], kind, {});
        return judge_commitment(
            *catalogue,
            {.data_set = root.path(), .store = root / "received", .mapping = {}},
            {instance.sop_class_uid, instance.sop_instance_uid});
    }
    std::string png(std::size_t record) {
        return folder.images.at(folder.records[record].row.image_index).path;
    }
    TemporaryFolder root;
    DataSetFolder folder;
    std::unique_ptr<Catalogue> catalogue;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ps3_4_j_1_received_objects)

BOOST_AUTO_TEST_CASE(k5_whole_and_unchanged_is_committed) {
    Stored stored;
    BOOST_TEST(stored.judge() == 0);
    stored.store.open_again();
    BOOST_TEST(stored.judge() == 0);
}

BOOST_AUTO_TEST_CASE(k7_an_unknown_instance_is_0112) {
    Stored stored;
    BOOST_TEST(stored.judge("1.2.99") == 0x0112);
}

BOOST_AUTO_TEST_CASE(k8_another_class_is_0119) {
    Stored stored;
    BOOST_TEST(stored.judge("1.2.3", "1.2.840.10008.5.1.4.1.1.2") == 0x0119);
}

BOOST_AUTO_TEST_CASE(k9_a_class_that_is_not_stored_is_0122) {
    Stored stored;
    BOOST_TEST(stored.judge("1.2.99", "1.2.840.10008.1.1") == 0x0122);
}

BOOST_AUTO_TEST_CASE(k7_a_file_that_is_gone_is_0112) {
    Stored stored;
    fs::remove(stored.file());
    BOOST_TEST(stored.judge() == 0x0112);
    BOOST_TEST(stored.judge("1.2.4") == 0);
}

BOOST_AUTO_TEST_CASE(k9_a_file_with_another_byte_or_length_is_0110) {
    Stored stored;
    const std::string content = read_file(stored.file());
    std::string changed = content;
    changed[changed.size() - 10] ^= 1;
    write_file(stored.file(), changed);
    BOOST_TEST(stored.judge() == 0x0110);
    write_file(stored.file(), content.substr(0, content.size() - 2));
    BOOST_TEST(stored.judge() == 0x0110);
    write_file(stored.file(), "");
    BOOST_TEST(stored.judge() == 0x0110);
    write_file(stored.file(), content);
    BOOST_TEST(stored.judge() == 0);
}

BOOST_AUTO_TEST_CASE(k9_a_disk_that_fails_is_0213) {
    Stored stored;
    const fs::path file = stored.file();
    fs::remove(file);
    fs::create_symlink(file, file);  // ELOOP: neither absent nor readable
    BOOST_TEST(stored.judge() == 0x0213);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(ps3_4_j_1_made_objects)

BOOST_AUTO_TEST_CASE(k5_an_image_is_committed_while_its_png_is_as_catalogued) {
    Made made;
    BOOST_TEST(made.judge(0, dicom::DerivedKind::image) == 0);
    write_file(made.root / made.png(0), "another picture");
    BOOST_TEST(made.judge(0, dicom::DerivedKind::image) == 0x0112);
    fs::remove(made.root / made.png(1));
    BOOST_TEST(made.judge(1, dicom::DerivedKind::image) == 0x0112);
}

BOOST_AUTO_TEST_CASE(k7_an_offline_image_is_not_committed_and_its_report_is) {
    Made made;
    BOOST_TEST(made.judge(2, dicom::DerivedKind::image) == 0x0112);
    BOOST_TEST(made.judge(2, dicom::DerivedKind::label_report) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
