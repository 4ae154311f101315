// The keys of what is written of annotations, read of them, and taken from elsewhere.
#include "key_kinds.hpp"
#include "key_table.hpp"

#include <cctype>

namespace cxr::config {

namespace {

/// Part of file names and UIDs.
bool is_a_short_name(const std::string& given) {
    constexpr std::size_t longest = 32;
    return !given.empty() && given.size() <= longest && given != "." && given != ".." &&
           std::all_of(given.begin(), given.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
           });
}

/// PS3.5 LO, one value, in bytes.
bool is_a_long_string(const std::string& given) {
    constexpr std::size_t longest = 64;
    return !given.empty() && given.size() <= longest &&
           std::none_of(given.begin(), given.end(), [](unsigned char c) {
               return c < ' ' || c == '\\' || c == 0x7F;
           });
}

}  // namespace

template <>
std::span<const Key<ReportsSection>> keys_of<ReportsSection>() {
    using S = ReportsSection;
    using dicom::CodeScheme, dicom::LabelTitle, dicom::Measurements;
    using dicom::ReportClass, dicom::ReportOptions, dicom::ReportProfile;
    const auto options = &S::options;
    static const Key<S> keys[] = {
        choice<S>("sop_class",
                  via(options, &ReportOptions::sop_class),
                  {{"comprehensive3d", ReportClass::comprehensive_3d},
                   {"comprehensive", ReportClass::comprehensive},
                   {"enhanced", ReportClass::enhanced}}),
        choice<S>("label_title",
                  via(options, &ReportOptions::label_title),
                  {{"imaging-measurement-report", LabelTitle::imaging_measurement_report},
                   {"diagnostic-imaging-report", LabelTitle::diagnostic_imaging_report}}),
        choice<S>(
            "code_scheme",
            via(options, &ReportOptions::code_scheme),
            {{"sct", CodeScheme::sct}, {"radlex", CodeScheme::radlex}, {"both", CodeScheme::both}}),
        choice<S>("measurements",
                  via(options, &ReportOptions::measurements),
                  {{"off", Measurements::off},
                   {"pixels", Measurements::pixels},
                   {"mm", Measurements::mm}}),
        choice<S>("profile",
                  via(options, &ReportOptions::profile),
                  {{"standard", ReportProfile::standard}, {"air", ReportProfile::air}}),
        text<S>("codes", &S::codes, "a file", is_not_empty),
        flag<S>("presentation_states", &S::presentation_states),
        flag<S>("key_objects", &S::key_objects),
    };
    return keys;
}

template <>
std::span<const Key<ImportSection>> keys_of<ImportSection>() {
    using S = ImportSection;
    static const Key<S> keys[] = {
        choice<S>("nonrect",
                  &S::nonrect,
                  {{"reject", NonRectangular::reject}, {"bbox", NonRectangular::bbox}}),
        flag<S>("strict", &S::strict),
    };
    return keys;
}

template <>
std::span<const Key<AnnotationsSection>> keys_of<AnnotationsSection>() {
    using S = AnnotationsSection;
    const auto any = [](const std::string&) { return true; };
    static const Key<S> keys[] = {
        text<S>("name", &S::name, "1 to 32 letters, digits, '_', '-' and '.'", is_a_short_name),
        text<S>("file", &S::file, "a file", is_not_empty),
        choice<S>("format",
                  &S::format,
                  {{"csv", AnnotationFormat::csv},
                   {"json", AnnotationFormat::json},
                   {"coco", AnnotationFormat::coco}}),
        choice<S>("observer",
                  &S::observer,
                  {{"person", ObserverKind::person}, {"device", ObserverKind::device}}),
        text<S>("observer_name", &S::observer_name, "1 to 64 characters", is_a_long_string),
        text<S>("organization", &S::organization, "1 to 64 characters", is_a_long_string),
        text<S>("manufacturer", &S::manufacturer, "1 to 64 characters", is_a_long_string),
        text<S>("model", &S::model, "1 to 64 characters", is_a_long_string),
        text<S>("version", &S::version, "1 to 64 characters", is_a_long_string),
        text<S>("certainty", &S::certainty, "the name of a column", any),
        choice<S>("certainty_unit",
                  &S::certainty_unit,
                  {{"fraction", CertaintyUnit::fraction}, {"percent", CertaintyUnit::percent}}),
    };
    return keys;
}

}  // namespace cxr::config
