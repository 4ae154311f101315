#include "bridge/data_set/folder.hpp"

#include "data_set/folder_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <unordered_map>

namespace cxr::bridge {
namespace {

/// Real tables are 9 MB at most; what is larger by far is no table.
constexpr std::uint64_t table_bytes_max = 1ULL << 30;
/// Doubled PNGs are compared byte for byte until so much was read, then by size.
constexpr std::uint64_t compared_bytes_max = 256ULL << 20;

/// Finds records by image index. Lists, boxes and sorted paths mostly name them in the table's own
/// order: then the next one is it, and nothing is hashed.
class RecordNumbers {
public:
    explicit RecordNumbers(std::span<const dicom::ImageRecord> records) : records_(records) {
        numbers_.reserve(records.size());
        for (std::size_t i = 0; i < records.size(); ++i) {
            numbers_.emplace(records[i].row.image_index, i);
        }
    }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view image_index) {
        if (next_ < records_.size() && records_[next_].row.image_index == image_index) {
            return next_++;
        }
        const auto found = numbers_.find(image_index);
        if (found == numbers_.end()) {
            return std::nullopt;
        }
        next_ = found->second + 1;
        return found->second;
    }

private:
    std::span<const dicom::ImageRecord> records_;
    std::unordered_map<std::string_view, std::size_t> numbers_;
    std::size_t next_ = 0;
};

/// "name (and 3 more)"
std::string example(const std::string& first, std::size_t count) {
    return count <= 1 ? first : fmt::format("{} and {} more", first, count - 1);
}

/// Builds the folder's value step by step; every step adds to faults and notes.
class Reader {
public:
    Reader(const std::filesystem::path& root, FolderScan scan, TableChoice choice)
        : scan_(std::move(scan)), choice_(std::move(choice)) {
        folder_.root = root;
        folder_.fingerprint = bridge::fingerprint_of(scan_, choice_);
        folder_.notes = scan_.notes;
        append(folder_.notes, choice_.notes);
    }

    [[nodiscard]] Result<void> read_rows(dicom::Dates dates);
    [[nodiscard]] Result<void> read_boxes();
    [[nodiscard]] Result<void> read_official_list(const std::optional<ImageFile>& file,
                                                  TableRead::Kind kind,
                                                  const char* split);
    void match_images();

    [[nodiscard]] const TableChoice& choice() const { return choice_; }
    [[nodiscard]] DataSetFolder finish() && { return std::move(folder_); }

private:
    template <typename T>
    static void append(std::vector<T>& to, const std::vector<T>& from) {
        to.insert(to.end(), from.begin(), from.end());
    }

    /// Parses one table and enters it into the list of tables.
    template <typename Parsed>
    [[nodiscard]] Result<Parsed> parse(const ImageFile& table,
                                       TableRead::Kind kind,
                                       Result<Parsed> (*parser)(std::string_view,
                                                                std::string_view)) {
        Result<std::string> content = read_table(folder_.root, table);
        if (!content) {
            return content.error();
        }
        Result<Parsed> parsed = parser(*content, table.path);
        if (parsed) {
            append(folder_.faults, parsed->faults);
            const auto skipped = std::count_if(parsed->faults.begin(),
                                               parsed->faults.end(),
                                               [](const auto& fault) { return fault.row_skipped; });
            folder_.tables.push_back({.kind = kind,
                                      .file = table.path,
                                      .rows = parsed->rows.size(),
                                      .rows_skipped = static_cast<std::size_t>(skipped)});
        }
        return parsed;
    }

    void note_unmatched(const std::string& first) {
        const TableRead& table = folder_.tables.back();
        if (table.rows_unmatched != 0) {
            folder_.notes.push_back(fmt::format("{} names images that have no row: {}",
                                                table.file,
                                                example(first, table.rows_unmatched)));
        }
    }

    [[nodiscard]] bool same_bytes(const ImageFile& a, const ImageFile& b);
    void note_duplicates();

    FolderScan scan_;
    TableChoice choice_;
    DataSetFolder folder_;
    std::optional<RecordNumbers> record_numbers_;  // once the records are there
    std::uint64_t compared_bytes_ = 0;
};

Result<void> Reader::read_rows(dicom::Dates dates) {
    if (!choice_.data_entries) {
        return Fault{
            .kind = FaultKind::not_found,
            .doing = fmt::format("no table of images in {}: looked for Data_Entry_2017_v2020.csv, "
                                 "Data_Entry_2017.csv, Data_Entry*.csv and *_labels.csv{}{}",
                                 folder_.root.string(),
                                 folder_.notes.empty() ? "" : "; ",
                                 fmt::join(folder_.notes, "; "))};
    }
    Result<dicom::DataEntries> entries =
        parse(*choice_.data_entries, TableRead::Kind::data_entries, dicom::parse_data_entries);
    if (!entries) {
        return entries.error();
    }
    if (entries->release == dicom::Release::v1_2017) {
        folder_.notes.push_back(
            choice_.data_entries->path +
            " is of the 2017 release: its ages are a year high for many and its "
            "follow-up numbers are file suffixes; Data_Entry_2017_v2020.csv "
            "corrects both");
    }
    dicom::DatedRows dated = dicom::assign_dates(entries->rows, dates);
    append(folder_.notes, dated.notes);
    folder_.records.reserve(entries->rows.size());
    for (std::size_t i = 0; i < entries->rows.size(); ++i) {
        dicom::ImageRecord record;
        record.row = std::move(entries->rows[i]);
        record.dates = std::move(dated.dates[i]);
        record.release = entries->release;
        folder_.records.push_back(std::move(record));
    }
    record_numbers_.emplace(folder_.records);
    return {};
}

Result<void> Reader::read_boxes() {
    if (!choice_.boxes) {
        return {};
    }
    auto boxes = parse(*choice_.boxes, TableRead::Kind::boxes, dicom::parse_boxes);
    if (!boxes) {
        return boxes.error();
    }
    std::string first_unmatched;
    std::size_t& unmatched = folder_.tables.back().rows_unmatched;
    for (dicom::BoundingBox& box : boxes->rows) {
        if (const auto number = record_numbers_->find(box.image_index)) {
            std::vector<dicom::BoundingBox>& boxes_of_record = folder_.records[*number].boxes;
            folder_.boxes_in_file_order.push_back({*number, boxes_of_record.size()});
            boxes_of_record.push_back(std::move(box));
        } else if (unmatched++ == 0) {
            first_unmatched = box.image_index;
        }
    }
    note_unmatched(first_unmatched);
    return {};
}

Result<void> Reader::read_official_list(const std::optional<ImageFile>& file,
                                        TableRead::Kind kind,
                                        const char* split) {
    if (!file) {
        return {};
    }
    auto list = parse(*file, kind, dicom::parse_split_list);
    if (!list) {
        return list.error();
    }
    if (!list->rows.empty() && list->rows.front().labels) {
        // A list by image, with labels: another split than the official one.
        folder_.tables.pop_back();
        folder_.notes.push_back(file->path + " carries labels: not taken for the official split");
        return {};
    }
    std::string first_unmatched;
    std::size_t& unmatched = folder_.tables.back().rows_unmatched;
    std::string first_twice;
    std::size_t twice = 0;
    for (const dicom::SplitRow& row : list->rows) {
        const auto number = record_numbers_->find(row.image_index);
        if (!number) {
            first_unmatched = unmatched++ == 0 ? row.image_index : first_unmatched;
            continue;
        }
        std::string& of_record = folder_.records[*number].split;
        if (of_record.empty()) {
            of_record = split;
        } else if (twice++ == 0) {
            first_twice = row.image_index;
        }
    }
    note_unmatched(first_unmatched);
    if (twice != 0) {
        folder_.notes.push_back(
            fmt::format("{} names images of the other list, which keeps them: {}",
                        file->path,
                        example(first_twice, twice)));
    }
    return {};
}

/// Compares two regular files of the folder; an unreadable one equals nothing.
bool Reader::same_bytes(const ImageFile& a, const ImageFile& b) {
    std::error_code error;
    if (a.bytes != b.bytes) {
        return false;
    }
    if (std::filesystem::equivalent(folder_.root / a.path, folder_.root / b.path, error)) {
        return true;  // hard links
    }
    compared_bytes_ += a.bytes;
    if (compared_bytes_ > compared_bytes_max) {
        return true;
    }
    std::ifstream first(folder_.root / a.path, std::ios::binary);
    std::ifstream second(folder_.root / b.path, std::ios::binary);
    using Bytes = std::istreambuf_iterator<char>;
    return first && second && std::equal(Bytes(first), Bytes(), Bytes(second), Bytes());
}

void Reader::match_images() {
    // The path in byte order decides between duplicates, not the order the disk lists them in.
    std::sort(scan_.images.begin(), scan_.images.end(), [](const auto& a, const auto& b) {
        return a.path < b.path;
    });
    folder_.images.reserve(scan_.images.size());
    for (ImageFile& image : scan_.images) {
        const std::string_view name = base_name(image.path);
        if (!record_numbers_->find(name)) {
            folder_.images_without_row.push_back(std::move(image.path));
            continue;
        }
        const auto [kept, inserted] = folder_.images.try_emplace(std::string(name), image);
        if (!inserted) {
            folder_.duplicate_images.push_back({.kept = kept->second.path,
                                                .other = image.path,
                                                .identical = same_bytes(kept->second, image)});
        }
    }
    note_duplicates();
}

void Reader::note_duplicates() {
    for (const bool identical : {true, false}) {
        const auto is_kind = [identical](const auto& pair) { return pair.identical == identical; };
        const auto& pairs = folder_.duplicate_images;
        const auto count = std::count_if(pairs.begin(), pairs.end(), is_kind);
        if (count == 0) {
            continue;
        }
        const DuplicateImage& first = *std::find_if(pairs.begin(), pairs.end(), is_kind);
        folder_.notes.push_back(fmt::format(
            "{} image{} there twice with {} content; the first path is served: {} and {}",
            count,
            count == 1 ? " is" : "s are",
            identical ? "the same" : "DIFFERENT",
            first.kept,
            first.other));
    }
    if (compared_bytes_ > compared_bytes_max) {
        folder_.notes.emplace_back(
            "so many images are there twice that most were compared by size");
    }
}

}  // namespace

Result<std::string> read_table(const std::filesystem::path& root, const ImageFile& table) {
    if (table.bytes > table_bytes_max) {
        return Fault{.kind = FaultKind::exhausted,
                     .doing = fmt::format(
                         "{} has {} bytes: too large for a table", table.path, table.bytes)};
    }
    std::ifstream file(root / table.path, std::ios::binary);
    std::string content(table.bytes, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file) {
        return Fault{.kind = FaultKind::storage, .doing = "cannot read " + table.path};
    }
    return content;
}

Result<DataSetFolder> read_data_set(const std::filesystem::path& root,
                                    const dicom::MappingOptions& options) {
    Result<FolderScan> scan = scan_folder(root);
    if (!scan) {
        return scan.error();
    }
    TableChoice choice = choose_tables(*scan);
    Reader reader(root, *std::move(scan), std::move(choice));
    if (auto rows = reader.read_rows(options.dates); !rows) {
        return rows.error();
    }
    if (auto boxes = reader.read_boxes(); !boxes) {
        return boxes.error();
    }
    if (auto list = reader.read_official_list(
            reader.choice().train_val_list, TableRead::Kind::train_val_list, "train_val");
        !list) {
        return list.error();
    }
    if (auto list = reader.read_official_list(
            reader.choice().test_list, TableRead::Kind::test_list, "test");
        !list) {
        return list.error();
    }
    reader.match_images();
    return std::move(reader).finish();
}

Result<FolderFingerprint> fingerprint_of(const std::filesystem::path& root) {
    const Result<FolderScan> scan = scan_folder(root);
    if (!scan) {
        return scan.error();
    }
    return fingerprint_of(*scan, choose_tables(*scan));
}

Result<std::vector<ImageWiseList>> read_image_wise_lists(const std::filesystem::path& root) {
    const Result<FolderScan> scan = scan_folder(root);
    if (!scan) {
        return scan.error();
    }
    std::vector<ImageWiseList> lists;
    std::set<std::string> splits;
    for (const ImageFile& table : choose_tables(*scan).image_wise_candidates) {
        const Result<std::string> content = read_table(root, table);
        if (!content) {
            return content.error();
        }
        auto parsed = dicom::parse_split_list(*content, table.path);
        if (!parsed) {
            return parsed.error();
        }
        const std::string_view name = base_name(table.path);
        std::string split(name.substr(0, name.find('_')));
        if (!parsed->rows.empty() && parsed->rows.front().labels && splits.insert(split).second) {
            lists.push_back({.split = std::move(split),
                             .file = table.path,
                             .rows = std::move(parsed->rows),
                             .faults = std::move(parsed->faults)});
        }
    }
    return lists;
}

}  // namespace cxr::bridge
