#include "catalogue/stored_record.hpp"

#include <bit>
#include <cstdint>
#include <memory>
#include <string_view>

namespace cxr::bridge {

using dicom::BoundingBox;
using dicom::Fault;
using dicom::FaultKind;
using dicom::Finding;
using dicom::ImageRecord;

namespace {

class Writer {
public:
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            bytes_.push_back(static_cast<std::byte>(value | 0x80));
            value >>= 7;
        }
        bytes_.push_back(static_cast<std::byte>(value));
    }
    void real(double value) {
        auto bits = std::bit_cast<std::uint64_t>(value);
        for (int i = 0; i < 8; ++i) {
            bytes_.push_back(static_cast<std::byte>(bits & 0xFF));
            bits >>= 8;
        }
    }
    void text(std::string_view value) {
        number(value.size());
        const auto data = std::as_bytes(std::span(value));
        bytes_.insert(bytes_.end(), data.begin(), data.end());
    }
    std::vector<std::byte> take() { return std::move(bytes_); }
    void reserve(std::size_t size) { bytes_.reserve(size); }

private:
    std::vector<std::byte> bytes_;
};

/// After the end everything reads as zero and `broken` is set.
class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<std::uint64_t>(next());
            value |= (byte & 0x7F) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        broken_ = true;
        return 0;
    }
    template <typename Enum>
    Enum enumerator(std::uint64_t last) {
        const std::uint64_t value = number();
        broken_ = broken_ || value > last;
        return static_cast<Enum>(broken_ ? 0 : value);
    }
    double real() {
        std::uint64_t bits = 0;
        for (int i = 0; i < 8; ++i) {
            bits |= static_cast<std::uint64_t>(next()) << (8 * i);
        }
        return std::bit_cast<double>(bits);
    }
    std::string text() {
        const std::uint64_t size = number();
        if (size > rest_.size()) {
            broken_ = true;
            return {};
        }
        std::string value(reinterpret_cast<const char*>(rest_.data()),
                          static_cast<std::size_t>(size));
        rest_ = rest_.subspan(static_cast<std::size_t>(size));
        return value;
    }
    /// A count of things that take at least a byte each.
    std::size_t count() {
        const std::uint64_t value = number();
        broken_ = broken_ || value > rest_.size();
        return broken_ ? 0 : static_cast<std::size_t>(value);
    }
    [[nodiscard]] bool at_end() const { return broken_ || rest_.empty(); }
    [[nodiscard]] bool whole() const { return !broken_ && rest_.empty(); }

private:
    std::byte next() {
        if (rest_.empty()) {
            broken_ = true;
            return std::byte{0};
        }
        const std::byte value = rest_.front();
        rest_ = rest_.subspan(1);
        return value;
    }

    std::span<const std::byte> rest_;
    bool broken_ = false;
};

constexpr std::uint64_t last_finding = dicom::finding_count - 1;

void write(Writer& out, const BoundingBox& box) {
    out.number(static_cast<std::uint64_t>(box.finding));
    out.text(box.label_as_written);
    for (const double value : {box.x, box.y, box.width, box.height}) {
        out.real(value);
    }
    for (const std::string& digits : box.digits_as_written) {
        out.text(digits);
    }
}

BoundingBox read_box(Reader& in, const std::string& image_index) {
    BoundingBox box;
    box.image_index = image_index;
    box.finding = in.enumerator<Finding>(last_finding);
    box.label_as_written = in.text();
    for (double* value : {&box.x, &box.y, &box.width, &box.height}) {
        *value = in.real();
    }
    for (std::string& digits : box.digits_as_written) {
        digits = in.text();
    }
    return box;
}

void write(Writer& out, const dicom::SourceStatement& statement) {
    out.number(static_cast<std::uint64_t>(statement.finding));
    out.text(statement.label_as_written);
    out.number(statement.x_y_width_height ? 1 : 0);
    for (const double value : statement.x_y_width_height.value_or(std::array<double, 4>{})) {
        out.real(value);
    }
    out.number(statement.certainty_percent ? 1 : 0);
    out.real(statement.certainty_percent.value_or(0));
}

dicom::SourceStatement read_statement(Reader& in) {
    dicom::SourceStatement statement;
    statement.finding = in.enumerator<Finding>(last_finding);
    statement.label_as_written = in.text();
    const bool has_box = in.number() == 1;
    std::array<double, 4> box{};
    for (double& value : box) {
        value = in.real();
    }
    if (has_box) {
        statement.x_y_width_height = box;
    }
    const bool has_certainty = in.number() == 1;
    const double certainty = in.real();
    if (has_certainty) {
        statement.certainty_percent = certainty;
    }
    return statement;
}

void write(Writer& out, const dicom::SourceStatements& said) {
    const dicom::Observer& observer = said.source->observer;
    out.text(said.source->name);
    out.number(static_cast<std::uint64_t>(observer.type));
    for (const std::string* text : {&observer.name,
                                    &observer.organization,
                                    &observer.manufacturer,
                                    &observer.model_name,
                                    &observer.software_version,
                                    &observer.device_uid}) {
        out.text(*text);
    }
    out.number(said.statements.size());
    for (const dicom::SourceStatement& statement : said.statements) {
        write(out, statement);
    }
}

dicom::SourceStatements read_source(Reader& in) {
    auto source = std::make_shared<dicom::AnnotationSource>();
    dicom::Observer& observer = source->observer;
    source->name = in.text();
    observer.type = in.enumerator<dicom::ObserverType>(1);
    for (std::string* text : {&observer.name,
                              &observer.organization,
                              &observer.manufacturer,
                              &observer.model_name,
                              &observer.software_version,
                              &observer.device_uid}) {
        *text = in.text();
    }
    dicom::SourceStatements said{.source = std::move(source), .statements = {}};
    for (std::size_t left = in.count(); left > 0; --left) {
        said.statements.push_back(read_statement(in));
    }
    return said;
}

}  // namespace

std::vector<std::byte> store_record(const ImageRecord& record) {
    const dicom::ChestXRayRow& row = record.row;
    Writer out;
    out.reserve(96 + row.finding_labels.size() + 128 * record.boxes.size());
    out.text(row.finding_labels);
    out.number(row.findings.size());
    for (const Finding finding : row.findings) {
        out.number(static_cast<std::uint64_t>(finding));
    }
    out.number(row.follow_up);
    out.number(row.age ? row.age->value + 1ULL : 0);
    out.number(row.age ? static_cast<std::uint64_t>(row.age->unit) : 0);
    out.number(static_cast<std::uint64_t>(row.sex));
    out.number(static_cast<std::uint64_t>(row.view));
    out.number(row.original_width);
    out.number(row.original_height);
    out.real(row.original_spacing_x_mm);
    out.real(row.original_spacing_y_mm);
    out.text(record.dates.patient_birth_date);
    out.text(record.dates.study_date);
    out.text(record.dates.study_time);
    out.text(record.split);
    out.number(static_cast<std::uint64_t>(record.release));
    out.number(record.boxes.size());
    for (const BoundingBox& box : record.boxes) {
        write(out, box);
    }
    out.number(record.sources.size());
    for (const dicom::SourceStatements& said : record.sources) {
        write(out, said);
    }
    return out.take();
}

dicom::Result<ImageRecord> restore_record(std::span<const std::byte> bytes,
                                          std::string image_index) {
    Reader in(bytes);
    ImageRecord record;
    dicom::ChestXRayRow& row = record.row;
    row.image_index = std::move(image_index);
    row.finding_labels = in.text();
    for (std::size_t left = in.count(); left > 0; --left) {
        row.findings.push_back(in.enumerator<Finding>(last_finding));
    }
    row.follow_up = static_cast<std::uint32_t>(in.number());
    const std::uint64_t age = in.number();
    const auto unit = static_cast<char>(in.number());
    if (age > 0) {
        row.age = dicom::Age{.value = static_cast<std::uint16_t>(age - 1), .unit = unit};
    }
    row.sex = in.enumerator<dicom::Sex>(2);
    row.view = in.enumerator<dicom::ViewPosition>(2);
    row.original_width = static_cast<std::uint32_t>(in.number());
    row.original_height = static_cast<std::uint32_t>(in.number());
    row.original_spacing_x_mm = in.real();
    row.original_spacing_y_mm = in.real();
    record.dates.patient_birth_date = in.text();
    record.dates.study_date = in.text();
    record.dates.study_time = in.text();
    record.split = in.text();
    record.release = in.enumerator<dicom::Release>(1);
    for (std::size_t left = in.count(); left > 0; --left) {
        record.boxes.push_back(read_box(in, row.image_index));
    }
    if (!in.at_end()) {
        for (std::size_t left = in.count(); left > 0; --left) {
            record.sources.push_back(read_source(in));
        }
    }
    if (!in.whole()) {
        return Fault{.kind = FaultKind::storage,
                     .doing = "catalogue: the stored row of " + row.image_index + " is damaged"};
    }
    return record;
}

}  // namespace cxr::bridge
