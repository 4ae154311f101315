#include "bridge/data_set/audit.hpp"
#include "dicom/image/frame.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

namespace cxr::bridge {
namespace {

/// Empty when the PNG decodes.
std::string damage_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    if (!file.good() && !file.eof()) {
        return "cannot be read";
    }
    const auto frame = dicom::decode_png(std::as_bytes(std::span(bytes)));
    return frame ? "" : frame.error().doing;
}

}  // namespace

DecodedImages decode_images(const DataSetFolder& folder,
                            std::size_t threads,
                            const std::function<void()>& image_done) {
    std::vector<std::string> paths;
    for (const auto& [image_index, file] : folder.images) {
        paths.push_back(file.path);
    }
    std::sort(paths.begin(), paths.end());
    DecodedImages result{.decoded = paths.size(), .damaged = {}};
    std::atomic<std::size_t> next{0};
    std::mutex mutex;  // guards result.damaged and thrown
    std::exception_ptr thrown;
    const auto work = [&] {
        try {
            for (std::size_t i = next++; i < paths.size(); i = next++) {
                std::string reason = damage_of(folder.root / paths[i]);
                if (!reason.empty()) {
                    const std::lock_guard lock(mutex);
                    result.damaged.push_back({.path = paths[i], .reason = std::move(reason)});
                }
                if (image_done) {
                    image_done();
                }
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            thrown = std::current_exception();
            next = paths.size();
        }
    };
    {
        const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
        std::vector<std::jthread> workers;
        for (std::size_t i = 1; i < (threads == 0 ? cores : threads); ++i) {
            workers.emplace_back(work);
        }
        work();
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    std::sort(result.damaged.begin(), result.damaged.end(), [](const auto& a, const auto& b) {
        return a.path < b.path;
    });
    return result;
}

}  // namespace cxr::bridge
