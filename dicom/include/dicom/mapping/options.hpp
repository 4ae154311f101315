#pragma once
/// The options that objects are functions of, beside row and pixels. Every option that changes
/// attributes or pixels selects another UID namespace: profile() is its name. Those of reports
/// alone select nothing: they are part of a report's canonical content, and so of its own UID.

#include "dicom/core/result.hpp"
#include "dicom/core/uid.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cxr::dicom {

enum class Spacing : std::uint8_t { nominal, pixel, none };
/// Pixels as the PNG has them, or stretched to square ones at the radiograph's proportions
/// (mapping/geometry.hpp).
enum class Geometry : std::uint8_t { stored, resampled };
enum class Dates : std::uint8_t { synthetic, none };
enum class Names : std::uint8_t { id, human };
enum class ModalityChoice : std::uint8_t { dx, cr, ot, automatic };
enum class IodProfile : std::uint8_t {
    standard_extended,
    strict
};  ///< strict: without View Position

class CodeTable;

enum class ReportClass : std::uint8_t { comprehensive_3d, comprehensive, enhanced };
/// Document title of label reports: (126000,DCM) of CID 7021, or (18748-4,LN), which viewers that
/// show measurements only for the former list as text.
enum class LabelTitle : std::uint8_t { imaging_measurement_report, diagnostic_imaging_report };
/// What findings are coded with. Where the table has no RadLex code, `radlex` writes the other one;
/// `both` adds RadLex as an equivalent code.
enum class CodeScheme : std::uint8_t { sct, radlex, both };
/// Width, height and area of boxes: none, in pixels, or in mm of the detector plane.
enum class Measurements : std::uint8_t { off, pixels, mm };
/// air: IHE AI Results, that is, with TID 4019 algorithm identification.
enum class ReportProfile : std::uint8_t { standard, air };

struct ReportOptions {
    ReportClass sop_class = ReportClass::comprehensive_3d;
    LabelTitle label_title = LabelTitle::imaging_measurement_report;
    CodeScheme code_scheme = CodeScheme::sct;
    Measurements measurements = Measurements::off;
    ReportProfile profile = ReportProfile::standard;
    std::shared_ptr<const CodeTable> codes;  ///< null: the built-in table

    [[nodiscard]] const CodeTable& code_table() const;
    [[nodiscard]] std::string_view sop_class_uid() const;
    /// By content: two tables with the same rows are the same.
    friend bool operator==(const ReportOptions& a, const ReportOptions& b);
};

struct MappingOptions {
    Spacing spacing = Spacing::nominal;
    Geometry geometry = Geometry::stored;
    Dates dates = Dates::synthetic;
    Names names = Names::id;
    ModalityChoice modality = ModalityChoice::dx;
    IodProfile iod = IodProfile::standard_extended;
    bool clinical_trial = true;
    bool labels_in_image_comments = false;
    ReportOptions reports;

    /// Sorted "k=v;" of what differs from the default, without `reports`; empty for the default.
    [[nodiscard]] std::string profile() const;

    /// Everything, the code table included, as text to be kept beside what was made by it.
    [[nodiscard]] std::string stored() const;
    /// Faults: malformed (not what stored() wrote, or of a release with other options).
    [[nodiscard]] static Result<MappingOptions> restore(std::string_view stored);
    friend bool operator==(const MappingOptions&, const MappingOptions&) = default;
};

}  // namespace cxr::dicom
