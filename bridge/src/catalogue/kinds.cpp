#include "catalogue/kinds.hpp"

#include "catalogue/statements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cxr::bridge {

using dicom::Result;

namespace {

/// Lengths first: no separator that a stranger's value could contain.
template <typename Values>
void write_key(std::string& key, const Values& values) {
    key.clear();
    for (const std::string_view value : values) {
        fmt::format_to(std::back_inserter(key), "{}:", value.size());
        key += value;
    }
}

}  // namespace

Result<void> KindTable::load(sqlite::Connection& connection) {
    ids_.clear();
    new_.clear();
    last_id_ = 0;
    const auto take = [this](const sqlite::Statement& row) {
        std::vector<std::string> values;
        values.reserve(columns_.size());
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            values.emplace_back(row.text(static_cast<int>(i) + 1));
        }
        last_id_ = std::max(last_id_, row.integer(0));
        write_key(key_, values);
        ids_.emplace(key_, row.integer(0));
    };
    return sqlite::query(
        connection, fmt::format("SELECT id, {} FROM {}", fmt::join(columns_, ", "), table_), take);
}

std::int64_t KindTable::id_of(std::initializer_list<std::string_view> values) {
    write_key(key_, values);
    const auto [found, inserted] = ids_.try_emplace(key_, last_id_ + 1);
    if (inserted) {
        ++last_id_;
        new_.push_back({.id = last_id_, .values = {values.begin(), values.end()}});
    }
    return found->second;
}

std::vector<NewKind> KindTable::take_new() {
    return std::exchange(new_, {});
}

Result<void> KindTable::insert(sqlite::Connection& connection,
                               const std::vector<NewKind>& kinds) const {
    if (kinds.empty()) {
        return {};
    }
    std::string parameters;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        parameters += ", ?";
    }
    auto statement = connection.cached(fmt::format(
        "INSERT INTO {}(id, {}) VALUES(?{})", table_, fmt::join(columns_, ", "), parameters));
    if (!statement) {
        return statement.error();
    }
    for (const NewKind& kind : kinds) {
        (*statement)->bind(1, kind.id);
        for (std::size_t i = 0; i < kind.values.size(); ++i) {
            (*statement)->bind(static_cast<int>(i) + 2, std::string_view(kind.values[i]));
        }
        if (auto done = (*statement)->run(); !done) {
            return done.error();
        }
    }
    return {};
}

Kinds::Kinds()
    : study("study_kind",
            {"study_description",
             "referring_physician_name",
             "procedure_code_value",
             "procedure_coding_scheme",
             "procedure_code_meaning",
             "timezone_offset_from_utc"}),
      series("series_kind",
             {"modality",
              "series_number",
              "series_description",
              "body_part_examined",
              "protocol_name",
              "manufacturer",
              "institution_name",
              "laterality"}),
      instance("instance_kind",
               {"sop_class_uid",
                "transfer_syntax_uid",
                "image_rows",
                "image_columns",
                "concept_code_value",
                "concept_coding_scheme",
                "concept_code_meaning",
                "completion_flag",
                "verification_flag",
                "derived",
                "availability"}) {}

Result<void> Kinds::load(sqlite::Connection& connection) {
    for (KindTable* table : {&study, &series, &instance}) {
        if (auto loaded = table->load(connection); !loaded) {
            return loaded.error();
        }
    }
    return {};
}

std::int64_t Kinds::id_of(const dicom::StudyEntity& entity) {
    return study.id_of({entity.study_description,
                        entity.referring_physician_name,
                        entity.procedure_code.value,
                        entity.procedure_code.scheme,
                        entity.procedure_code.meaning,
                        entity.timezone_offset_from_utc});
}

std::int64_t Kinds::id_of(const dicom::SeriesEntity& entity) {
    return series.id_of({entity.modality,
                         entity.series_number,
                         entity.series_description,
                         entity.body_part_examined,
                         entity.protocol_name,
                         entity.manufacturer,
                         entity.institution_name,
                         entity.laterality});
}

std::int64_t Kinds::id_of(const dicom::InstanceEntity& entity, const InstanceOrigin& origin) {
    return instance.id_of({entity.sop_class_uid,
                           origin.transfer_syntax_uid,
                           std::to_string(entity.rows),
                           std::to_string(entity.columns),
                           entity.concept_name_code.value,
                           entity.concept_name_code.scheme,
                           entity.concept_name_code.meaning,
                           entity.completion_flag,
                           entity.verification_flag,
                           std::to_string(origin.derived),
                           origin.offline ? "1" : "0"});
}

NewKinds take_new(Kinds& kinds) {
    return {.study = kinds.study.take_new(),
            .series = kinds.series.take_new(),
            .instance = kinds.instance.take_new()};
}

Result<void> insert(sqlite::Connection& connection, const Kinds& kinds, const NewKinds& added) {
    if (auto done = kinds.study.insert(connection, added.study); !done) {
        return done.error();
    }
    if (auto done = kinds.series.insert(connection, added.series); !done) {
        return done.error();
    }
    return kinds.instance.insert(connection, added.instance);
}

}  // namespace cxr::bridge
