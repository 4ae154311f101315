#pragma once
/// Words that sections of an image's page have alike.

#include "dicom/annotation/annotation.hpp"

#include <string>
#include <string_view>

namespace cxr::bridge::html {

/// A code's meaning, scheme and value; "none".
[[nodiscard]] std::string code_text(const dicom::CodedConcept& code);
/// A term and what is said of it, for a `dl`; nothing for an empty value.
[[nodiscard]] std::string term(std::string_view name, std::string_view value);
[[nodiscard]] std::string uid_term(std::string_view name, std::string_view uid);
/// A `dl`: who said it, in which document.
[[nodiscard]] std::string observer_facts(const dicom::Annotation& annotation);

}  // namespace cxr::bridge::html
