#include "content_coding.hpp"

#include "bridge/web/media_type.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <span>

namespace cxr::bridge::web {

namespace {

/// Less than this fits one packet as it is.
constexpr std::uint64_t bytes_min = 1'024;

/// As MultipartWriter names a body whose parts are all texts.
constexpr std::string_view xml_parts = "multipart/related; type=\"application/dicom+xml\"";

bool is_text(std::string_view type) {
    static constexpr std::string_view prefixes[] = {"application/dicom+json",
                                                    "application/json",
                                                    "application/javascript",
                                                    "application/problem+json",
                                                    "application/dicom+xml",
                                                    "application/xml",
                                                    "application/wasm",
                                                    xml_parts,
                                                    "image/svg+xml",
                                                    "text/"};
    return std::ranges::any_of(
        prefixes, [type](std::string_view prefix) { return type.starts_with(prefix); });
}

class Deflater {
public:
    Deflater() {
        constexpr int gzip = 16;
        constexpr int quick = 3;  // three times as fast as the usual 6, a few per cent longer
        if (deflateInit2(&stream_, quick, Z_DEFLATED, MAX_WBITS + gzip, 8, Z_DEFAULT_STRATEGY) !=
            Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    void add(std::string& out, std::span<const std::byte> bytes, int flush) {
        // zlib's interface is older than const.
        stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        std::size_t used = out.size();
        do {
            out.resize(std::max<std::size_t>(out.size() * 2, used + 16'384));
            stream_.next_out = reinterpret_cast<Bytef*>(out.data()) + used;
            stream_.avail_out = static_cast<uInt>(out.size() - used);
            deflate(&stream_, flush);
            used = out.size() - stream_.avail_out;
        } while (stream_.avail_out == 0);
        out.resize(used);
    }

private:
    z_stream stream_{};
};

class CompressedPieces final : public Pieces {
public:
    explicit CompressedPieces(std::shared_ptr<Pieces> plain) : plain_(std::move(plain)) {}

    Result<std::vector<dicom::Segment>> next() override {
        std::vector<dicom::Segment> pieces;
        std::string out;
        while (out.empty() && !ended_) {
            const auto plain = plain_->next();
            if (!plain) {
                return plain.error();
            }
            ended_ = plain->empty();
            for (const dicom::Segment& segment : *plain) {
                deflater_.add(out, segment.bytes, Z_NO_FLUSH);
            }
            deflater_.add(out, {}, ended_ ? Z_FINISH : Z_SYNC_FLUSH);
        }
        if (!out.empty()) {
            pieces.push_back(segment_of(std::move(out)));
        }
        return pieces;
    }

private:
    const std::shared_ptr<Pieces> plain_;
    Deflater deflater_;
    bool ended_ = false;
};

void mark(Response& response) {
    response.set("Content-Encoding", "gzip");
    const std::string* const tag = find(response.headers, "etag");
    if (tag != nullptr && tag->size() > 2) {
        response.set("ETag", compressed_tag(*tag));
    }
}

}  // namespace

std::string compressed_tag(const std::string& tag) {
    return tag.substr(0, tag.size() - 1) + "-gzip\"";
}

void compress(const Request& request, Response& response) {
    const std::string* const type = find(response.headers, "content-type");
    if (type == nullptr || !is_text(*type) ||
        find(response.headers, "content-encoding") != nullptr || response.status == 206) {
        return;
    }
    response.vary_by("Accept-Encoding");
    const std::string* const codings = request.header("accept-encoding");
    if (codings == nullptr || !takes_coding(*codings, "gzip")) {
        return;
    }
    if (const auto* const pieces = std::get_if<std::shared_ptr<Pieces>>(&response.content)) {
        response.content = std::shared_ptr<Pieces>(std::make_shared<CompressedPieces>(*pieces));
        mark(response);
        return;
    }
    const auto bytes = content_bytes(response.content);
    if (!bytes || *bytes < bytes_min) {
        return;
    }
    std::string out;
    Deflater deflater;
    if (const auto* const text = std::get_if<std::string>(&response.content)) {
        deflater.add(out, std::as_bytes(std::span(*text)), Z_FINISH);
    } else if (const auto* const segments =
                   std::get_if<std::vector<dicom::Segment>>(&response.content)) {
        for (const dicom::Segment& segment : *segments) {
            deflater.add(out, segment.bytes, Z_NO_FLUSH);
        }
        deflater.add(out, {}, Z_FINISH);
    }
    response.content = std::move(out);
    mark(response);
}

}  // namespace cxr::bridge::web
