#include "web/image_index.hpp"

#include <algorithm>
#include <charconv>

namespace cxr::bridge::web {

namespace {

std::uint32_t number_of(std::string_view digits) {
    std::uint32_t number = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return end.ec == std::errc() && end.ptr == digits.data() + digits.size() ? number : 0;
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 8 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint16_t bit(dicom::Finding finding) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(finding));
}

/// The PNGs are squeezed to a square; what is not told is taken for one.
float aspect_of(const dicom::ChestXRayRow& row) {
    const double width = row.original_width * row.original_spacing_x_mm;
    const double height = row.original_height * row.original_spacing_y_mm;
    const double aspect = width > 0 && height > 0 ? width / height : 1;
    return static_cast<float>(aspect > 0.25 && aspect < 4 ? aspect : 1);
}

bool is_of_patient(const IndexedImage& image, const std::string& patient, bool by_number) {
    if (patient.empty()) {
        return true;
    }
    return by_number ? number_of(std::string_view(image.stem).substr(0, 8)) == number_of(patient)
                     : image.stem.find(patient) != std::string::npos;
}

bool is_of_time(const IndexedImage& image, const ImageSearch& search) {
    return (search.date_from == 0 || image.study_date >= search.date_from) &&
           (search.date_to == 0 || (image.study_date != 0 && image.study_date <= search.date_to));
}

}  // namespace

Result<ImageIndex> ImageIndex::load(const Catalogue& catalogue) {
    ImageIndex index;
    auto walked = catalogue.for_each_offered(true, [&](const OfferedObject& object) {
        // An image's objects come one after the other.
        if (object.record &&
            (index.images_.empty() || index.images_.back().stem != object.record->row.stem())) {
            index.add(*object.record);
        }
        return true;
    });
    if (!walked) {
        return walked.error();
    }
    index.sort();
    return index;
}

ImageIndex::ImageIndex(std::span<const dicom::ImageRecord> records) {
    for (const dicom::ImageRecord& record : records) {
        add(record);
    }
    sort();
}

void ImageIndex::add(const dicom::ImageRecord& record) {
    const dicom::ChestXRayRow& row = record.row;
    auto split = std::ranges::find(splits_, record.split);
    if (split == splits_.end()) {
        split = splits_.insert(splits_.end(), record.split);
    }
    IndexedImage image{.stem = std::string(row.stem()),
                       .study_date = number_of(record.dates.study_date),
                       .aspect = aspect_of(row),
                       .boxes = static_cast<std::uint16_t>(record.boxes.size()),
                       .follow_up = static_cast<std::uint16_t>(row.follow_up),
                       .split = static_cast<std::uint8_t>(split - splits_.begin()),
                       .sex = row.sex,
                       .view = row.view};
    if (row.age) {
        image.has_age = true;
        image.age_years = row.age->completed_years();
    }
    for (const dicom::Finding finding : row.findings) {
        image.findings = static_cast<std::uint16_t>(image.findings | bit(finding));
    }
    images_.push_back(std::move(image));
}

void ImageIndex::sort() {
    std::ranges::sort(images_, {}, &IndexedImage::stem);
    const auto is_same = [](const IndexedImage& a, const IndexedImage& b) {
        return a.stem == b.stem;
    };
    images_.erase(std::unique(images_.begin(), images_.end(), is_same), images_.end());
    images_.shrink_to_fit();
}

ImagePage ImageIndex::search(const ImageSearch& search) const {
    ImagePage page;
    page.by_split.resize(splits_.size());
    const bool by_number = is_number(search.patient);
    for (const IndexedImage& image : images_) {
        if (!is_of_patient(image, search.patient, by_number) || !is_of_time(image, search)) {
            continue;
        }
        const bool finding = (image.findings & search.findings) == search.findings;
        const bool split = !search.split || splits_[image.split] == *search.split;
        const bool view = !search.view || image.view == *search.view;
        const bool boxed = !search.boxed || image.boxes > 0;
        if (finding && split && boxed) {
            ++page.by_view.at(static_cast<std::size_t>(image.view));
        }
        if (finding && view && boxed) {
            ++page.by_split[image.split];
        }
        if (finding && split && view && image.boxes > 0) {
            ++page.boxed;
        }
        if (!finding || !split || !view || !boxed) {
            continue;
        }
        // A further finding narrows: what counts is what is left with it.
        for (std::size_t i = 0; i < dicom::finding_count; ++i) {
            page.by_finding.at(i) += (image.findings >> i) & 1U;
        }
        if (page.total >= search.offset && page.images.size() < search.limit) {
            page.images.push_back(&image);
        }
        ++page.total;
    }
    return page;
}

}  // namespace cxr::bridge::web
