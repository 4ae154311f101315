#pragma once
/// Which statements still hold when documents replace one another: those of no document that
/// another one names as its predecessor, and of the statements with one tracking UID those of the
/// newest document (Content Date and Time, then Instance Number).

#include "dicom/annotation/annotation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace cxr::dicom {

/// Is a document with this origin newer than the other?
[[nodiscard]] bool is_newer(const ReportOrigin& a, const ReportOrigin& b);

/// Keeps of each statement what decides and not the statement: about 300 bytes.
class CurrentStatements {
public:
    void add(const ReportOrigin& document, const std::string& tracking_uid);
    /// @param sop_instance_uid that a document names as its predecessor; an empty one is nobody's.
    void replace(const std::string& sop_instance_uid);
    /// For each statement in the order of add(): does it hold?
    [[nodiscard]] std::vector<bool> holding() const;

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;
    struct Document {
        std::string content_date, content_time, instance_number;
    };
    struct Statement {
        std::uint32_t document = none, tracked = none;
    };
    [[nodiscard]] bool is_newer_document(std::uint32_t a, std::uint32_t b) const;

    std::unordered_map<std::string, std::uint32_t> document_numbers_, tracking_numbers_;
    std::unordered_set<std::string> replaced_;
    std::vector<Document> documents_;
    std::vector<Statement> statements_;
};

/// Only what still holds. @param replaced as of CurrentStatements::replace().
[[nodiscard]] std::vector<Annotation> current_annotations(std::vector<Annotation> annotations,
                                                          std::span<const std::string> replaced);

}  // namespace cxr::dicom
