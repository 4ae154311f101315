#include "sample/plan.hpp"

#include "sample/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace cxr::bridge::sample {
namespace {

using dicom::Finding;

/// Far above the collection's 30,805: no number is a real patient's.
constexpr std::size_t first_patient = 90'000'001;

/// The number of images of each patient in turn: most have one, some have many.
constexpr std::array<std::uint32_t, 20> image_counts{3, 1, 2, 1, 6, 1, 2, 4, 1, 2,
                                                     1, 3, 1, 8, 2, 1, 5, 1, 2, 5};

/// The original's matrix and pitch, as NIH's table spells them.
struct Detector {
    std::uint32_t width, height;
    double spacing_mm;
    const char* spacing_as_written;
};
constexpr std::array<Detector, 7> detectors{{{2500, 2048, 0.168, "0.168"},
                                             {2992, 2991, 0.143, "0.14300000000000002"},
                                             {3056, 2544, 0.139, "0.139"},
                                             {2048, 2500, 0.171, "0.171"},
                                             {2544, 3056, 0.139, "0.139"},
                                             {2021, 2021, 0.194311, "0.19431099999999998"},
                                             {2500, 2048, 0.171, "0.171"}}};

/// Deals labels so that twenty patients show all of them, each after every second No Finding.
class LabelDeck {
public:
    explicit LabelDeck(Random& random) : random_(random) {}

    [[nodiscard]] std::vector<Finding> deal() {
        const std::size_t number = dealt_++;
        if (number % 27 == 25) {
            // Over 64 characters in all: more than a DICOM LO holds.
            return {Finding::atelectasis,
                    Finding::cardiomegaly,
                    Finding::consolidation,
                    Finding::edema,
                    Finding::effusion,
                    Finding::infiltration,
                    Finding::pleural_thickening};
        }
        if (number % 3 == 2) {
            return {Finding::no_finding};
        }
        std::vector<Finding> findings{static_cast<Finding>(next_label_++ % 14)};
        if (random_.chance(0.3)) {
            const auto other = static_cast<Finding>(random_.below(14));
            if (other != findings[0]) {
                findings.push_back(other);
            }
        }
        // Alphabetical, as most rows of the collection are.
        std::sort(findings.begin(), findings.end(), [](Finding a, Finding b) {
            return dicom::label_of(a) < dicom::label_of(b);
        });
        return findings;
    }

private:
    Random& random_;
    std::size_t dealt_ = 0;
    std::size_t next_label_ = 0;
};

/// File suffixes in the order of follow-up: in every second patient with several images they are
/// not the chronology, as in the collection.
std::vector<std::uint32_t> suffixes(std::uint32_t count, bool shuffled, Random& random) {
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        order[i] = i;
    }
    if (shuffled && count > 1) {
        std::rotate(order.begin(), order.end() - 1, order.end());
        for (std::uint32_t i = count - 1; i > 2; --i) {
            std::swap(order[i], order[1 + random.below(i)]);
        }
    }
    return order;
}

std::string joined_labels(const std::vector<Finding>& findings) {
    std::string labels;
    for (const Finding finding : findings) {
        labels += (labels.empty() ? "" : "|") + std::string(dicom::label_of(finding));
    }
    return labels;
}

/// What stays the same in all images of one patient.
struct Person {
    std::size_t number;
    std::uint64_t anatomy_seed;
    dicom::Sex sex;
    std::uint16_t first_age;
};

PlannedImage plan_image(const Person& person,
                        std::uint32_t suffix,
                        std::uint32_t follow_up,
                        std::vector<Finding> findings,
                        Random& random) {
    PlannedImage image;
    dicom::ChestXRayRow& row = image.row;
    row.image_index = fmt::format("{:08}_{:03}.png", person.number, suffix);
    row.finding_labels = joined_labels(findings);
    row.findings = std::move(findings);
    row.follow_up = follow_up;
    row.age = dicom::Age{static_cast<std::uint16_t>(person.first_age + follow_up / 2), 'Y'};
    row.sex = person.sex;
    // Those who come often lie in bed often.
    row.view = random.chance(follow_up > 1 ? 0.7 : 0.25) ? dicom::ViewPosition::ap
                                                         : dicom::ViewPosition::pa;
    const Detector& detector =
        detectors[random.below(static_cast<std::uint32_t>(detectors.size()))];
    row.original_width = detector.width;
    row.original_height = detector.height;
    row.original_spacing_x_mm = row.original_spacing_y_mm = detector.spacing_mm;
    image.spacing_as_written = detector.spacing_as_written;
    image.phantom = {.anatomy_seed = person.anatomy_seed,
                     .exposure_seed = random.next(),
                     .female = row.sex == dicom::Sex::female,
                     .ap = row.view == dicom::ViewPosition::ap,
                     .size = std::min(1.0, 0.5 + row.age->value * 0.028),
                     .field_width_mm = detector.width * detector.spacing_mm,
                     .field_height_mm = detector.height * detector.spacing_mm,
                     .findings = row.findings};
    return image;
}

/// Two images for each of the eight findings get boxes; their patients make up the test list.
void choose_boxed(std::vector<PlannedImage>& images) {
    std::array<int, dicom::finding_count> boxed{};
    std::set<std::string, std::less<>> test_patients;
    for (PlannedImage& image : images) {
        for (const Finding finding : image.row.findings) {
            int& count = boxed[static_cast<std::size_t>(finding)];
            if (is_boxed_finding(finding) && count < 2 && !image.boxed) {
                ++count;
                image.boxed = true;
                test_patients.emplace(image.row.patient_id());
            }
        }
    }
    for (PlannedImage& image : images) {
        image.test = test_patients.contains(image.row.patient_id());
    }
}

}  // namespace

bool is_boxed_finding(Finding finding) {
    return finding <= Finding::pneumothorax;
}

std::vector<PlannedImage> plan_sample(std::size_t patients, std::uint64_t seed) {
    Random random(mix(seed, 0x5a4d));
    LabelDeck deck(random);
    constexpr std::array<const char*, 10> by_image_splits{
        "train", "train", "test", "train", "train", "val", "train", "test", "train", "train"};
    std::vector<PlannedImage> images;
    for (std::size_t patient = 0; patient < patients; ++patient) {
        const bool child = patient % 10 == 6;
        const Person person{.number = first_patient + patient,
                            .anatomy_seed = random.next(),
                            .sex = random.chance(0.56) ? dicom::Sex::male : dicom::Sex::female,
                            .first_age = static_cast<std::uint16_t>(child ? 1 + random.below(9)
                                                                          : 19 + random.below(68))};
        const std::uint32_t count = image_counts[patient % image_counts.size()];
        const std::vector<std::uint32_t> order = suffixes(count, patient % 2 == 0, random);
        for (std::uint32_t follow_up = 0; follow_up < count; ++follow_up) {
            PlannedImage image =
                plan_image(person, order[follow_up], follow_up, deck.deal(), random);
            image.rgba = images.size() % 17 == 3;
            image.by_image_split = by_image_splits[patient % by_image_splits.size()];
            images.push_back(std::move(image));
        }
    }
    choose_boxed(images);
    return images;
}

}  // namespace cxr::bridge::sample
