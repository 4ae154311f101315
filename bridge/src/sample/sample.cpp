#include "bridge/data_set/sample.hpp"

#include "sample/phantom.hpp"
#include "sample/plan.hpp"
#include "sample/png_file.hpp"
#include "sample/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <mutex>
#include <thread>

namespace cxr::bridge {
namespace {

using sample::DrawnFinding;
using sample::PlannedImage;
namespace fs = std::filesystem;

constexpr std::size_t patients_max = 99'999;

template <typename Bytes>
Result<void> write_file(const fs::path& path, const Bytes& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
        return Fault{.kind = FaultKind::storage, .doing = "cannot write " + path.string()};
    }
    return {};
}

Result<void> make_empty_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    const bool empty = !error && fs::is_empty(folder, error);
    if (!error && !empty) {
        return Fault{
            .kind = FaultKind::refused,
            .doing = folder.string() + " is not empty: a sample is written to a new folder"};
    }
    if (!error) {
        fs::create_directory(folder / "images", error);
    }
    if (!error) {
        fs::create_directory(folder / "split_by_image", error);
    }
    if (error) {
        return Fault{.kind = FaultKind::storage,
                     .doing = fmt::format("cannot use {}: {}", folder.string(), error.message())};
    }
    return {};
}

/// Draws and writes all images, whoever is free the next one. Gives where findings were drawn.
class Drawing {
public:
    Drawing(const fs::path& folder,
            const std::vector<PlannedImage>& images,
            const std::function<void()>& image_written)
        : folder_(folder), images_(images), image_written_(image_written), drawn_(images.size()) {}

    [[nodiscard]] Result<std::vector<std::vector<DrawnFinding>>> run(std::size_t threads) {
        std::vector<std::jthread> workers;
        for (std::size_t i = 1; i < threads; ++i) {
            workers.emplace_back([this] { work(); });
        }
        work();
        workers.clear();  // joins
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
        if (fault_) {
            return *fault_;
        }
        return std::move(drawn_);
    }

private:
    void work() {
        try {
            for (std::size_t i = next_++; i < images_.size() && !stop_; i = next_++) {
                draw(i);
            }
        } catch (...) {
            const std::lock_guard lock(mutex_);
            thrown_ = std::current_exception();
            stop_ = true;
        }
    }

    void draw(std::size_t number) {
        const PlannedImage& image = images_[number];
        sample::Radiograph radiograph = sample::draw_radiograph(image.phantom);
        drawn_[number] = std::move(radiograph.drawn);
        const auto written =
            write_file(folder_ / "images" / image.row.image_index,
                       sample::encode_png(radiograph.pixels, sample::image_size, image.rgba));
        if (!written) {
            const std::lock_guard lock(mutex_);
            fault_ = written.error();
            stop_ = true;
        } else if (image_written_) {
            image_written_();
        }
    }

    const fs::path& folder_;
    const std::vector<PlannedImage>& images_;
    const std::function<void()>& image_written_;
    std::vector<std::vector<DrawnFinding>> drawn_;  // each element is one worker's at a time
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stop_{false};
    std::mutex mutex_;  // guards what follows
    std::optional<Fault> fault_;
    std::exception_ptr thrown_;
};

/// NIH's header as it is: unquoted commas inside two names.
std::string data_entry_table(const std::vector<PlannedImage>& images) {
    std::string text =
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
        "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]\n";
    for (const PlannedImage& image : images) {
        const dicom::ChestXRayRow& row = image.row;
        text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n",
                            row.image_index,
                            row.finding_labels,
                            row.follow_up,
                            row.patient_id(),
                            row.age->value,
                            row.sex == dicom::Sex::male ? 'M' : 'F',
                            row.view == dicom::ViewPosition::pa ? "PA" : "AP",
                            row.original_width,
                            row.original_height,
                            image.spacing_as_written,
                            image.spacing_as_written);
    }
    return text;
}

/// Readers' boxes have fractions of a screen pixel: 15 digits, as in the collection. Rounded
/// outwards by less than one pixel.
std::string box_line(const PlannedImage& image, const DrawnFinding& drawn) {
    const auto seed = image.phantom.exposure_seed;
    const auto fraction = [&](std::uint64_t side) {
        return static_cast<double>(1 + sample::mix(seed, side) % 58) / 59.0;
    };
    const double x = std::max(0.0, std::floor(drawn.x) - fraction(11));
    const double y = std::max(0.0, std::floor(drawn.y) - fraction(12));
    const double width = std::min(1023.5 - x, std::ceil(drawn.width) + 1 + fraction(13));
    const double height = std::min(1023.5 - y, std::ceil(drawn.height) + 1 + fraction(14));
    // The collection's list, unlike its table, says Infiltrate.
    const std::string_view label = drawn.finding == dicom::Finding::infiltration
                                       ? "Infiltrate"
                                       : dicom::label_of(drawn.finding);
    return fmt::format("{},{},{:.15g},{:.15g},{:.15g},{:.15g}\n",
                       image.row.image_index,
                       label,
                       x,
                       y,
                       width,
                       height);
}

std::string joined(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "\n"));  // the last line has no newline, as NIH's
}

std::string official_list(const std::vector<PlannedImage>& images, bool test) {
    std::vector<std::string> lines;
    for (const PlannedImage& image : images) {
        if (image.test == test) {
            lines.push_back(image.row.image_index);
        }
    }
    std::sort(lines.begin(), lines.end());
    return joined(lines);
}

std::string by_image_list(const std::vector<PlannedImage>& images, const std::string& split) {
    std::vector<std::string> lines;
    for (const PlannedImage& image : images) {
        if (image.by_image_split != split) {
            continue;
        }
        std::string line = image.row.image_index;
        for (std::size_t label = 0; label + 1 < dicom::finding_count; ++label) {
            const auto& findings = image.row.findings;
            const bool has =
                std::find(findings.begin(), findings.end(), static_cast<dicom::Finding>(label)) !=
                findings.end();
            line += has ? " 1" : " 0";
        }
        lines.push_back(std::move(line));
    }
    return joined(lines);
}

constexpr std::string_view read_me =
    "A synthetic data set in the shape of NIH ChestX-ray14, written by `cxrbridge sample`.\n"
    "Every image is a drawn phantom and every row is invented: nothing here is of a patient.\n";

struct TableText {
    const char* name;
    std::string text;
};

}  // namespace

std::size_t sample_image_count(const SampleSettings& settings) {
    return sample::plan_sample(settings.patients, settings.seed).size();
}

Result<SampleCounts> write_sample(const fs::path& folder,
                                  const SampleSettings& settings,
                                  const std::function<void()>& image_written) {
    if (settings.patients == 0 || settings.patients > patients_max) {
        return Fault{.kind = FaultKind::refused,
                     .doing = fmt::format("a sample has 1 to {} patients", patients_max)};
    }
    if (auto made = make_empty_folder(folder); !made) {
        return made.error();
    }
    const std::vector<PlannedImage> images = sample::plan_sample(settings.patients, settings.seed);
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    Drawing drawing(folder, images, image_written);
    const auto drawn = drawing.run(settings.threads == 0 ? cores : settings.threads);
    if (!drawn) {
        return drawn.error();
    }
    SampleCounts counts{.patients = settings.patients, .images = images.size(), .boxes = 0};
    std::string boxes = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n";
    for (std::size_t i = 0; i < images.size(); ++i) {
        for (const DrawnFinding& finding : (*drawn)[i]) {
            if (images[i].boxed && sample::is_boxed_finding(finding.finding)) {
                boxes += box_line(images[i], finding);
                ++counts.boxes;
            }
        }
    }
    const TableText tables[] = {
        {"README.txt", std::string(read_me)},
        {"BBox_List_2017.csv", std::move(boxes)},
        {"train_val_list.txt", official_list(images, false)},
        {"test_list.txt", official_list(images, true)},
        {"split_by_image/train_list.txt", by_image_list(images, "train")},
        {"split_by_image/val_list.txt", by_image_list(images, "val")},
        {"split_by_image/test_list.txt", by_image_list(images, "test")},
        {"Data_Entry_2017_v2020.csv", data_entry_table(images)},
    };
    for (const TableText& table : tables) {
        if (auto written = write_file(folder / table.name, table.text); !written) {
            return written.error();
        }
    }
    return counts;
}

}  // namespace cxr::bridge
