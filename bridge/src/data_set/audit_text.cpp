#include "bridge/data_set/audit.hpp"
#include "data_set/published.hpp"
#include "shown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace cxr::bridge {
namespace {

using dicom::Finding;

/// A screenful; --json has them all.
constexpr std::size_t listed_max = 20;

std::string_view name_of(std::size_t label) {
    return dicom::label_of(static_cast<Finding>(label));
}

using NamedSplit = std::pair<std::string, const SplitAudit*>;

/// As the collection lists them: train_val, test, then what no list names.
std::vector<NamedSplit> official_splits(const Audit& audit) {
    std::vector<NamedSplit> splits;
    for (const char* name : {"train_val", "test", ""}) {
        if (const auto split = audit.official.find(name); split != audit.official.end()) {
            splits.emplace_back(name, &split->second);
        }
    }
    return splits;
}

void write_summary(std::ostream& out, const Audit& audit) {
    const auto line = [&](std::string_view name, const std::string& text) {
        out << fmt::format("{:<16}{}\n", name, text);
    };
    line("Data set", audit.root);
    line("Table",
         fmt::format("{}, release {}",
                     audit.table,
                     audit.release == dicom::Release::v2020 ? "v2020" : "2017"));
    line("Rows",
         fmt::format("{} ({} of the published {})",
                     grouped(audit.all.images),
                     audit.complete ? "all" : "a subset",
                     grouped(published::rows)));
    line("Bad rows",
         fmt::format("{} skipped, {} values left out",
                     grouped(audit.rows_skipped),
                     grouped(audit.values_left_out)));
    line("Patients", grouped(audit.all.patients.size()));
    line("Images",
         fmt::format("{} found, {} missing, {} without a row, {} twice",
                     grouped(audit.images_found),
                     grouped(audit.images_missing),
                     grouped(audit.images_without_row),
                     grouped(audit.doubled_identical + audit.doubled_different)));
    if (audit.images_decoded) {
        line("Decoded",
             fmt::format("{} PNGs, {} damaged",
                         grouped(*audit.images_decoded),
                         grouped(audit.damaged.size())));
    }
    line("Boxes",
         fmt::format("{} on {} images, {} out of range, {} of a label that the row lacks",
                     grouped(audit.boxes),
                     grouped(audit.boxed_images),
                     grouped(audit.boxes_out_of_range),
                     grouped(audit.boxes_without_label)));
    for (const auto& [split, counts] : official_splits(audit)) {
        const std::size_t of_all = split == "train_val" ? published::train_val : published::test;
        line(split.empty() ? "In no list" : "Split " + split,
             fmt::format("{} images of {} patients{}",
                         grouped(counts->images),
                         grouped(counts->patients.size()),
                         audit.complete && !split.empty()
                             ? fmt::format(" (published: {} images)", grouped(of_all))
                             : ""));
    }
}

/// One row for each label and one for the images, `cell` giving what stands in each column.
template <typename Cell>
void write_table(std::ostream& out,
                 const std::vector<std::string>& heads,
                 const std::vector<std::size_t>& widths,
                 Cell cell) {
    out << fmt::format("  {:<19}", "label");
    for (std::size_t column = 0; column < heads.size(); ++column) {
        out << fmt::format("{:>{}}", heads[column], widths[column]);
    }
    out << '\n';
    for (std::size_t row = 0; row <= dicom::finding_count; ++row) {
        out << fmt::format("  {:<19}", row == dicom::finding_count ? "images" : name_of(row));
        for (std::size_t column = 0; column < heads.size(); ++column) {
            out << fmt::format("{:>{}}", cell(row, column), widths[column]);
        }
        out << '\n';
    }
}

std::string label_cell(const SplitAudit& split, std::size_t row) {
    return grouped(row == dicom::finding_count ? split.images : split.labels[row]);
}

void write_official_table(std::ostream& out, const Audit& audit) {
    out << "\nImages by label, as " << audit.table << " says, and boxes\n";
    std::vector<std::string> heads{"all"};
    std::vector<const SplitAudit*> splits{&audit.all};
    for (const auto& [name, split] : official_splits(audit)) {
        if (audit.official.size() > 1 || !name.empty()) {
            heads.push_back(name.empty() ? "in no list" : name);
            splits.push_back(split);
        }
    }
    heads.emplace_back("boxes");
    write_table(out, heads, std::vector<std::size_t>(heads.size(), 12), [&](auto row, auto column) {
        if (column < splits.size()) {
            return label_cell(*splits[column], row);
        }
        return grouped(row == dicom::finding_count ? audit.boxes : audit.boxes_by_label[row]);
    });
}

/// A published figure, marked where the lists are known to have one more.
std::string published_cell(const published::ClassTable& table, std::size_t row) {
    const std::size_t figure = row == dicom::finding_count ? table.images : table.labels[row];
    const bool one_short =
        row == dicom::finding_count || static_cast<Finding>(row) == Finding::no_finding;
    return figure == 0 ? "-" : grouped(figure) + (one_short ? "*" : " ");
}

void write_image_wise_table(std::ostream& out, const Audit& audit) {
    if (audit.image_wise.empty()) {
        return;
    }
    out << "\nImages by label in the lists by image, as the lists say";
    out << (audit.complete ? ", beside the published class table\n" : "\n");
    std::vector<std::string> heads;
    std::vector<std::size_t> widths;
    for (const char* split : {"train", "test", "val"}) {
        for (const ImageWiseAudit& list : audit.image_wise) {
            if (list.split == split) {
                heads.emplace_back(split);
                widths.push_back(10);
                if (audit.complete) {
                    heads.emplace_back("published ");
                    widths.push_back(12);
                }
            }
        }
    }
    const std::size_t columns_each = audit.complete ? 2 : 1;
    write_table(out, heads, widths, [&](auto row, auto column) {
        const std::string& split = heads[column - column % columns_each];
        const auto list = std::find_if(audit.image_wise.begin(),
                                       audit.image_wise.end(),
                                       [&](const auto& each) { return each.split == split; });
        return column % columns_each == 0 ? label_cell(list->counts, row)
                                          : published_cell(*published::class_table(split), row);
    });
    if (audit.complete) {
        out << "  * One less than the lists hold: their first line, a No Finding image, was taken "
               "for a\n    header when they were counted. The published table has no row of "
               "Pleural_Thickening.\n";
    } else {
        out << "  The published class table counts the whole collection: not shown beside a "
               "subset.\n";
    }
}

template <typename Things, typename Say>
void write_list(std::ostream& out, const char* head, const Things& things, Say say) {
    if (things.empty()) {
        return;
    }
    out << '\n' << head << '\n';
    for (std::size_t i = 0; i < std::min(things.size(), listed_max); ++i) {
        out << "  " << say(things[i]) << '\n';
    }
    if (things.size() > listed_max) {
        out << fmt::format("  and {} more (all of them with --json)\n",
                           grouped(things.size() - listed_max));
    }
}

}  // namespace

void write_audit_text(std::ostream& out, const Audit& audit) {
    write_summary(out, audit);
    write_official_table(out, audit);
    write_image_wise_table(out, audit);
    const auto as_is = [](const std::string& text) { return text; };
    write_list(out, "Bad rows and values", audit.faults, [](const dicom::RowFault& fault) {
        return fmt::format("{}:{}: {}{}{} ({})",
                           fault.file,
                           fault.line,
                           fault.column,
                           fault.column.empty() ? "" : ": ",
                           fault.reason,
                           fault.row_skipped ? "row skipped" : "row kept");
    });
    write_list(out, "Damaged images", audit.damaged, [](const DamagedImage& image) {
        return image.path + ": " + image.reason;
    });
    write_list(out, "Notes", audit.notes, as_is);
    write_list(out, "Wrong", audit.wrong, as_is);
    out << (audit.wrong.empty() ? "\nNothing is wrong.\n" : "");
}

}  // namespace cxr::bridge
