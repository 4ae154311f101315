#include "statement/created_objects.hpp"

#include "dicom/image/frame.hpp"
#include "dicom/image/secondary_capture.hpp"
#include "dicom/key_objects/key_objects.hpp"
#include "dicom/presentation/presentation_state.hpp"
#include "dicom/report/report.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

namespace cxr::bridge {
namespace {

using dicom::DerivedKind;
using dicom::ImageRecord;

ImageRecord made_up(const char* image, dicom::Finding finding, const char* label) {
    ImageRecord record;
    record.row.image_index = image;
    record.row.finding_labels = dicom::label_of(finding);
    record.row.findings = {finding};
    dicom::BoundingBox box;
    box.image_index = image;
    box.finding = finding;
    box.label_as_written = label;
    box.x = 10;
    box.y = 20;
    box.width = 30;
    box.height = 40;
    record.boxes = {box};
    static const auto model = std::make_shared<const dicom::AnnotationSource>(
        dicom::AnnotationSource{.name = "model",
                                .observer = {.type = dicom::ObserverType::device,
                                             .name = "model",
                                             .organization = {},
                                             .manufacturer = "its maker",
                                             .model_name = "model",
                                             .software_version = "1",
                                             .device_uid = {}}});
    record.sources = {
        {.source = model,
         .statements = {{.finding = finding, .label_as_written = label, .certainty_percent = 50}}}};
    return record;
}

/// As different as rows can be: what they have alike is no row's.
std::vector<ImageRecord> made_up_records() {
    ImageRecord whole = made_up("99990001_000.png", dicom::Finding::effusion, "Effusion");
    whole.row.follow_up = 1;
    whole.row.age = dicom::Age{.value = 61, .unit = 'Y'};
    whole.row.sex = dicom::Sex::female;
    whole.row.view = dicom::ViewPosition::pa;
    whole.row.original_width = 2992;
    whole.row.original_height = 2991;
    whole.row.original_spacing_x_mm = whole.row.original_spacing_y_mm = 0.143;
    whole.split = "test";
    ImageRecord other = made_up("99990002_003.png", dicom::Finding::mass, "Mass");
    other.row = whole.row;
    other.row.image_index = "99990002_003.png";
    other.row.finding_labels = "Mass";
    other.row.findings = {dicom::Finding::mass};
    other.row.follow_up = 4;
    other.row.age = dicom::Age{.value = 7, .unit = 'M'};
    other.row.sex = dicom::Sex::male;
    other.row.view = dicom::ViewPosition::ap;
    other.row.original_width = 2048;
    other.row.original_spacing_x_mm = 0.168;
    other.split = "train_val";
    // Nothing known but the name.
    ImageRecord bare = made_up("99990003_000.png", dicom::Finding::nodule, "Nodule");
    return {whole, other, bare};
}

void assign_dates(std::vector<ImageRecord>& records, dicom::Dates dates) {
    std::vector<dicom::ChestXRayRow> rows;
    rows.reserve(records.size());
    for (const ImageRecord& record : records) {
        rows.push_back(record.row);
    }
    const auto dated = dicom::assign_dates(rows, dates);
    for (std::size_t i = 0; i < records.size(); ++i) {
        records[i].dates = dated.dates.at(i);
    }
}

std::unique_ptr<DcmDataset> build(const ImageRecord& record,
                                  DerivedKind kind,
                                  const dicom::MappingOptions& mapping) {
    const auto built = [](auto result) {
        if (!result) {
            throw std::logic_error("an object of a made-up row: " + result.error().doing);
        }
        return *std::move(result);
    };
    switch (kind) {
        case DerivedKind::image: {
            const dicom::Frame frame{.rows = 1024, .columns = 1024, .pixels = {}, .notes = {}};
            auto image = dicom::build_secondary_capture_header(record, frame, mapping);
            image->putAndInsertUint8Array(DCM_PixelData, nullptr, 0);
            return image;
        }
        case DerivedKind::label_report:
        case DerivedKind::box_report:
        case DerivedKind::first_source_report:
            return built(dicom::build_report(record, kind, mapping));
        case DerivedKind::presentation_state:
            return built(dicom::build_presentation_state(record, mapping));
        case DerivedKind::key_objects:
            return built(dicom::build_key_objects(record, mapping));
    }
    throw std::logic_error("an unknown kind of object");
}

const char* name_of(DerivedKind kind) {
    switch (kind) {
        case DerivedKind::image:
            return "Image";
        case DerivedKind::label_report:
            return "Report of the labels";
        case DerivedKind::box_report:
            return "Report of the boxes";
        case DerivedKind::presentation_state:
            return "Presentation state of the boxes";
        case DerivedKind::key_objects:
            return "Key object selection";
        case DerivedKind::first_source_report:
            return "Report of a further source";
    }
    return "";
}

/// What the objects say of one attribute; the path is its tag below those of its sequences.
struct Seen {
    std::string keyword, tag, vr;
    std::size_t objects = 0;
    std::set<std::string> values;
};
using Path = std::vector<DcmTagKey>;
using Attributes = std::map<Path, Seen>;

std::string value_of(DcmElement& element) {
    OFString text;
    if (element.ident() == EVR_SQ || element.getTag() == DCM_PixelData) {
        return {};
    }
    element.getOFStringArray(text);
    return {text.c_str(), text.length()};
}

void collect(DcmItem& item, const Path& above, Attributes& attributes) {
    for (unsigned long i = 0; i < item.card(); ++i) {
        DcmElement& element = *item.getElement(i);
        Path path = above;
        path.push_back(element.getTag());
        Seen& seen = attributes[path];
        DcmTag tag(element.getTag());
        seen.keyword = tag.getTagName();
        seen.tag = fmt::format("({:04X},{:04X})", tag.getGroup(), tag.getElement());
        seen.vr = DcmVR(element.getVR()).getVRName();
        ++seen.objects;
        seen.values.insert(value_of(element));
        // A report's content is a tree of the template, not a table.
        auto* sequence = element.getTag() == DCM_ContentSequence
                             ? nullptr
                             : dynamic_cast<DcmSequenceOfItems*>(&element);
        for (unsigned long n = 0; sequence != nullptr && n < sequence->card(); ++n) {
            collect(*sequence->getItem(n), path, attributes);
        }
    }
}

/// PS3.2's words: ALWAYS, VNAP (value not always present), ANAP (attribute not always present),
/// EMPTY.
std::string presence_of(const Seen& seen, std::size_t objects) {
    if (seen.objects < objects) {
        return "ANAP";
    }
    const bool has_no_text = seen.vr == "SQ" || seen.vr == "OB";
    if (has_no_text || !seen.values.contains("")) {
        return "ALWAYS";
    }
    return seen.values.size() == 1 ? "EMPTY" : "VNAP";
}

std::string source_of(const Seen& seen) {
    if (seen.vr == "SQ") {
        return seen.tag == "(0040,A730)" ? "the template's content items" : "";
    }
    if (seen.vr == "OB") {
        return "the PNG's pixels";
    }
    if (seen.values.size() > 1) {
        return "from the data set";
    }
    return seen.values.begin()->empty() ? "" : "`" + *seen.values.begin() + "`";
}

}  // namespace

CreatedObject created_object(DerivedKind kind, const dicom::MappingOptions& mapping) {
    auto records = made_up_records();
    assign_dates(records, mapping.dates);
    Attributes attributes;
    std::string sop_class_uid;
    for (const ImageRecord& record : records) {
        const auto object = build(record, kind, mapping);
        collect(*object, {}, attributes);
        const char* uid = nullptr;
        object->findAndGetString(DCM_SOPClassUID, uid);
        sop_class_uid = uid;
    }
    TextTable table{.header = {"Attribute", "Tag", "VR", "Presence", "Value"}, .rows = {}};
    for (const auto& [path, seen] : attributes) {
        // How often an attribute is in items is the template's affair, not told here.
        const bool top = path.size() == 1;
        table.rows.push_back({std::string(path.size() - 1, '>') + seen.keyword,
                              seen.tag,
                              seen.vr,
                              top ? presence_of(seen, records.size()) : "",
                              source_of(seen)});
    }
    return {.name = name_of(kind), .sop_class_uid = sop_class_uid, .attributes = std::move(table)};
}

}  // namespace cxr::bridge
