#pragma once
/// The data set's images by what people look for: finding, split, view, patient, date. Attributes
/// that DICOM queries have no key for are found here, and counted. Built once from the catalogue:
/// some fifty bytes an image; constant afterwards, any thread.

#include "bridge/catalogue/catalogue.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge::web {

struct IndexedImage {
    std::string stem;              ///< "00001933_000"
    std::uint32_t study_date = 0;  ///< 20160101; 0: none
    float aspect = 1;              ///< of the radiograph: width over height
    std::uint16_t findings = 0;    ///< a bit for each dicom::Finding
    std::uint16_t boxes = 0;
    std::uint16_t follow_up = 0;
    std::uint16_t age_years = 0;
    bool has_age = false;
    std::uint8_t split = 0;  ///< of ImageIndex::splits()
    dicom::Sex sex = dicom::Sex::unknown;
    dicom::ViewPosition view = dicom::ViewPosition::unknown;
};

/// Empty and unset members match all.
struct ImageSearch {
    std::string patient;         ///< a number, with or without zeros before it; or a part of a stem
    std::uint16_t findings = 0;  ///< all of them
    std::optional<std::string> split;
    std::optional<dicom::ViewPosition> view;
    bool boxed = false;
    std::uint32_t date_from = 0, date_to = 0;  ///< inclusive
    std::size_t offset = 0, limit = 50;
};

struct ImagePage {
    std::size_t total = 0;
    std::vector<const IndexedImage*> images;  ///< by patient, then as the image index numbers them
    // How many there would be with that choice, all others kept.
    std::array<std::size_t, dicom::finding_count> by_finding{};
    std::vector<std::size_t> by_split;     ///< as ImageIndex::splits()
    std::array<std::size_t, 3> by_view{};  ///< by dicom::ViewPosition
    std::size_t boxed = 0;
};

class ImageIndex {
public:
    /// Faults: storage. Blocking: about a second for all of the collection.
    [[nodiscard]] static Result<ImageIndex> load(const Catalogue& catalogue);
    explicit ImageIndex(std::span<const dicom::ImageRecord> records);

    [[nodiscard]] ImagePage search(const ImageSearch& search) const;
    [[nodiscard]] const std::vector<std::string>& splits() const { return splits_; }
    [[nodiscard]] std::size_t size() const { return images_.size(); }

private:
    ImageIndex() = default;
    void add(const dicom::ImageRecord& record);
    void sort();

    std::vector<IndexedImage> images_;  ///< by stem
    std::vector<std::string> splits_;
};

}  // namespace cxr::bridge::web
