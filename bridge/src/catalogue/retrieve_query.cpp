#include "catalogue/retrieve_query.hpp"

#include "catalogue/schema.hpp"
#include "catalogue/statements.hpp"
#include "catalogue/stored_uid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

constexpr std::size_t parameters_max = 32'000;

std::string in_list(std::string_view column, std::size_t count) {
    std::string marks;
    for (std::size_t i = 0; i < count; ++i) {
        marks += i == 0 ? "?" : ", ?";
    }
    return fmt::format("{} IN ({})", column, marks);
}

/// Begins at the lowest level that is named: each join is a lookup by primary key or a range of
/// it.
std::string statement_for(const dicom::RetrieveIdentifier& identifier) {
    const char* from =
        "patient p CROSS JOIN study t ON t.patient = p.id"
        " CROSS JOIN instance i ON i.id BETWEEN t.id << 36 AND ((t.id + 1) << 36) - 1"
        " CROSS JOIN series s ON s.id = i.id >> 22";
    if (!identifier.sop_instance_uids.empty()) {
        from =
            "instance i CROSS JOIN series s ON s.id = i.id >> 22"
            " CROSS JOIN study t ON t.id = i.id >> 36"
            " CROSS JOIN patient p ON p.id = t.patient";
    } else if (!identifier.series_instance_uids.empty()) {
        from =
            "series s CROSS JOIN study t ON t.id = s.id >> 14"
            " CROSS JOIN patient p ON p.id = t.patient"
            " CROSS JOIN instance i ON i.id BETWEEN s.id << 22 AND ((s.id + 1) << 22) - 1";
    } else if (!identifier.study_instance_uids.empty()) {
        from =
            "study t CROSS JOIN patient p ON p.id = t.patient"
            " CROSS JOIN instance i ON i.id BETWEEN t.id << 36 AND ((t.id + 1) << 36) - 1"
            " CROSS JOIN series s ON s.id = i.id >> 22";
    }
    std::string where;
    const auto add = [&where](const std::string& condition) {
        where += (where.empty() ? " WHERE " : " AND ") + condition;
    };
    if (identifier.patient_id) {
        add("p.patient_id = ?");
    }
    if (!identifier.study_instance_uids.empty()) {
        add(in_list("t.uid", identifier.study_instance_uids.size()));
    }
    if (!identifier.series_instance_uids.empty()) {
        add(in_list("s.uid", identifier.series_instance_uids.size()));
    }
    if (!identifier.sop_instance_uids.empty()) {
        add(in_list("i.uid", identifier.sop_instance_uids.size()));
    }
    return fmt::format(
        "SELECT k.sop_class_uid, i.uid, k.transfer_syntax_uid, i.id FROM {}"
        " CROSS JOIN instance_kind k ON k.id = i.kind{}",
        from,
        where);
}

}  // namespace

Result<std::vector<storescp::InstanceReference>> retrieve_instances(
    sqlite::Connection& connection, const dicom::RetrieveIdentifier& identifier) {
    std::vector<storescp::InstanceReference> instances;
    std::vector<StoredUID> uids;
    for (const auto* list : {&identifier.study_instance_uids,
                             &identifier.series_instance_uids,
                             &identifier.sop_instance_uids}) {
        for (const std::string& uid : *list) {
            uids.emplace_back(uid);
        }
    }
    if (uids.size() > parameters_max) {
        return Fault{.kind = FaultKind::exhausted,
                     .doing = fmt::format("retrieve: more than {} UIDs", parameters_max)};
    }
    if (uids.empty() && !identifier.patient_id) {
        return instances;  // nothing named is nothing asked for, never everything
    }
    auto rows = connection.prepare(statement_for(identifier));
    if (!rows) {
        return rows.error();
    }
    int index = 0;
    if (identifier.patient_id) {
        rows->bind(++index, std::string_view(*identifier.patient_id));
    }
    for (const StoredUID& uid : uids) {
        uid.bind(*rows, ++index);
    }
    while (true) {
        auto row = rows->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        instances.push_back({.sop_class_uid = std::string(rows->text(0)),
                             .sop_instance_uid = uid_in(*rows, 1),
                             .transfer_syntax_uid = std::string(rows->text(2)),
                             .handle = rows->integer(3)});
    }
    std::ranges::sort(instances, {}, &storescp::InstanceReference::handle);
    return instances;
}

std::vector<storescp::AuditSubject> subjects_of(
    sqlite::Connection& connection, std::span<const storescp::InstanceReference> instances) {
    std::map<std::int64_t, storescp::AuditSubject> by_study;
    for (const storescp::InstanceReference& instance : instances) {
        ++by_study[schema::study_of(instance.handle)].instances[instance.sop_class_uid];
    }
    std::vector<storescp::AuditSubject> subjects;
    for (auto& [study, subject] : by_study) {
        const auto take = [&, &known = subject](const sqlite::Statement& row) {
            known.study_instance_uid = uid_in(row, 0);
            known.patient_id = sqlite::text(row, 1);
            subjects.push_back(std::move(known));
        };
        const auto done = sqlite::query(
            connection,
            "SELECT t.uid, p.patient_id FROM study t JOIN patient p ON p.id = t.patient"
            " WHERE t.id = ?",
            take,
            study);
        if (!done) {
            break;
        }
    }
    return subjects;
}

}  // namespace cxr::bridge
