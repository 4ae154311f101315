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
    /// The same of a text that is made whole.
    void append(std::string& text, std::string_view part_content_type, std::string_view content);
    /// Behind the last part.
    void finish(std::vector<dicom::Segment>& segments);
    void finish(std::string& text);

private:
    std::string part_head(std::string_view part_content_type,
                          std::string_view location,
                          std::uint64_t bytes);

    const std::string part_type_;
    const std::string boundary_;
    bool begun_ = false;
};

}  // namespace cxr::bridge::web
