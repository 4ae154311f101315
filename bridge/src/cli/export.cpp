#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/export/document_export.hpp"
#include "bridge/export/flat_files.hpp"
#include "bridge/export/image_files.hpp"
#include "bridge/objects/folder_source.hpp"
#include "dicom/codec/codec.hpp"
#include "export_delivery.hpp"
#include "export_state.hpp"
#include "failures.hpp"
#include "output_place.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace cxr::bridge::cli {
namespace {

using Records = std::vector<const dicom::ImageRecord*>;

constexpr std::array<std::pair<std::string_view, ExportFormat>, 8> format_names{{
    {"sr", ExportFormat::sr},
    {"gsps", ExportFormat::gsps},
    {"kos", ExportFormat::kos},
    {"csv", ExportFormat::csv},
    {"json", ExportFormat::json},
    {"coco", ExportFormat::coco},
    {"fhir", ExportFormat::fhir},
    {"html", ExportFormat::html},
}};

/// The DICOM documents that the formats ask for.
std::vector<dicom::DerivedKind> document_kinds(const std::vector<ExportFormat>& formats) {
    std::vector<dicom::DerivedKind> kinds;
    for (const ExportFormat format : formats) {
        if (format == ExportFormat::sr) {
            kinds.push_back(dicom::DerivedKind::label_report);
            kinds.push_back(dicom::DerivedKind::box_report);
            for (std::size_t source = 0; source < dicom::sources_max; ++source) {
                kinds.push_back(dicom::source_report(source));
            }
        } else if (format == ExportFormat::gsps) {
            kinds.push_back(dicom::DerivedKind::presentation_state);
        } else if (format == ExportFormat::kos) {
            kinds.push_back(dicom::DerivedKind::key_objects);
        }
    }
    return kinds;
}

std::string_view noun_of(const std::vector<ExportFormat>& formats) {
    return formats == std::vector{ExportFormat::sr} ? "reports" : "documents";
}

bool documents_to_folder(const Records& records,
                         const ExportOptions& options,
                         std::ostream& out,
                         std::ostream& err) {
    const std::string_view noun = noun_of(options.formats);
    Progress progress(fmt::format("exporting the {} of", noun), "images", records.size());
    DocumentFolder folder(*options.output);
    const DocumentExportOutcome outcome =
        export_documents(records,
                         {.mapping = options.data_set.mapping,
                          .kinds = document_kinds(options.formats),
                          .threads = options.threads},
                         folder,
                         [&progress] { progress.advance(); });
    print_failures(outcome.failures, err);
    fmt::print(out,
               "{} {} of {} images written to {}, {} were there already, {} failed\n",
               outcome.written,
               noun,
               records.size(),
               options.output->string(),
               outcome.unchanged,
               outcome.failures.size());
    return outcome.complete();
}

bool documents_to_peer(const DataSetFolder& folder,
                       const Records& records,
                       const ExportOptions& options,
                       std::ostream& out,
                       std::ostream& err) {
    FolderSource source(folder, options.data_set.mapping);
    auto instances = source.references(records, document_kinds(options.formats));
    return export_to_peer(
        source, std::move(instances), options, std::string(noun_of(options.formats)), out, err);
}

AnnotationsByImage received_by(const std::optional<NodeState>& state) {
    return state ? received_annotations(state->received) : AnnotationsByImage();
}

bool flat_to_folder(const DataSetFolder& folder,
                    const std::optional<NodeState>& state,
                    const Records& records,
                    const ExportOptions& options,
                    ExportFormat format,
                    std::ostream& out,
                    std::ostream& err) {
    const auto files = [&] {
        Progress progress("exporting", "images", records.size());
        const FlatFileJob job{.folder = folder,
                              .records = records,
                              .mapping = options.data_set.mapping,
                              .output = *options.output,
                              .received = received_by(state),
                              .finished = [&progress] { progress.advance(); }};
        return format == ExportFormat::csv    ? write_csv(job)
               : format == ExportFormat::json ? write_json(job)
                                              : write_coco(job);
    }();
    if (!files) {
        fmt::print(err, "{}\n", files.error().doing);
        return false;
    }
    for (const FlatFile& file : *files) {
        fmt::print(out, "{} rows in {}\n", file.rows, (*options.output / file.name).string());
    }
    return true;
}

bool pages_to_folder(const DataSetFolder& folder,
                     const std::optional<NodeState>& state,
                     const Records& records,
                     const ExportOptions& options,
                     ExportFormat format,
                     std::ostream& out,
                     std::ostream& err) {
    const bool is_html = format == ExportFormat::html;
    const ImageFileOutcome outcome = [&] {
        Progress progress(is_html ? "writing pages of" : "bundling", "images", records.size());
        const ImageFileJob job{.folder = folder,
                               .records = records,
                               .mapping = options.data_set.mapping,
                               .output = *options.output,
                               .threads = options.threads,
                               .received = received_by(state)};
        const auto finished = [&progress] { progress.advance(); };
        return is_html ? write_html(job, finished) : write_fhir(job, finished);
    }();
    print_failures(outcome.failures, err);
    fmt::print(out,
               "{} {} of {} images written to {}, {} were there already, {} failed\n",
               outcome.written,
               is_html ? "pages" : "FHIR bundles",
               records.size(),
               options.output->string(),
               outcome.unchanged,
               outcome.failures.size());
    return outcome.complete();
}

bool is_document(ExportFormat format) {
    return format <= ExportFormat::kos;
}

/// Earlier revisions of the wanted documents and, beside our reports, those that others sent.
bool state_to_folder(const NodeState& state,
                     const Records& records,
                     const ExportOptions& options,
                     std::ostream& out,
                     std::ostream& err) {
    const auto kinds = document_kinds(options.formats);
    std::vector<SupersededReport> earlier;
    std::ranges::copy_if(state.superseded, std::back_inserter(earlier), [&](const auto& one) {
        return std::ranges::find(kinds, one.kind) != kinds.end();
    });
    const bool reports = std::ranges::find(kinds, dicom::DerivedKind::label_report) != kinds.end();
    const StateExportOutcome outcome =
        export_state(earlier,
                     reports ? std::span<const ReceivedReport>(state.received)
                             : std::span<const ReceivedReport>(),
                     records,
                     Part10Folder(*options.output));
    print_failures(outcome.failures, err);
    fmt::print(out,
               "{} earlier {}{} written to {}, {} were there already, {} failed\n",
               outcome.written,
               reports ? "and received " : "",
               noun_of(options.formats),
               options.output->string(),
               outcome.unchanged,
               outcome.failures.size());
    return outcome.failures.empty();
}

bool to_folder(const DataSetFolder& folder,
               const std::optional<NodeState>& state,
               const Records& records,
               const ExportOptions& options,
               std::ostream& out,
               std::ostream& err) {
    bool complete = true;
    if (std::ranges::any_of(options.formats, is_document)) {
        complete = documents_to_folder(records, options, out, err);
        complete = (!state || state_to_folder(*state, records, options, out, err)) && complete;
    }
    for (const ExportFormat format : options.formats) {
        if (format == ExportFormat::fhir || format == ExportFormat::html) {
            complete =
                pages_to_folder(folder, state, records, options, format, out, err) && complete;
        } else if (!is_document(format)) {
            complete =
                flat_to_folder(folder, state, records, options, format, out, err) && complete;
        }
    }
    return complete;
}

/// False, and why on `err`, when some of it has nowhere to go, or must not go there.
bool has_destinations(const ExportOptions& options, std::ostream& err) {
    if (!options.output && !options.to) {
        fmt::print(err, "export: say where to: -o DIR or --to AE@host:port\n");
        return false;
    }
    if (options.to && !std::ranges::all_of(options.formats, is_document)) {
        fmt::print(err, "export: --to takes DICOM documents only: sr, gsps, kos\n");
        return false;
    }
    return !options.output || may_write(*options.output, options.data_set.path, err);
}

}  // namespace

std::optional<ExportFormat> export_format_of(std::string_view name) {
    const auto found =
        std::ranges::find(format_names, name, &decltype(format_names)::value_type::first);
    return found == format_names.end() ? std::nullopt : std::optional(found->second);
}

std::string export_format_names() {
    std::string names;
    for (const auto& [name, format] : format_names) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    }
    return names;
}

int run_export(const ExportOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    if (!has_destinations(options, err)) {
        return wrong_usage;
    }
    auto folder = read(options.data_set, err);
    if (!folder) {
        return wrong_usage;
    }
    std::optional<NodeState> state;
    if (options.state) {
        state = read_node_state(*options.state, options.reading, *folder, err);
        if (!state) {
            return wrong_usage;
        }
    }
    const auto selected = select(*folder, options.data_set.selection);
    if (!selected) {
        fmt::print(err, "{}\n", selected.error().doing);
        return wrong_usage;
    }
    const Records& records = *selected;
    if (records.empty()) {
        fmt::print(err,
                   "nothing to export: the selection matches no image that is there "
                   "(--missing-images list exports reports of absent images, too)\n");
        return done_with_findings;
    }
    bool complete = true;
    if (options.output) {
        complete = to_folder(*folder, state, records, options, out, err) && complete;
    }
    if (options.to) {
        complete = documents_to_peer(*folder, records, options, out, err) && complete;
    }
    return complete ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
