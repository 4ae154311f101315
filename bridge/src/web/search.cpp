// QIDO-RS (PS3.18 §10.6): rows as they come from the cursor that C-FIND reads, as DICOM JSON or
// XML.

#include "bridge/web/problem.hpp"
#include "bridge/web/web.hpp"
#include "model_writer.hpp"
#include "search_request.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace cxr::bridge::web {

using dicom::Attributes;
using dicom::QueryLevel;
using storescp::MatchCursor;

namespace {

/// `limit` asks for so many at most: such answers are made whole, so that their head can say
/// whether there are more (PS3.18 8.3.4.4). Without it, all rows are sent while they are found.
constexpr std::size_t limit_max = 10'000;
constexpr std::size_t batch_first = 16, batch_max = 256;

/// Writes rows; knows where each can be retrieved.
class RowWriter {
public:
    RowWriter(const Request& request, QueryLevel level, Model model)
        : root_(request.origin + "/dicom-web/studies/"), level_(level), model_(std::move(model)) {
        for (const auto& [capture, uid] : {std::pair{"study", &study_}, {"series", &series_}}) {
            if (const std::string* const value = find(request.captures, capture)) {
                *uid = *value;
            }
        }
    }

    [[nodiscard]] std::string content_type() const { return model_.content_type(); }

    void append(std::string& text, Attributes row) {
        std::erase_if(row, [](const dicom::Attribute& attribute) {
            return attribute.tag == DCM_QueryRetrieveLevel || attribute.tag == DCM_RetrieveAETitle;
        });
        dicom::put(row, DCM_RetrieveURL, dicom::VR::UR, url_of(row));
        model_.append(text, row);
    }

    void finish(std::string& text) { model_.finish(text); }

private:
    [[nodiscard]] std::string url_of(const Attributes& row) const {
        const auto uid = [&row](const DcmTagKey& tag, const std::string& known) {
            const std::string_view told = dicom::value_of(row, tag);
            return told.empty() ? std::string_view(known) : told;
        };
        std::string url = root_;
        url += uid(DCM_StudyInstanceUID, study_);
        if (level_ >= QueryLevel::series) {
            url.append("/series/").append(uid(DCM_SeriesInstanceUID, series_));
        }
        if (level_ == QueryLevel::image) {
            url.append("/instances/").append(dicom::value_of(row, DCM_SOPInstanceUID));
        }
        return url;
    }

    const std::string root_;
    const QueryLevel level_;
    ModelWriter model_;
    std::string study_, series_;
};

Result<void> skip(MatchCursor& cursor, std::size_t count) {
    while (count > 0) {
        const auto skipped = cursor.next(std::min<std::size_t>(count, 1'000));
        if (!skipped) {
            return skipped.error();
        }
        if (skipped->empty()) {
            return {};
        }
        count -= skipped->size();
    }
    return {};
}

/// Rows while they are sent.
class StreamedRows final : public Pieces {
public:
    StreamedRows(std::unique_ptr<MatchCursor> cursor, RowWriter writer, std::size_t offset)
        : cursor_(std::move(cursor)), writer_(std::move(writer)), offset_(offset) {}

    [[nodiscard]] std::string content_type() const { return writer_.content_type(); }

    /// Looks at the first rows: are there any?
    Result<bool> begin() {
        auto first = next();
        if (!first) {
            return first.error();
        }
        first_ = *std::move(first);
        return rows_ > 0;
    }

    Result<std::vector<dicom::Segment>> next() override {
        std::vector<dicom::Segment> pieces = std::exchange(first_, {});
        if (!pieces.empty()) {
            return pieces;
        }
        if (ended_) {
            return pieces;
        }
        if (auto skipped = skip(*cursor_, std::exchange(offset_, 0)); !skipped) {
            return skipped.error();
        }
        std::string text;
        auto rows = cursor_->next(batch_);
        if (!rows) {
            return rows.error();
        }
        for (Attributes& row : *rows) {
            writer_.append(text, std::move(row));
        }
        rows_ += rows->size();
        batch_ = std::min(batch_ * 2, batch_max);
        ended_ = rows->empty();
        if (ended_) {
            writer_.finish(text);
        }
        pieces.push_back(segment_of(std::move(text)));
        return pieces;
    }

private:
    const std::unique_ptr<MatchCursor> cursor_;
    RowWriter writer_;
    std::size_t offset_;
    std::size_t batch_ = batch_first;
    std::size_t rows_ = 0;
    std::vector<dicom::Segment> first_;
    bool ended_ = false;
};

std::string warnings_of(const SearchRequest& search, bool more) {
    std::string warnings;
    if (!search.ignored.empty()) {
        warnings = "299 cxrbridge \"Not matched, and ignored: ";
        for (const char c : fmt::format("{}", fmt::join(search.ignored, ", "))) {
            if (c == '"' || c == '\\') {  // within a quoted-string (RFC 9110 5.6.4)
                warnings += '\\';
            }
            if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') {
                warnings += c;
            }
        }
        warnings += '"';
    }
    if (more) {
        warnings += warnings.empty() ? "" : ", ";
        warnings += "299 cxrbridge \"There are additional results that can be requested\"";
    }
    return warnings;
}

/// A whole answer of `limit` rows at most. Faults: those of the cursor.
Result<Response> counted(MatchCursor& cursor,
                         RowWriter writer,
                         const SearchRequest& search,
                         std::size_t limit) {
    if (auto skipped = skip(cursor, search.offset); !skipped) {
        return skipped.error();
    }
    std::string text;
    std::size_t rows = 0;
    bool more = false;
    while (!more) {
        auto some = cursor.next(std::min(batch_max, limit + 1 - rows));
        if (!some) {
            return some.error();
        }
        if (some->empty()) {
            break;
        }
        for (Attributes& row : *some) {
            more = rows == limit;
            if (!more) {
                writer.append(text, std::move(row));
                ++rows;
            }
        }
    }
    Response response{.status = rows == 0 ? 204U : 200U};
    if (rows != 0) {
        writer.finish(text);
        response.set("Content-Type", writer.content_type());
        response.content = std::move(text);
    }
    if (const std::string warnings = warnings_of(search, more); !warnings.empty()) {
        response.set("Warning", warnings);
    }
    return response;
}

/// What is not limited is sent as it is found; one row is looked at first, since none is a 204.
Result<Response> streamed(std::unique_ptr<MatchCursor> cursor,
                          RowWriter writer,
                          const SearchRequest& search) {
    auto rows = std::make_shared<StreamedRows>(std::move(cursor), std::move(writer), search.offset);
    const auto any = rows->begin();
    if (!any) {
        return any.error();
    }
    Response response{.status = *any ? 200U : 204U};
    if (*any) {
        response.set("Content-Type", rows->content_type());
        response.content = std::shared_ptr<Pieces>(std::move(rows));
    }
    if (const std::string warnings = warnings_of(search, false); !warnings.empty()) {
        response.set("Warning", warnings);
    }
    return response;
}

Response answer_search(const Request& request, QueryLevel level, const WebPorts& ports) {
    auto model = choose_model(accepted(request), false);
    if (!model) {
        return problem(406, model_types_told);
    }
    auto search = parse_search(request, level, ports.query_rules);
    if (!search) {
        return problem_of(search.error());
    }
    auto cursor = ports.query.find(search->identifier);
    if (!cursor) {
        return problem_of(cursor.error());
    }
    if (ports.audit != nullptr) {
        std::string query;
        for (const Field& parameter : request.target.query) {
            query += query.empty() ? "" : "&";
            query.append(parameter.name).append("=").append(parameter.value);
        }
        ports.audit->searched(request, query);
    }
    RowWriter writer(request, level, *std::move(model));
    auto response =
        search->limit
            ? counted(**cursor, std::move(writer), *search, std::min(*search->limit, limit_max))
            : streamed(*std::move(cursor), std::move(writer), *search);
    if (!response) {
        return problem_of(response.error());
    }
    return *std::move(response);
}

}  // namespace

void add_search_resources(Router& router, const WebPorts& ports) {
    struct Search {
        const char* pattern;
        QueryLevel level;
        const char* says;
    };
    static constexpr Search searches[] = {
        {"/dicom-web/studies", QueryLevel::study, "Search for studies"},
        {"/dicom-web/series", QueryLevel::series, "Search for series"},
        {"/dicom-web/instances", QueryLevel::image, "Search for instances"},
        {"/dicom-web/studies/{study}/series", QueryLevel::series, "Search for a study's series"},
        {"/dicom-web/studies/{study}/instances",
         QueryLevel::image,
         "Search for a study's instances"},
        {"/dicom-web/studies/{study}/series/{series}/instances",
         QueryLevel::image,
         "Search for a series' instances"}};
    for (const Search& search : searches) {
        router.add({.method = "GET",
                    .pattern = search.pattern,
                    .says = search.says,
                    .handler = Answer([level = search.level, &ports](const Request& request) {
                        return answer_search(request, level, ports);
                    }),
                    .media_types = {model_types.begin(), model_types.end()},
                    .parameters = {"{attributeID}",
                                   "includefield",
                                   "limit",
                                   "offset",
                                   "fuzzymatching",
                                   "emptyvaluematching",
                                   "accept"}});
    }
}

}  // namespace cxr::bridge::web
