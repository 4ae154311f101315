#include "dicom/mapping/options.hpp"
#include "dicom/report/code_table.hpp"

#include <charconv>

namespace cxr::dicom {
namespace {

/// Visits every option that has a fixed set of values, in an order that never changes: new ones
/// come last, and what an older release stored leaves them at their default.
template <typename Options, typename Visitor>
void for_each_choice(Options& options, Visitor visit) {
    visit(options.spacing, Spacing::none);
    visit(options.dates, Dates::none);
    visit(options.names, Names::human);
    visit(options.modality, ModalityChoice::automatic);
    visit(options.iod, IodProfile::strict);
    visit(options.clinical_trial, true);
    visit(options.labels_in_image_comments, true);
    visit(options.reports.sop_class, ReportClass::enhanced);
    visit(options.reports.label_title, LabelTitle::diagnostic_imaging_report);
    visit(options.reports.code_scheme, CodeScheme::both);
    visit(options.reports.measurements, Measurements::mm);
    visit(options.reports.profile, ReportProfile::air);
    visit(options.geometry, Geometry::resampled);
}

}  // namespace

std::string MappingOptions::stored() const {
    std::string text;
    for_each_choice(*this, [&text](const auto& choice, const auto&) {
        text += std::to_string(static_cast<int>(choice)) + ' ';
    });
    return text + '\n' + reports.code_table().text();
}

Result<MappingOptions> MappingOptions::restore(std::string_view stored) {
    const std::size_t end = stored.find('\n');
    std::string_view choices = stored.substr(0, end);
    MappingOptions options;
    bool known = end != std::string_view::npos;
    for_each_choice(options, [&]<typename Choice>(Choice& choice, const Choice& last) {
        if (choices.empty()) {
            return;
        }
        int number = -1;
        const auto [next, error] =
            std::from_chars(choices.data(), choices.data() + choices.size(), number);
        known = known && error == std::errc() && number >= 0 && number <= static_cast<int>(last);
        choice = known ? static_cast<Choice>(number) : choice;
        const std::size_t space = choices.find(' ');
        choices.remove_prefix(space == std::string_view::npos ? choices.size() : space + 1);
    });
    if (!known || !choices.empty()) {
        return Fault{FaultKind::malformed, "options that this release does not know"};
    }
    auto table = CodeTable::parse(stored.substr(end + 1), "kept code table");
    if (!table) {
        return std::move(table).error();
    }
    if (*table != CodeTable::built_in()) {
        options.reports.codes = std::make_shared<const CodeTable>(*std::move(table));
    }
    return options;
}

}  // namespace cxr::dicom
