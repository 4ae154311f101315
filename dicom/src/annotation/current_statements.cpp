#include "dicom/annotation/current_statements.hpp"

#include <charconv>
#include <tuple>
#include <utility>

namespace cxr::dicom {
namespace {

long number_of(const std::string& text) {
    long number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Of an origin or of what is kept of it.
template <class Dated>
bool is_newer_of(const Dated& a, const Dated& b) {
    return std::tuple(a.content_date, a.content_time, number_of(a.instance_number)) >
           std::tuple(b.content_date, b.content_time, number_of(b.instance_number));
}

}  // namespace

bool is_newer(const ReportOrigin& a, const ReportOrigin& b) {
    return is_newer_of(a, b);
}

bool CurrentStatements::is_newer_document(std::uint32_t a, std::uint32_t b) const {
    return is_newer_of(documents_[a], documents_[b]);
}

void CurrentStatements::add(const ReportOrigin& document, const std::string& tracking_uid) {
    Statement statement;
    const auto [known, is_new] = document_numbers_.emplace(
        document.sop_instance_uid, static_cast<std::uint32_t>(documents_.size()));
    if (is_new) {
        documents_.push_back({.content_date = document.content_date,
                              .content_time = document.content_time,
                              .instance_number = document.instance_number});
    }
    statement.document = known->second;
    if (!tracking_uid.empty()) {
        statement.tracked =
            tracking_numbers_
                .emplace(tracking_uid, static_cast<std::uint32_t>(tracking_numbers_.size()))
                .first->second;
    }
    statements_.push_back(statement);
}

void CurrentStatements::replace(const std::string& sop_instance_uid) {
    if (!sop_instance_uid.empty()) {
        replaced_.insert(sop_instance_uid);
    }
}

std::vector<bool> CurrentStatements::holding() const {
    std::vector<bool> old(documents_.size());
    for (const std::string& uid : replaced_) {
        if (const auto found = document_numbers_.find(uid); found != document_numbers_.end()) {
            old[found->second] = true;
        }
    }
    std::vector<std::uint32_t> newest(tracking_numbers_.size(), none);
    for (const Statement& statement : statements_) {
        if (statement.tracked == none || old[statement.document]) {
            continue;
        }
        std::uint32_t& document = newest[statement.tracked];
        if (document == none || is_newer_document(statement.document, document)) {
            document = statement.document;
        }
    }
    std::vector<bool> holds;
    holds.reserve(statements_.size());
    for (const Statement& statement : statements_) {
        holds.push_back(
            !old[statement.document] &&
            (statement.tracked == none || newest[statement.tracked] == statement.document));
    }
    return holds;
}

std::vector<Annotation> current_annotations(std::vector<Annotation> annotations,
                                            std::span<const std::string> replaced) {
    CurrentStatements statements;
    for (const std::string& uid : replaced) {
        statements.replace(uid);
    }
    for (const Annotation& annotation : annotations) {
        statements.add(annotation.report, annotation.tracking_uid);
    }
    const std::vector<bool> holds = statements.holding();
    std::vector<Annotation> current;
    for (std::size_t i = 0; i < annotations.size(); ++i) {
        if (holds[i]) {
            current.push_back(std::move(annotations[i]));
        }
    }
    return current;
}

}  // namespace cxr::dicom
