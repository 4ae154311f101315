#pragma once
/// Data sets as DICOMweb tells them (PS3.18 §8.7.3.2): a JSON array, or XML documents, each a part
/// of multipart/related.

#include "bridge/web/media_type.hpp"
#include "dicom/core/json_model.hpp"
#include "multipart.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge::web {

/// How data sets are told.
struct Model {
    bool xml = false;
    bool multipart = false;  ///< of XML: one document is sent as it is where that is accepted
    std::string media_type;  ///< of the JSON, of the document, or of each part
};

/// What several data sets can be had in, best first, as the capabilities name it.
inline constexpr std::array<std::string_view, 3> model_types{
    "application/dicom+json",
    "application/json",
    "multipart/related; type=\"application/dicom+xml\""};
/// What there is to say when none of it is accepted.
inline constexpr std::string_view model_types_told =
    "this is answered as application/dicom+json, or as multipart/related; "
    "type=\"application/dicom+xml\"";

/// JSON, unless XML is wanted more. Nothing: neither is acceptable.
/// @param single it is one data set: XML may come without multipart
[[nodiscard]] std::optional<Model> choose_model(const std::vector<MediaType>& accepted,
                                                bool single);

class ModelWriter {
public:
    explicit ModelWriter(Model model);

    /// Of the whole.
    [[nodiscard]] std::string content_type() const;
    /// Appends one data set and what stands before it.
    void append(std::string& text,
                const dicom::Attributes& attributes,
                const dicom::JsonModelOptions& options = {});
    /// What stands behind the last one.
    void finish(std::string& text);
    /// Has there been any?
    [[nodiscard]] bool any() const { return any_; }

private:
    const Model model_;
    MultipartWriter parts_;
    bool any_ = false;
};

}  // namespace cxr::bridge::web
