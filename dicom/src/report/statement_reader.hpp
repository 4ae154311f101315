#pragma once
/// One measurement group or evaluation of a report as one annotation, or why it is none.

#include "dicom/report/report_reader.hpp"
#include "report/content_view.hpp"

#include <functional>
#include <span>
#include <string>

namespace cxr::dicom {

struct Statement {
    Annotation annotation;  ///< without observer and report
    std::string reason;     ///< empty: it is one
    bool only_the_label_is_unknown = false;
};

class StatementReader {
public:
    using ImageOf = std::function<std::optional<std::string>(const std::string& sop_instance_uid)>;

    /// @param default_image of statements that refer to none; empty: none. `codes` is lent.
    StatementReader(const CodeTable& codes,
                    ImageOf image_of,
                    std::string default_image,
                    const ReportReadingOptions& options)
        : codes_(codes),
          image_of_(std::move(image_of)),
          default_image_(std::move(default_image)),
          options_(options) {}

    [[nodiscard]] Statement group(const ContentView& group) const;            ///< a CONTAINER
    [[nodiscard]] Statement evaluation(const ContentView& evaluation) const;  ///< a CODE

private:
    [[nodiscard]] Result<std::string> image_below(const ContentView& item) const;
    [[nodiscard]] Result<AnnotationBox> box_of(const ContentView& group) const;
    /// Fills the label's part; the reason why there is none.
    /// @param codes of the Finding, then text that was typed into a viewer.
    [[nodiscard]] std::string read_label(std::span<const CodedConcept> codes,
                                         const std::string& comment,
                                         Annotation& annotation) const;

    const CodeTable& codes_;
    ImageOf image_of_;
    std::string default_image_;
    ReportReadingOptions options_;
};

}  // namespace cxr::dicom
