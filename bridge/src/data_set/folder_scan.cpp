#include "data_set/folder_scan.hpp"

#include "dicom/core/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cxr::bridge {
namespace {

struct CloseDir {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using Directory = std::unique_ptr<DIR, CloseDir>;

ImageFile found_file(std::string path, const struct stat& status) {
    return {
        .path = std::move(path),
        .bytes = static_cast<std::uint64_t>(status.st_size),
        .mtime_ns = status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec};
}

/// Folders still to read are a list, not a recursion: depth costs neither stack nor descriptors.
class Walk {
public:
    Walk(std::filesystem::path root, std::filesystem::path canonical_root)
        : root_(std::move(root)), canonical_root_(std::move(canonical_root)) {}

    /// errno when the folder itself cannot be read.
    [[nodiscard]] int run() {
        if (const int error = read_folder(""); error != 0) {
            return error;
        }
        while (!pending_.empty()) {
            const std::string folder = std::move(pending_.back());
            pending_.pop_back();
            if (const int error = read_folder(folder); error != 0) {
                scan_.notes.push_back(
                    fmt::format("{} cannot be read ({}): what is in it is left out",
                                folder,
                                std::generic_category().message(error)));
            }
        }
        return 0;
    }

    [[nodiscard]] FolderScan finish() && {
        if (links_out_ != 0) {
            scan_.notes.push_back(
                fmt::format("{} symbolic link{} out of the folder or to nothing not followed: {}",
                            links_out_,
                            links_out_ == 1 ? "" : "s",
                            first_link_out_));
        }
        return std::move(scan_);
    }

private:
    [[nodiscard]] int read_folder(const std::string& relative) {
        const Directory folder(::opendir((root_ / relative).c_str()));
        if (!folder) {
            return errno;
        }
        const std::string prefix = relative.empty() ? relative : relative + '/';
        errno = 0;
        while (const dirent* entry = ::readdir(folder.get())) {
            // Hidden: ".", "..", "._*" (macOS), ".git", temporaries of download tools.
            if (entry->d_name[0] != '.') {
                look_at(::dirfd(folder.get()), prefix, *entry);
            }
            errno = 0;
        }
        return errno;
    }

    void look_at(int folder, const std::string& prefix, const dirent& entry) {
        const std::string_view name = entry.d_name;
        const bool may_be_folder = entry.d_type != DT_REG;
        if (!may_be_folder && !is_png(name) && !is_table(prefix, name)) {
            return;
        }
        struct stat status {};
        if (::fstatat(folder, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            return;  // removed since it was listed
        }
        std::string path = prefix + entry.d_name;
        if (S_ISLNK(status.st_mode) && !follow(path, status)) {
            return;
        }
        if (S_ISDIR(status.st_mode) && name != "__MACOSX") {
            pending_.push_back(std::move(path));
        } else if (S_ISREG(status.st_mode) && is_png(name)) {
            scan_.images.push_back(found_file(std::move(path), status));
        } else if (S_ISREG(status.st_mode) && is_table(prefix, name)) {
            scan_.tables.push_back(found_file(std::move(path), status));
        }
    }

    /// True for a link to a file inside the folder; `status` is then the file's. A folder inside is
    /// met by its own name.
    [[nodiscard]] bool follow(const std::string& path, struct stat& status) {
        std::error_code error;
        const std::filesystem::path target = std::filesystem::canonical(root_ / path, error);
        const auto [root_end, ignored] = std::mismatch(
            canonical_root_.begin(), canonical_root_.end(), target.begin(), target.end());
        if (error || root_end != canonical_root_.end() || ::stat(target.c_str(), &status) != 0) {
            if (links_out_++ == 0) {
                first_link_out_ = path;
            }
            return false;
        }
        return S_ISREG(status.st_mode);
    }

    [[nodiscard]] static bool is_png(std::string_view name) {
        return name.size() > 4 && dicom::ascii::lowered(name.substr(name.size() - 4)) == ".png";
    }
    [[nodiscard]] static bool is_table(std::string_view prefix, std::string_view name) {
        const bool near_root = std::count(prefix.begin(), prefix.end(), '/') <= 1;
        return near_root && (name.ends_with(".csv") || name.ends_with(".txt"));
    }

    std::filesystem::path root_, canonical_root_;
    std::vector<std::string> pending_;
    FolderScan scan_;
    std::size_t links_out_ = 0;
    std::string first_link_out_;
};

/// 0 for the most wanted; nothing when the name is no table of entries.
std::optional<int> entries_rank(std::string_view name) {
    const std::string lower = dicom::ascii::lowered(name);
    if (lower == "data_entry_2017_v2020.csv") {
        return 0;
    }
    if (lower == "data_entry_2017.csv") {
        return 1;
    }
    if (lower.starts_with("data_entry") && lower.ends_with(".csv")) {
        return 2;
    }
    return lower.ends_with("_labels.csv") ? std::optional(3) : std::nullopt;
}

std::optional<int> boxes_rank(std::string_view name) {
    const std::string lower = dicom::ascii::lowered(name);
    if (lower == "bbox_list_2017.csv") {
        return 0;
    }
    return lower.starts_with("bbox_list") && lower.ends_with(".csv") ? std::optional(1)
                                                                     : std::nullopt;
}

/// The best of the folder's own files by rank, then name; says which others were passed over.
template <typename Rank>
std::optional<ImageFile> best_of(const std::vector<ImageFile>& tables,
                                 Rank rank,
                                 std::vector<std::string>& notes) {
    std::vector<std::pair<int, const ImageFile*>> candidates;
    for (const ImageFile& table : tables) {
        const std::optional<int> place = rank(table.path);
        if (place && table.path.find('/') == std::string::npos) {
            candidates.emplace_back(*place, &table);
        }
    }
    if (candidates.empty()) {
        return std::nullopt;
    }
    std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first, a.second->path) < std::tie(b.first, b.second->path);
    });
    for (std::size_t i = 1; i < candidates.size(); ++i) {
        notes.push_back(fmt::format(
            "{} is not read: {} is used", candidates[i].second->path, candidates[0].second->path));
    }
    return *candidates[0].second;
}

/// Tells files apart that nobody made alike on purpose: this is no protection, only a reminder.
using Digest = std::array<std::uint64_t, 2>;

/// The output function of splitmix64.
std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// FNV-1a, then mixed: its low bits are what a sum would show first.
Digest digest_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return {mixed(hash), mixed(hash + 0x9e3779b97f4a7c15ULL)};
}

Digest digest_of(const ImageFile& file) {
    Digest digest = digest_of(std::string_view(file.path));
    for (std::uint64_t& word : digest) {
        word = mixed(word ^ file.bytes);
        word = mixed(word ^ static_cast<std::uint64_t>(file.mtime_ns));
    }
    return digest;
}

std::string text_of(const Digest& digest) {
    return fmt::format("{:016x}{:016x}", digest[0], digest[1]);
}

}  // namespace

Result<FolderScan> scan_folder(const std::filesystem::path& root) {
    std::error_code error;
    const std::filesystem::path canonical_root = std::filesystem::canonical(root, error);
    if (error || !std::filesystem::is_directory(canonical_root, error)) {
        return Fault{.kind = FaultKind::not_found,
                     .doing = fmt::format("{} is not a folder", root.string())};
    }
    Walk walk(root, canonical_root);
    if (const int failed = walk.run(); failed != 0) {
        return Fault{
            .kind = FaultKind::storage,
            .doing = fmt::format(
                "cannot read {}: {}", root.string(), std::generic_category().message(failed))};
    }
    return std::move(walk).finish();
}

TableChoice choose_tables(const FolderScan& scan) {
    TableChoice choice;
    choice.data_entries = best_of(scan.tables, entries_rank, choice.notes);
    choice.boxes = best_of(scan.tables, boxes_rank, choice.notes);
    for (const ImageFile& table : scan.tables) {
        const std::string_view name = base_name(table.path);
        if (table.path == "train_val_list.txt") {
            choice.train_val_list = table;
        } else if (table.path == "test_list.txt") {
            choice.test_list = table;
        }
        if (name == "train_list.txt" || name == "val_list.txt" || name == "test_list.txt") {
            choice.image_wise_candidates.push_back(table);
        }
    }
    std::sort(choice.image_wise_candidates.begin(),
              choice.image_wise_candidates.end(),
              [](const ImageFile& a, const ImageFile& b) { return a.path < b.path; });
    return choice;
}

FolderFingerprint fingerprint_of(const FolderScan& scan, const TableChoice& tables) {
    // Another number whenever the reader takes something else from the same files.
    Digest table_digest = digest_of("data set reader 1");
    for (const auto* table :
         {&tables.data_entries, &tables.boxes, &tables.train_val_list, &tables.test_list}) {
        const Digest digest = *table ? digest_of(**table) : Digest{};
        for (std::size_t i = 0; i < digest.size(); ++i) {
            table_digest[i] = mixed(table_digest[i] ^ digest[i]);
        }
    }
    // A sum does not depend on the order in which the folder gives its files: nothing to sort.
    Digest sum{};
    for (const ImageFile& image : scan.images) {
        const Digest digest = digest_of(image);
        sum[0] += digest[0];
        sum[1] += digest[1];
    }
    return {.tables = text_of(table_digest),
            .images = fmt::format("{}-{}", scan.images.size(), text_of(sum))};
}

}  // namespace cxr::bridge
