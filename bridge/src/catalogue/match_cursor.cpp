#include "catalogue/match_cursor.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

namespace cxr::bridge {

using dicom::Attribute;
using dicom::Attributes;
using dicom::Result;
using dicom::VR;

namespace {

std::string value_of(const OutputColumn& output, const sqlite::Statement& row) {
    switch (output.form) {
        case Form::stored_uid:
            return uid_in(row, output.first_column);
        case Form::positive_number:
            return row.integer(output.first_column) > 0
                       ? std::to_string(row.integer(output.first_column))
                       : std::string();
        case Form::availability:
            return row.integer(output.first_column) == 0 ? "ONLINE" : "OFFLINE";
        case Form::text:
        case Form::optional_text:
        case Form::number:
        case Form::code:
            break;
    }
    return std::string(row.text(output.first_column));
}

/// No code, no item.
std::vector<Attributes> items_of(const OutputColumn& output, const sqlite::Statement& row) {
    const int first = output.first_column;
    if (row.text(first).empty()) {
        return {};
    }
    Attributes item;
    for (const DcmTagKey& tag : output.item_tags) {
        const int column = tag == DCM_CodeValue                ? first
                           : tag == DCM_CodingSchemeDesignator ? first + 1
                           : tag == DCM_CodeMeaning            ? first + 2
                                                               : -1;
        item.push_back({.tag = tag,
                        .vr = dicom::dictionary_vr(tag),
                        .value = column < 0 ? std::string() : std::string(row.text(column))});
    }
    return {std::move(item)};
}

/// Names one study, series or instance, or a few: then looking for one more match costs nothing,
/// and a connection that is known to be free need not wait until the match has been sent.
bool is_narrow(const dicom::QueryIdentifier& identifier) {
    return std::ranges::any_of(identifier.keys, [](const dicom::QueryKey& key) {
        const DcmTagKey& tag = key.supported->tag;
        return !key.value.empty() && (tag == DCM_StudyInstanceUID || tag == DCM_SeriesInstanceUID ||
                                      tag == DCM_SOPInstanceUID);
    });
}

class SqlCursor final : public storescp::MatchCursor {
public:
    SqlCursor(ReaderPool& pool, dicom::QueryIdentifier identifier)
        : pool_(pool), identifier_(std::move(identifier)), looks_ahead_(is_narrow(identifier_)) {}
    ~SqlCursor() override { close(); }
    SqlCursor(const SqlCursor&) = delete;
    SqlCursor& operator=(const SqlCursor&) = delete;

    Result<void> prepare(const QueryContext& context) {
        auto compiled = compile(identifier_, context);
        if (!compiled) {
            return compiled.error();
        }
        query_ = std::move(*compiled);
        return {};
    }

    Result<std::vector<Attributes>> next(std::size_t count) override {
        std::vector<Attributes> matches;
        if (done_) {
            return matches;
        }
        if (statement_ == nullptr) {
            if (auto begun = begin(); !begun) {
                close();
                return begun.error();
            }
        }
        while (!done_ && matches.size() < count) {
            if (auto stepped = step(); !stepped) {
                return stepped.error();
            }
            if (!done_) {
                matches.push_back(match());
                at_match_ = false;
            }
        }
        if (looks_ahead_ && !done_) {
            if (auto stepped = step(); !stepped) {
                return stepped.error();
            }
        }
        return matches;
    }
    [[nodiscard]] bool is_done() const override { return done_; }

private:
    /// To the next match, unless it is there already; closes behind the last.
    Result<void> step() {
        if (at_match_) {
            return {};
        }
        auto row = statement_->step();
        if (!row || !*row) {
            close();
        }
        if (!row) {
            return row.error();
        }
        at_match_ = *row;
        return {};
    }

    Result<void> begin() {
        auto lease = pool_.lease();
        if (!lease) {
            return lease.error();
        }
        lease_.emplace(std::move(*lease));
        auto statement = (*lease_)->cached(query_.sql);
        if (!statement) {
            return statement.error();
        }
        statement_ = *statement;
        int index = 0;
        for (const QueryParameter& parameter : query_.parameters) {
            bind(++index, parameter);
        }
        return {};
    }

    void bind(int index, const QueryParameter& parameter) {
        if (const auto* uid = std::get_if<StoredUID>(&parameter)) {
            uid->bind(*statement_, index);
        } else if (const auto* text = std::get_if<std::string>(&parameter)) {
            statement_->bind(index, std::string_view(*text));
        } else if (const auto* key = std::get_if<const dicom::QueryKey*>(&parameter)) {
            statement_->bind_pointer(index, *key, key_pointer);
        } else {
            statement_->bind_pointer(
                index, std::get<const DateTimeKeys*>(parameter), date_time_pointer);
        }
    }

    [[nodiscard]] Attributes match() const {
        Attributes attributes;
        attributes.reserve(query_.outputs.size());
        for (const OutputColumn& output : query_.outputs) {
            Attribute& attribute =
                attributes.emplace_back(Attribute{.tag = output.tag, .vr = output.vr});
            if (output.first_column < 0) {
                attribute.value = output.constant;
            } else if (output.form == Form::code) {
                attribute.items = items_of(output, *statement_);
            } else {
                attribute.value = value_of(output, *statement_);
                if (output.form == Form::optional_text && attribute.value.empty()) {
                    attributes.pop_back();
                }
            }
        }
        return attributes;
    }

    void close() {
        done_ = true;
        if (statement_ != nullptr) {
            statement_->reset();
            statement_ = nullptr;
        }
        lease_.reset();
    }

    ReaderPool& pool_;
    const dicom::QueryIdentifier identifier_;
    CompiledQuery query_;
    std::optional<ReaderPool::Lease> lease_;
    sqlite::Statement* statement_ = nullptr;
    const bool looks_ahead_;
    bool at_match_ = false;  ///< the statement stands at one that was not given out
    bool done_ = false;
};

}  // namespace

Result<std::unique_ptr<storescp::MatchCursor>> open_cursor(ReaderPool& pool,
                                                           dicom::QueryIdentifier identifier,
                                                           const QueryContext& context) {
    auto cursor = std::make_unique<SqlCursor>(pool, std::move(identifier));
    if (auto prepared = cursor->prepare(context); !prepared) {
        return prepared.error();
    }
    return std::unique_ptr<storescp::MatchCursor>(std::move(cursor));
}

}  // namespace cxr::bridge
