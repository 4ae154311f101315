#include "multipart.hpp"

#include <fmt/format.h>

#include <random>

namespace cxr::bridge::web {

namespace {

std::string new_boundary() {
    thread_local std::random_device random;
    return fmt::format(
        "cxrbridge-{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

MultipartWriter::MultipartWriter(std::string part_type)
    : part_type_(std::move(part_type)), boundary_(new_boundary()) {}

std::string MultipartWriter::content_type() const {
    return fmt::format("multipart/related; type=\"{}\"; boundary=\"{}\"", part_type_, boundary_);
}

std::string MultipartWriter::part_head(std::string_view part_content_type,
                                       std::string_view location,
                                       std::uint64_t bytes) {
    std::string head = fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
                                   begun_ ? "\r\n" : "",
                                   boundary_,
                                   part_content_type,
                                   bytes);
    begun_ = true;
    if (!location.empty()) {
        head.append("Content-Location: ").append(location).append("\r\n");
    }
    return head += "\r\n";
}

void MultipartWriter::append(std::vector<dicom::Segment>& segments,
                             std::string_view part_content_type,
                             std::string_view location,
                             std::vector<dicom::Segment> content) {
    std::uint64_t bytes = 0;
    for (const dicom::Segment& segment : content) {
        bytes += segment.bytes.size();
    }
    segments.push_back(segment_of(part_head(part_content_type, location, bytes)));
    segments.insert(segments.end(),
                    std::make_move_iterator(content.begin()),
                    std::make_move_iterator(content.end()));
}

void MultipartWriter::append(std::string& text,
                             std::string_view part_content_type,
                             std::string_view content) {
    text += part_head(part_content_type, {}, content.size());
    text += content;
}

void MultipartWriter::finish(std::vector<dicom::Segment>& segments) {
    std::string end;
    finish(end);
    segments.push_back(segment_of(std::move(end)));
}

void MultipartWriter::finish(std::string& text) {
    text += fmt::format("\r\n--{}--\r\n", boundary_);
}

}  // namespace cxr::bridge::web
