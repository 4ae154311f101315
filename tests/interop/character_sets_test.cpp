// Every character set of PS3.3 C.12.1.1.2 that we promise, as DCMTK's clients send and read it:
// patients stored in each, asked for in the same set and in UTF-8 (F21, F22; PS3.4 C.2.2.2).

#include "interop/running_bridge.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace cxr::test;
namespace fs = std::filesystem;

namespace {

struct Patient {
    const char* character_set;
    const char* codec;  ///< Python's name of it, or one of write_named_object.py's own
    const char* name;
    const char* pattern;  ///< matches this name alone: '?' is one character of it
};
std::ostream& operator<<(std::ostream& out, const Patient& patient) {
    return out << patient.character_set << ' ' << patient.name;
}

const Patient patients[] = {
    {"ISO_IR 192", "utf_8", "Wang^XiaoDong=王^小東", "?^小東"},
    {"ISO_IR 100", "iso8859_1", "Buc^Jérôme", "Buc^J?r?me"},
    {"ISO_IR 101", "iso8859_2", "Wałęsa^Lech", "Wa??sa*"},
    {"ISO_IR 109", "iso8859_3", "Ĉapek^Ĝis", "?apek*"},
    {"ISO_IR 110", "iso8859_4", "Bērziņš^Jānis", "B?rzi??^J?nis"},
    {"ISO_IR 144", "iso8859_5", "Люксембург^Роза", "Люксембур?^Роза"},
    {"ISO_IR 127", "iso8859_6", "قباني^لنزار", "قبان?^*"},
    {"ISO_IR 126", "iso8859_7", "Διονυσιος^Νικος", "Διονυσιο?^*"},
    {"ISO_IR 138", "iso8859_8", "שרון^דבורה", "שרו?^*"},
    {"ISO_IR 148", "iso8859_9", "Çavuşoğlu^Gül", "Çavu?o?lu*"},
    {"ISO_IR 166", "tis_620", "นามสกุล^ชื่อ", "นามสกุ?^*"},
    {"GB18030", "gb18030", "Wang^XiaoDong=王^小东", "王^?东"},
    {"\\ISO 2022 IR 149", "ks_x_1001", "Hong^Gildong=洪^吉洞=홍^길동", "홍^길?"},
    {"\\ISO 2022 IR 87", "jis", "Yamada^Tarou=山田^太郎=やまだ^たろう", "山?^太郎"},
    {"ISO 2022 IR 13\\ISO 2022 IR 87", "jis", "ﾔﾏﾀﾞ^ﾊﾅｺ=山田^花子=やまだ^はなこ", "山田^花?"},
};

/// The bridge with all of them stored, once for all tests.
class Archive {
public:
    Archive() {
        for (std::size_t i = 0; i < std::size(patients); ++i) {
            const fs::path file = folder_ / ("object" + std::to_string(i) + ".dcm");
            write({"object", file.string()},
                  patients[i].character_set,
                  patients[i].codec,
                  patients[i].name,
                  {"1.2.826.0.1.3680043.2." + std::to_string(1000 + i)});
            const Finished stored = run(std::vector<std::string>{"storescu"} + bridge.dcmtk_peer() +
                                        std::vector<std::string>{file.string()});
            BOOST_TEST_REQUIRE(stored.exit_code == 0, patients[i] << stored.errors);
        }
    }

    /// The answers to a query for this name in this character set, as files.
    std::vector<fs::path> ask(const Patient& encoding, const std::string& name) {
        const fs::path identifier = folder_ / "query.dcm";
        write({"query", identifier.string()}, encoding.character_set, encoding.codec, name, {});
        const fs::path answers = folder_ / ("answers" + std::to_string(++asked_));
        fs::create_directory(answers);
        const Finished found =
            run(std::vector<std::string>{"findscu", "-S", "-X", "-od"} +
                std::vector<std::string>{answers.string()} + bridge.dcmtk_peer() +
                std::vector<std::string>{identifier.string()});
        BOOST_TEST(found.exit_code == 0, found.errors);
        return files_below(answers);
    }

    const RunningBridge bridge;

private:
    static void write(std::vector<std::string> begin,
                      const std::string& character_set,
                      const std::string& codec,
                      const std::string& name,
                      const std::vector<std::string>& end) {
        const Finished written = run(
            std::vector<std::string>{"/usr/bin/python3", "tests/interop/write_named_object.py"} +
            begin + std::vector<std::string>{character_set, codec, name} + end);
        BOOST_TEST_REQUIRE(written.exit_code == 0, written.errors);
    }

    TemporaryFolder folder_;
    unsigned asked_ = 0;
};

Archive& archive() {
    static Archive archive;
    return archive;
}

const Patient utf_8{"ISO_IR 192", "utf_8", "", ""};

void check_answer(const std::vector<fs::path>& answers, const Patient& patient) {
    BOOST_TEST_REQUIRE(answers.size() == 1U);
    const Finished dump = run({"dcmdump", "-q", answers.front().string()});
    BOOST_TEST_MESSAGE(dump.output);
    BOOST_TEST(values_of(dump.output, "0010,0010") == std::vector<std::string>{patient.name},
               boost::test_tools::per_element());
    BOOST_TEST(values_of(dump.output, "0008,0005") == std::vector<std::string>{"ISO_IR 192"},
               boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(F22_a_request_in_one_set_matches_objects_in_another)  // C.2.2.2

BOOST_DATA_TEST_CASE(by_its_name_in_its_own_set, patients, patient) {
    check_answer(archive().ask(patient, patient.name), patient);
}

BOOST_DATA_TEST_CASE(F28_by_a_pattern_in_utf_8_where_a_character_is_one, patients, patient) {
    check_answer(archive().ask(utf_8, patient.pattern), patient);
}

BOOST_AUTO_TEST_CASE(F21_an_answer_in_ascii_names_no_character_set) {  // C.4.1.1.3.2
    const Finished found = find(
        archive().bridge,
        {"QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.826.0.1.3680043.2.1005.1", "StudyDate"});
    const std::string answer = found.errors + found.output;
    BOOST_TEST(values_of(answer, "0008,0020").size() == 1U);
    BOOST_TEST(values_of(answer, "0008,0005").empty());
}

BOOST_AUTO_TEST_SUITE_END()
