#include "web/streamed_parts.hpp"

#include "web/multipart.hpp"
#include "web/stored_instances.hpp"

#include <memory>
#include <utility>

namespace cxr::bridge::web {

namespace {

class Parts final : public Pieces {
public:
    Parts(std::vector<storescp::InstanceReference> instances, std::string part_type, MakePart make)
        : instances_(std::move(instances)), make_(std::move(make)), writer_(std::move(part_type)) {}

    [[nodiscard]] std::string content_type() const { return writer_.content_type(); }

    /// Makes the first one, so that it can still be told that there is none.
    Result<void> begin() {
        auto first = next();
        if (!first) {
            return first.error();
        }
        if (parts_ == 0) {
            return last_fault_;
        }
        first_ = *std::move(first);
        return {};
    }

    Result<std::vector<dicom::Segment>> next() override {
        std::vector<dicom::Segment> segments = std::exchange(first_, {});
        while (segments.empty() && !ended_) {
            if (at_ == instances_.size()) {
                ended_ = true;
                writer_.finish(segments);
                break;
            }
            auto part = make_(instances_[at_++]);
            if (part) {
                writer_.append(segments, part->content_type, {}, std::move(part->content));
                ++parts_;
            } else if (last_fault_ = part.error(); !concerns_one_object(last_fault_)) {
                return last_fault_;
            }
        }
        return segments;
    }

private:
    const std::vector<storescp::InstanceReference> instances_;
    const MakePart make_;
    MultipartWriter writer_;
    std::vector<dicom::Segment> first_;
    std::size_t at_ = 0, parts_ = 0;
    bool ended_ = false;
    Fault last_fault_{.kind = FaultKind::not_found, .doing = "there is no such object"};
};

}  // namespace

Result<Response> streamed_parts(std::vector<storescp::InstanceReference> instances,
                                std::string part_type,
                                MakePart make) {
    auto parts =
        std::make_shared<Parts>(std::move(instances), std::move(part_type), std::move(make));
    if (auto begun = parts->begin(); !begun) {
        return begun.error();
    }
    Response response;
    response.set("Content-Type", parts->content_type());
    response.content = std::shared_ptr<Pieces>(std::move(parts));
    return response;
}

}  // namespace cxr::bridge::web
