#include "bridge/export/wrap.hpp"

#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "dicom/codec/codec.hpp"
#include "output_place.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

namespace cxr::bridge::cli {
namespace {

/// Images named on the command line that there are none of: else they would be left out in silence.
std::vector<std::string> named_but_absent(const Selection& selection,
                                          std::span<const dicom::ImageRecord* const> records) {
    std::vector<std::string> lines;
    for (const std::string& name : selection.images) {
        const bool chosen = std::ranges::any_of(records, [&name](const dicom::ImageRecord* record) {
            return record->row.image_index == name || record->row.stem() == name;
        });
        if (!chosen) {
            lines.push_back(
                fmt::format("{}: no such image: it has no row, or its PNG is missing", name));
        }
    }
    return lines;
}

void index(WrapOutcome& outcome, const WrapJob& job) {
    auto left_out = write_dicomdir(job.output, outcome.files);
    if (!left_out) {
        outcome.failures.push_back(left_out.error().doing);
        return;
    }
    std::ranges::move(*left_out, std::back_inserter(outcome.failures));
}

}  // namespace

int run_wrap(const WrapOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    const dicom::TransferSyntax* syntax = dicom::find_transfer_syntax(options.transfer_syntax_uid);
    if (syntax == nullptr || !syntax->encodable) {
        fmt::print(err, "wrap: cannot write transfer syntax {}\n", options.transfer_syntax_uid);
        return wrong_usage;
    }
    if (options.dicomdir && syntax->uid != dicom::explicit_vr_little_endian.uid) {
        fmt::print(err,
                   "wrap: --dicomdir needs ExplicitVRLittleEndian, the one transfer syntax of its "
                   "media profile (PS3.11 STD-GEN-CD)\n");
        return wrong_usage;
    }
    if (!may_write(options.output, options.data_set.path, err)) {
        return wrong_usage;
    }
    const auto folder = read_data_set(options.data_set.path, options.data_set.mapping);
    if (!folder) {
        fmt::print(err, "{}\n", folder.error().doing);
        return wrong_usage;
    }
    const auto selected = select(*folder, options.data_set.selection);
    if (!selected) {
        fmt::print(err, "{}\n", selected.error().doing);
        return wrong_usage;
    }
    const auto& records = *selected;
    if (records.empty() && options.data_set.selection.images.empty()) {
        fmt::print(err, "nothing to wrap: the selection matches no image that is there\n");
        return done_with_findings;
    }
    const WrapJob job{.output = options.output,
                      .mapping = options.data_set.mapping,
                      .transfer_syntax = *syntax,
                      .for_dicomdir = options.dicomdir,
                      .threads = options.threads};
    WrapOutcome outcome = [&] {
        Progress progress("wrapping", "images", records.size());
        return wrap_images(*folder, records, job, [&progress] { progress.advance(); });
    }();
    std::ranges::move(named_but_absent(options.data_set.selection, records),
                      std::back_inserter(outcome.failures));
    if (options.dicomdir && !outcome.files.empty()) {
        index(outcome, job);
    }
    for (const std::string& failure : outcome.failures) {
        fmt::print(err, "{}\n", failure);
    }
    fmt::print(out,
               "{} images written to {}, {} were there already, {} failed\n",
               outcome.written,
               options.output.string(),
               outcome.unchanged,
               outcome.failures.size());
    return outcome.failures.empty() ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
