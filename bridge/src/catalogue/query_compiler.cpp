#include "catalogue/query_compiler.hpp"

#include "catalogue/select_statement.hpp"
#include "dicom/query/time_zone.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Matching;
using dicom::QueryIdentifier;
using dicom::QueryKey;
using dicom::QueryLevel;
using dicom::Result;

namespace {

constexpr std::size_t parameters_max = 32'000;  // SQLite's own limit is 32,766

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The characters that every matching value begins with.
std::string_view literal_prefix(std::string_view key, std::string_view specials) {
    return key.substr(0, key.find_first_of(specials));
}

/// What is greater than every text with this prefix, byte by byte.
std::string after_prefix(std::string_view prefix) {
    std::string text(prefix);
    // UTF-8 has no byte FFH: the last one can be raised.
    text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
    return text;
}

std::size_t first_needed(const QueryIdentifier& identifier) {
    return identifier.model == dicom::InformationModel::study_root
               ? std::min(index_of(identifier.level), index_of(QueryLevel::study))
               : index_of(QueryLevel::patient);
}

class Compiler {
public:
    Compiler(const QueryIdentifier& identifier, const QueryContext& context)
        : identifier_(identifier),
          context_(context),
          level_(index_of(identifier.level)),
          statement_(level_, first_needed(identifier)) {}

    Result<CompiledQuery> compile() {
        find_date_time_keys();
        for (const QueryKey& key : identifier_.keys) {
            output(key);
            condition(key);
        }
        own_outputs();
        std::ranges::sort(result_.outputs, {}, &OutputColumn::tag);
        if (result_.parameters.size() > parameters_max) {
            return Fault{
                .kind = FaultKind::exhausted,
                .doing = fmt::format("query: more than {} values in lists", parameters_max)};
        }
        result_.sql = statement_.text();
        return std::move(result_);
    }

private:
    // -- what is returned

    void output(const QueryKey& key) {
        const DcmTagKey& tag = key.supported->tag;
        const QueryColumn* column = find_query_column(tag, identifier_.level);
        if (column == nullptr) {
            result_.outputs.push_back(
                {.tag = tag, .vr = key.supported->vr, .form = Form::text, .first_column = -1});
            return;
        }
        OutputColumn output{.tag = tag,
                            .vr = key.supported->vr,
                            .form = column->form,
                            .first_column = statement_.columns()};
        select(*column);
        if (column->form == Form::code) {
            for (const dicom::Attribute& attribute : key.sequence_keys) {
                output.item_tags.push_back(attribute.tag);
            }
            if (output.item_tags.empty()) {
                output.item_tags = {DCM_CodeValue, DCM_CodingSchemeDesignator, DCM_CodeMeaning};
            }
        }
        result_.outputs.push_back(std::move(output));
    }

    [[nodiscard]] bool is_output(const DcmTagKey& tag) const {
        return std::ranges::any_of(result_.outputs,
                                   [&](const OutputColumn& column) { return column.tag == tag; });
    }

    /// What a response carries whether asked for or not (PS3.4 C.4.1.1.3.2).
    void own_outputs() {
        const bool has_patient_level = identifier_.model != dicom::InformationModel::study_root;
        for (std::size_t level = has_patient_level ? 0 : 1; level <= level_; ++level) {
            const DcmTagKey tag = dicom::unique_key(static_cast<QueryLevel>(level));
            if (!is_output(tag)) {
                add_output(tag);
            }
        }
        if (context_.some_offline) {
            add_output(DCM_InstanceAvailability);
        } else {
            constant(DCM_InstanceAvailability, "ONLINE");
        }
        own_time_zone();
        constant(DCM_QueryRetrieveLevel, std::string(dicom::level_name(identifier_.level)));
        constant(DCM_RetrieveAETitle, context_.retrieve_ae_title);
    }

    /// Of the times in the answer (PS3.4 C.4.1.1.3.2): the asked one, else the study's, if known.
    void own_time_zone() {
        if (identifier_.timezone) {
            constant(DCM_TimezoneOffsetFromUTC,
                     dicom::utc_offset_text(identifier_.timezone->asked_minutes));
        } else if (context_.some_time_zones && level_ >= index_of(QueryLevel::study)) {
            add_output(DCM_TimezoneOffsetFromUTC);
        }
    }

    void add_output(const DcmTagKey& tag) {
        const QueryColumn* column = find_query_column(tag, identifier_.level);
        result_.outputs.push_back({.tag = tag,
                                   .vr = dicom::dictionary_vr(tag),
                                   .form = column->form,
                                   .first_column = statement_.columns()});
        select(*column);
    }

    void constant(const DcmTagKey& tag, std::string value) {
        result_.outputs.push_back({.tag = tag,
                                   .vr = dicom::dictionary_vr(tag),
                                   .form = Form::text,
                                   .first_column = -1,
                                   .constant = std::move(value)});
    }

    void select(const QueryColumn& column) {
        const std::size_t level = index_of(column.level);
        statement_.need(level);
        const Level& names = levels[level];
        const auto add = [this](const std::string& expression) { statement_.select(expression); };
        switch (column.place) {
            case Place::own:
                add(own_value(column));
                return;
            case Place::computed:
                add(std::string(column.sql));
                return;
            case Place::any_series:
            case Place::any_instance:
                add(fmt::format("(SELECT joined_values(z.{}) {})", column.sql, children(column)));
                return;
            case Place::kind:
                break;
        }
        statement_.need_kind(level);
        add(fmt::format("{}.{}", names.kind_alias, column.sql));
        if (column.form == Form::code) {
            add(fmt::format("{}.{}", names.kind_alias, column.scheme));
            add(fmt::format("{}.{}", names.kind_alias, column.meaning));
        }
    }

    /// A value of the level's own row; dates and times at the offset that was asked for.
    std::string own_value(const QueryColumn& column) {
        const char* const alias = levels[index_of(column.level)].alias;
        const MomentColumns* moment =
            identifier_.timezone ? find_moment_columns(column.tag) : nullptr;
        if (moment == nullptr) {
            return fmt::format("{}.{}", alias, column.sql);
        }
        const std::size_t study = index_of(QueryLevel::study);
        statement_.need_kind(study);
        return fmt::format("{0}({1}.{2}, {1}.{3}, tk.timezone_offset_from_utc, {4}, {5})",
                           column.tag == moment->date ? "dicom_moved_date" : "dicom_moved_time",
                           alias,
                           moment->date_sql,
                           moment->time_sql,
                           identifier_.timezone->unknown_minutes,
                           identifier_.timezone->asked_minutes);
    }

    static std::string children(const QueryColumn& column) {
        const bool series = column.place == Place::any_series;
        const int bits = series ? 14 : 36;
        return fmt::format(
            "FROM {0} y CROSS JOIN {0}_kind z ON z.id = y.kind"
            " WHERE y.id BETWEEN t.id << {1} AND ((t.id + 1) << {1}) - 1",
            series ? "series" : "instance",
            bits);
    }

    // -- what is matched

    void find_date_time_keys() {
        if (!identifier_.combined_date_time) {
            return;
        }
        auto keys = std::make_unique<DateTimeKeys>();
        for (const QueryKey& key : identifier_.keys) {
            if (key.supported->tag == DCM_StudyDate && !key.value.empty()) {
                keys->date = &key;
            } else if (key.supported->tag == DCM_StudyTime && !key.value.empty()) {
                keys->time = &key;
            }
        }
        if (keys->date != nullptr && keys->time != nullptr) {
            result_.date_time_keys = std::move(keys);
        }
    }

    void condition(const QueryKey& key) {
        const QueryColumn* column = find_query_column(key.supported->tag, identifier_.level);
        if (column == nullptr || key.supported->matching == Matching::return_only) {
            return;
        }
        if (key.supported->matching == Matching::sequence) {
            sequence_condition(*column, key);
            return;
        }
        const bool universal =
            !key.restricts() ||
            (trimmed(key.value) == "*" && (key.supported->matching == Matching::wild_card ||
                                           key.supported->matching == Matching::person_name));
        if (universal) {
            return;
        }
        statement_.need(index_of(column->level));
        if (column->form == Form::stored_uid) {
            uid_condition(*column, key);
            return;
        }
        access_path(*column, key);
        if (result_.date_time_keys && &key == result_.date_time_keys->time) {
            return;  // with the date
        }
        if (result_.date_time_keys && &key == result_.date_time_keys->date) {
            const dicom::QueryLevel level = identifier_.level;
            statement_.where(fmt::format("dicom_matches_date_time({}, {}, {})",
                                         parameter(result_.date_time_keys.get()),
                                         own_value(*find_query_column(DCM_StudyDate, level)),
                                         own_value(*find_query_column(DCM_StudyTime, level))));
            return;
        }
        const std::string matcher = parameter(&key);
        const Level& names = levels[index_of(column->level)];
        switch (column->place) {
            case Place::own:
                statement_.where(fmt::format("dicom_matches({}, {})", matcher, own_value(*column)));
                return;
            case Place::kind:
                statement_.where(
                    fmt::format("{}.kind IN (SELECT id FROM {} WHERE dicom_matches({}, {}))",
                                names.alias,
                                names.kind_table,
                                matcher,
                                column->form == Form::positive_number
                                    ? fmt::format("nullif({}, 0)", column->sql)
                                    : std::string(column->sql)));
                return;
            case Place::any_series:
            case Place::any_instance:
                statement_.where(fmt::format("EXISTS(SELECT 1 {} AND dicom_matches({}, z.{}))",
                                             children(*column),
                                             matcher,
                                             column->sql));
                return;
            case Place::computed:
                return;  // return only
        }
    }

    /// One item; each of its keys must match (PS3.4 C.2.2.2.6).
    void sequence_condition(const QueryColumn& column, const QueryKey& key) {
        if (key.sequence_keys.empty()) {
            return;
        }
        const std::size_t level = index_of(column.level);
        statement_.need(level);
        statement_.where(
            fmt::format("{}.kind IN (SELECT id FROM {} WHERE dicom_matches_code({}, {}, {}, {}))",
                        levels[level].alias,
                        levels[level].kind_table,
                        parameter(&key),
                        column.sql,
                        column.scheme,
                        column.meaning));
    }

    void uid_condition(const QueryColumn& column, const QueryKey& key) {
        if (key.wants_empty) {
            statement_.where("0");  // none is without a UID
            return;
        }
        std::string list;
        std::string_view rest = key.value;
        while (true) {
            const std::size_t end = rest.find('\\');
            if (const auto uid = trimmed(rest.substr(0, end)); !uid.empty()) {
                list += (list.empty() ? "" : ", ") + parameter(StoredUID(uid));
            }
            if (end == std::string_view::npos) {
                break;
            }
            rest.remove_prefix(end + 1);
        }
        const std::size_t level = index_of(column.level);
        statement_.where(fmt::format("{}.{} IN ({})", levels[level].alias, column.sql, list));
        statement_.begin_at(level, Selectivity::uid);
    }

    /// Narrows the search where there is an index; dicom_matches() decides.
    void access_path(const QueryColumn& column, const QueryKey& key) {
        const bool moved = identifier_.timezone && find_moment_columns(column.tag) != nullptr;
        if (moved || key.wants_empty || key.fuzzy || key.value.find('\\') != std::string::npos) {
            return;
        }
        if (column.tag == DCM_PatientID || column.tag == DCM_AccessionNumber) {
            text_path(column, key);
        } else if (column.tag == DCM_PatientName) {
            name_path(key);
        } else if (column.tag == DCM_StudyDate) {
            date_path(key);
        }
    }

    void text_path(const QueryColumn& column, const QueryKey& key) {
        const std::size_t level = index_of(column.level);
        const std::string name = fmt::format("{}.{}", levels[level].alias, column.sql);
        const std::string_view value = trimmed(key.value);
        const std::string_view prefix = literal_prefix(value, "*?");
        if (prefix.size() == value.size()) {
            statement_.where(fmt::format("{} IN ({}{})",
                                         name,
                                         parameter(std::string(value)),
                                         key.unknown_matches ? ", ''" : ""));
            statement_.begin_at(level, Selectivity::value);
        } else if (!prefix.empty()) {
            statement_.where(with_unknown(key, name, within_prefix(name, prefix)));
            statement_.begin_at(level, Selectivity::prefix);
        }
    }

    /// The rule compares folded names group by group, and so are they stored.
    void name_path(const QueryKey& key) {
        const std::string folded = dicom::folded_person_name(key.value);
        const std::string_view prefix = literal_prefix(folded, "*?");
        if (prefix.empty() || folded.find('=') != std::string::npos) {
            return;
        }
        statement_.where(fmt::format("p.id IN (SELECT patient FROM patient_name WHERE {})",
                                     with_unknown(key, "folded", within_prefix("folded", prefix))));
        statement_.begin_at(index_of(QueryLevel::patient), Selectivity::prefix);
    }

    std::string within_prefix(std::string_view name, std::string_view prefix) {
        return fmt::format("{0} >= {1} AND {0} < {2}",
                           name,
                           parameter(std::string(prefix)),
                           parameter(after_prefix(prefix)));
    }

    /// A path must let through whatever the rule accepts: no value, too, when that matches.
    static std::string with_unknown(const QueryKey& key,
                                    std::string_view name,
                                    std::string condition) {
        return key.unknown_matches ? fmt::format("({} OR {} = '')", condition, name)
                                   : std::move(condition);
    }

    void date_path(const QueryKey& key) {
        const auto range = dicom::parse_range(key.value, dicom::VR::DA);
        if (!range) {
            return;
        }
        std::string condition = "t.study_date >= " + parameter(range->low);
        if (!range->high.empty()) {
            condition += " AND t.study_date <= " + parameter(range->high);
        }
        statement_.where(with_unknown(key, "t.study_date", std::move(condition)));
        statement_.begin_at(index_of(QueryLevel::study), Selectivity::range);
    }

    std::string parameter(QueryParameter value) {
        result_.parameters.push_back(std::move(value));
        return fmt::format("?{}", result_.parameters.size());
    }

    const QueryIdentifier& identifier_;
    const QueryContext& context_;
    std::size_t level_;
    SelectStatement statement_;
    CompiledQuery result_;
};

}  // namespace

Result<CompiledQuery> compile(const QueryIdentifier& identifier, const QueryContext& context) {
    return Compiler(identifier, context).compile();
}

}  // namespace cxr::bridge
