#pragma once
/// Annotations as CSV, in the data set's own two layouts: the rows of BBox_List_2017.csv, and
/// images with their label string as in Data_Entry's first two columns. Lines end in LF. What was
/// read from those tables is written back byte for byte.

#include "dicom/annotation/annotation.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cxr::dicom {

/// Nine cells over rows of six: the published file's own header, with its line end.
inline constexpr std::string_view box_table_header =
    "Image Index,Finding Label,Bbox [x,y,w,h],,,\n";
/// "IMAGE,LABEL,x,y,w,h\n": the digits as written where they are known, else up to six decimals.
/// @param annotation one with a box. Its label is written as the table spells it.
[[nodiscard]] std::string box_table_row(const Annotation& annotation);

inline constexpr std::string_view label_table_header = "Image Index,Finding Labels\n";
/// "IMAGE,LABEL|LABEL\n". @param annotations of one image; at least one.
[[nodiscard]] std::string label_table_row(std::span<const Annotation> annotations);
/// @param labels joined by '|'.
[[nodiscard]] std::string label_table_row(const std::string& image_index,
                                          const std::string& labels);
/// The label as it was written, else as the collection writes it.
[[nodiscard]] std::string written_label(const Annotation& annotation);

/// A table of the product's own, for what others say of the images: it is read as a further source
/// (annotation/statement_table.hpp), its certainty as a percentage.
inline constexpr std::string_view further_table_header =
    "Image Index,Finding Label,x,y,w,h,Certainty Percent,Observer,SOP Instance UID\n";
/// x, y, w, h are empty of a statement about the image as a whole, as is what is not said.
[[nodiscard]] std::string further_table_row(const Annotation& annotation);

}  // namespace cxr::dicom
