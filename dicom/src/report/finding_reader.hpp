#pragma once
/// Which of the data set's labels a coded or written finding is. Never a guess: what is not known
/// stays unknown.

#include "dicom/report/code_table.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace cxr::dicom {

/// By the table's codes of either scheme, then by codes that others give the same findings.
[[nodiscard]] std::optional<Finding> finding_of_code(const CodedConcept& code,
                                                     const CodeTable& table);
/// The code of text that somebody typed into a viewer: the text is its Code Meaning.
[[nodiscard]] bool is_typed_text(const CodedConcept& code);
/// Label resolution in order: the codes, then free text that stands for a code, then the comment.
[[nodiscard]] std::optional<Finding> resolve_finding(std::span<const CodedConcept> codes,
                                                     std::string_view comment,
                                                     const CodeTable& table);

}  // namespace cxr::dicom
