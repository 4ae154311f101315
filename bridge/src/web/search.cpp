// QIDO-RS (PS3.18 §10.6): rows as they come from the cursor that C-FIND reads, as DICOM JSON.

#include "bridge/web/media_type.hpp"
#include "bridge/web/problem.hpp"
#include "bridge/web/web.hpp"
#include "dicom/core/json_model.hpp"
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

constexpr std::string_view offers[] = {"application/dicom+json", "application/json"};
/// Answers of up to so many rows are made whole, so that their head can say whether there are more.
constexpr std::size_t counted_rows_max = 10'000;
constexpr std::size_t batch_first = 16, batch_max = 256;

/// Turns rows into JSON objects; knows where each can be retrieved.
class RowWriter {
public:
    RowWriter(const Request& request, QueryLevel level)
        : root_(request.origin + "/dicom-web/studies/"), level_(level) {
        for (const auto& [capture, uid] : {std::pair{"study", &study_}, {"series", &series_}}) {
            if (const std::string* const value = find(request.captures, capture)) {
                *uid = *value;
            }
        }
    }

    void append(std::string& json, Attributes row) {
        std::erase_if(row, [](const dicom::Attribute& attribute) {
            return attribute.tag == DCM_QueryRetrieveLevel || attribute.tag == DCM_RetrieveAETitle;
        });
        dicom::put(row, DCM_RetrieveURL, dicom::VR::UR, url_of(row));
        json += rows_++ == 0 ? "\n" : ",\n";
        dicom::append_json(json, row);
    }

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
    std::string study_, series_;
    std::size_t rows_ = 0;
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
    StreamedRows(std::unique_ptr<MatchCursor> cursor,
                 RowWriter writer,
                 std::size_t offset,
                 std::size_t limit)
        : cursor_(std::move(cursor)), writer_(std::move(writer)), offset_(offset), left_(limit) {}

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
        std::string json = begun_ ? "" : "[";
        begun_ = true;
        auto rows = cursor_->next(std::min(batch_, left_));
        if (!rows) {
            return rows.error();
        }
        for (Attributes& row : *rows) {
            writer_.append(json, std::move(row));
        }
        rows_ += rows->size();
        left_ -= rows->size();
        batch_ = std::min(batch_ * 2, batch_max);
        ended_ = rows->empty() || left_ == 0;
        json += ended_ ? "]\n" : "";
        pieces.push_back(segment_of(std::move(json)));
        return pieces;
    }

private:
    const std::unique_ptr<MatchCursor> cursor_;
    RowWriter writer_;
    std::size_t offset_, left_;
    std::size_t batch_ = batch_first;
    std::size_t rows_ = 0;
    std::vector<dicom::Segment> first_;
    bool begun_ = false, ended_ = false;
};

std::string warnings_of(const SearchRequest& search, bool more) {
    std::string warnings;
    if (!search.ignored.empty()) {
        warnings = fmt::format("299 cxrbridge \"Not matched, and ignored: {}\"",
                               fmt::join(search.ignored, ", "));
        std::erase_if(warnings, [](char c) { return static_cast<unsigned char>(c) < ' '; });
    }
    if (more) {
        warnings += warnings.empty() ? "" : ", ";
        warnings += "299 cxrbridge \"There are additional results that can be requested\"";
    }
    return warnings;
}

/// A whole answer of `limit` rows at most. Faults: those of the cursor.
Result<Response> counted(MatchCursor& cursor, RowWriter writer, const SearchRequest& search) {
    if (auto skipped = skip(cursor, search.offset); !skipped) {
        return skipped.error();
    }
    std::string json = "[";
    std::size_t rows = 0;
    bool more = false;
    while (!more) {
        auto some = cursor.next(std::min(batch_max, *search.limit + 1 - rows));
        if (!some) {
            return some.error();
        }
        if (some->empty()) {
            break;
        }
        for (Attributes& row : *some) {
            more = rows == *search.limit;
            if (!more) {
                writer.append(json, std::move(row));
                ++rows;
            }
        }
    }
    Response response{.status = rows == 0 ? 204U : 200U};
    if (rows != 0) {
        response.content = std::move(json += "]\n");
    }
    if (const std::string warnings = warnings_of(search, more); !warnings.empty()) {
        response.set("Warning", warnings);
    }
    return response;
}

/// What is not limited is sent as it is found; one row is looked at first, since none is a 204.
Result<Response> streamed(std::unique_ptr<MatchCursor> cursor,
                          RowWriter writer,
                          const SearchRequest& search,
                          std::size_t limit) {
    auto rows =
        std::make_shared<StreamedRows>(std::move(cursor), std::move(writer), search.offset, limit);
    const auto any = rows->begin();
    if (!any) {
        return any.error();
    }
    Response response{.status = *any ? 200U : 204U};
    if (*any) {
        response.content = std::shared_ptr<Pieces>(std::move(rows));
    }
    if (const std::string warnings = warnings_of(search, false); !warnings.empty()) {
        response.set("Warning", warnings);
    }
    return response;
}

Response answer_search(const Request& request, QueryLevel level, const WebPorts& ports) {
    const std::string_view media_type = choose(accepted(request), offers);
    if (media_type.empty()) {
        return problem(406, "searches are answered as application/dicom+json");
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
    RowWriter writer(request, level);
    const bool whole = search->limit && *search->limit <= counted_rows_max;
    auto response =
        whole
            ? counted(**cursor, std::move(writer), *search)
            : streamed(
                  *std::move(cursor), std::move(writer), *search, search->limit.value_or(SIZE_MAX));
    if (!response) {
        return problem_of(response.error());
    }
    if (response->status == 200) {
        response->set("Content-Type", std::string(media_type));
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
                    .media_types = {offers[0].data(), offers[1].data()},
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
