#include "presentation/state_values.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cxr::dicom {

std::span<const Attributes> items_of(const Attributes& attributes, const DcmTagKey& tag) {
    const Attribute* const sequence = find(attributes, tag);
    return sequence == nullptr ? std::span<const Attributes>() : sequence->items;
}

std::vector<double> numbers_of(const Attributes& attributes, const DcmTagKey& tag) {
    std::string_view text = value_of(attributes, tag);
    std::vector<double> numbers;
    while (!text.empty()) {
        std::string_view each = text.substr(0, text.find('\\'));
        text.remove_prefix(std::min(text.size(), each.size() + 1));
        each.remove_prefix(std::min(each.find_first_not_of(" +"), each.size()));
        each = each.substr(0, each.find(' '));
        double number = 0;
        const auto [end, error] = std::from_chars(each.data(), each.data() + each.size(), number);
        if (error != std::errc{} || end != each.data() + each.size() || !std::isfinite(number)) {
            return {};
        }
        numbers.push_back(number);
    }
    return numbers;
}

bool StateOf::concerned_by(const Attributes& item) const {
    const auto images = items_of(item, DCM_ReferencedImageSequence);
    return images.empty() || std::ranges::any_of(images, [this](const Attributes& image) {
               const auto frames = numbers_of(image, DCM_ReferencedFrameNumber);
               return value_of(image, DCM_ReferencedSOPInstanceUID) == sop_instance_uid &&
                      (frames.empty() ||
                       std::ranges::find(frames, static_cast<double>(frame)) != frames.end());
           });
}

}  // namespace cxr::dicom
