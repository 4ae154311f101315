#pragma once
/// Reading of foreign_reports.hpp's documents, in which two images are known.

#include "dicom/report/foreign_reports.hpp"
#include "dicom/report/report_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

namespace cxr::test {

inline const std::string our_image = "2.25.1001";
inline const std::string other_image = "2.25.1002";

inline dicom::ImageNames our_images() {
    return [](const std::string& uid, const std::string&) -> std::optional<std::string> {
        if (uid == our_image) {
            return "99990001_007.png";
        }
        return uid == other_image ? std::optional<std::string>("99990001_008.png") : std::nullopt;
    };
}

inline dicom::Result<dicom::ReadReport> read(const std::vector<std::byte>& bytes,
                                             const dicom::ReportReadingOptions& options = {},
                                             const dicom::ImageNames& images = our_images()) {
    return dicom::read_report(
        bytes, dicom::explicit_vr_little_endian, dicom::CodeTable::built_in(), images, options);
}

inline dicom::ReadReport taken(const ForeignDocument& document,
                               const dicom::ReportReadingOptions& options = {}) {
    auto report = read(bytes_of(document), options);
    BOOST_REQUIRE(report.has_value());
    return std::move(report).value();
}

inline ForeignDocument with_groups(std::vector<ForeignItem> groups) {
    ForeignDocument document;
    document.groups = std::move(groups);
    return document;
}

inline const std::vector<float> rectangle{225, 547, 312, 547, 312, 626, 225, 626, 225, 547};
inline const ForeignCode atelectasis{"46621007", "SCT", "Atelectasis"};

inline std::vector<double> sides(const dicom::Annotation& annotation) {
    const dicom::AnnotationBox& box = annotation.box.value();
    return {box.x, box.y, box.width, box.height};
}
inline const std::vector<double> its_sides{225, 547, 87, 79};

}  // namespace cxr::test
