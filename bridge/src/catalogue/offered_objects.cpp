#include "catalogue/offered_objects.hpp"

#include "catalogue/statements.hpp"
#include "catalogue/stored_record.hpp"
#include "catalogue/stored_uid.hpp"

namespace cxr::bridge {

namespace {

constexpr const char* objects =
    "SELECT k.sop_class_uid, i.uid, k.derived, coalesce(r.calling_ae_title, '') FROM instance i "
    "CROSS JOIN instance_kind k ON k.id = i.kind LEFT JOIN received r ON r.instance = i.id "
    "WHERE k.availability = 0 ORDER BY i.id";

// Of a study of ours all made objects have the same record.
constexpr const char* objects_with_records =
    "SELECT k.sop_class_uid, i.uid, k.derived, coalesce(r.calling_ae_title, ''), m.image_index, "
    "m.record FROM instance i CROSS JOIN instance_kind k ON k.id = i.kind "
    "LEFT JOIN received r ON r.instance = i.id LEFT JOIN image m ON m.study = i.id >> 36 "
    "WHERE k.availability = 0 ORDER BY i.id";

}  // namespace

Result<void> for_each_offered_row(sqlite::Connection& connection,
                                  bool with_records,
                                  const std::function<bool(const OfferedObject&)>& visit) {
    Result<void> restored = {};
    const auto take = [&](const sqlite::Statement& row) {
        OfferedObject object{.reference = {.sop_class_uid = sqlite::text(row, 0),
                                           .sop_instance_uid = uid_in(row, 1)},
                             .kind = {},
                             .record = {},
                             .calling_ae_title = sqlite::text(row, 3)};
        if (row.integer(2) >= 0) {
            object.kind = static_cast<dicom::DerivedKind>(row.integer(2));
        }
        if (with_records && object.kind && !row.is_null(5)) {
            auto record = restore_record(row.blob(5), sqlite::text(row, 4));
            if (!record) {
                restored = record.error();
                return false;
            }
            object.record = std::move(*record);
        }
        return visit(object);
    };
    const char* const sql = with_records ? objects_with_records : objects;
    if (auto done = sqlite::query(connection, sql, take); !done) {
        return done;
    }
    return restored;
}

}  // namespace cxr::bridge
