#include "data_set/split_lists.hpp"

#include "data_set/folder_scan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cxr::bridge {
namespace {

constexpr std::string_view list_ending = "_list.txt";

/// "split_by_image/val_list.txt": "split_by_image/val"
std::string_view list_name(const ImageFile& table) {
    return std::string_view(table.path).substr(0, table.path.size() - list_ending.size());
}

std::vector<ImageFile> lists_in(const FolderScan& scan) {
    std::vector<ImageFile> lists;
    std::ranges::copy_if(scan.tables, std::back_inserter(lists), [](const ImageFile& table) {
        return table.path.ends_with(list_ending);
    });
    std::ranges::sort(lists, {}, &ImageFile::path);
    return lists;
}

/// Those of exactly that path, else those of that name in any folder.
std::vector<ImageFile> lists_called(const std::vector<ImageFile>& lists, std::string_view name) {
    std::vector<ImageFile> exactly;
    std::vector<ImageFile> by_name;
    for (const ImageFile& list : lists) {
        if (list_name(list) == name) {
            exactly.push_back(list);
        } else if (base_name(list_name(list)) == name) {
            by_name.push_back(list);
        }
    }
    return exactly.empty() ? by_name : exactly;
}

Fault not_one_list(const std::string& name,
                   const std::vector<ImageFile>& called,
                   const std::vector<ImageFile>& all) {
    std::vector<std::string_view> names;
    for (const ImageFile& list : called.empty() ? all : called) {
        names.push_back(list_name(list));
    }
    return {.kind = FaultKind::not_found,
            .doing = names.empty()
                         ? fmt::format("--split {}: the folder has no NAME_list.txt", name)
                         : fmt::format("--split {}: {}; there {}: {}",
                                       name,
                                       called.empty() ? "no such list" : "several are called so",
                                       names.size() == 1 ? "is" : "are",
                                       fmt::join(names, ", "))};
}

}  // namespace

Result<std::unordered_set<std::string>> images_of_list(const std::filesystem::path& root,
                                                       const std::string& name) {
    const auto scan = scan_folder(root);
    if (!scan) {
        return scan.error();
    }
    const std::vector<ImageFile> all = lists_in(*scan);
    const std::vector<ImageFile> called = lists_called(all, name);
    if (called.size() != 1) {
        return not_one_list(name, called, all);
    }
    const auto content = read_table(root, called.front());
    if (!content) {
        return content.error();
    }
    auto list = dicom::parse_split_list(*content, called.front().path);
    if (!list) {
        return list.error();
    }
    std::unordered_set<std::string> images;
    for (dicom::SplitRow& row : list->rows) {
        images.insert(std::move(row.image_index));
    }
    return images;
}

}  // namespace cxr::bridge
