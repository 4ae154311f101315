#pragma once
/// multipart/related as we send it (RFC 2387, PS3.18 §8.6.1.2): boundaries and headers between
/// parts that are not copied.

#include "bridge/web/response.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge::web {

class MultipartWriter {
public:
    /// The boundary is not in any of our contents: 128 random bits.
    /// @param part_type of the root part, as the type parameter of the whole says it
    explicit MultipartWriter(std::string part_type);

    /// Of the whole: `multipart/related; type="application/dicom"; boundary="…"`.
    [[nodiscard]] std::string content_type() const;
    /// Appends one part. Viewers look for "Content-Type:" in this spelling.
    /// @param location empty: the part has no address of its own
    void append(std::vector<dicom::Segment>& segments,
                std::string_view part_content_type,
                std::string_view location,
                std::vector<dicom::Segment> content);
    /// Behind the last part.
    void finish(std::vector<dicom::Segment>& segments);

private:
    const std::string part_type_;
    const std::string boundary_;
    bool begun_ = false;
};

}  // namespace cxr::bridge::web
