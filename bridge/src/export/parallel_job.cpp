#include "export/parallel_job.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace cxr::bridge {
namespace {

/// Numbers are dealt out in runs, so that the threads seldom meet and each stays in a few folders.
constexpr std::size_t run_length = 8;

class Job {
public:
    Job(std::size_t count, const IndexedWork& work, const std::function<void()>& finished)
        : count_(count), work_(work), finished_(finished) {}

    std::vector<std::string> run(std::size_t threads_wanted) {
        const std::size_t runs = (count_ + run_length - 1) / run_length;
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < std::min(threads_wanted, runs); ++i) {
                threads.emplace_back([this] { take_runs(); });
            }
        }
        if (broken_) {
            std::rethrow_exception(broken_);
        }
        std::vector<std::string> all;
        for (auto& [index, lines] : failures_) {
            std::ranges::move(lines, std::back_inserter(all));
        }
        return all;
    }

private:
    void take_runs() {
        try {
            for (std::size_t begin = next_.fetch_add(run_length); begin < count_;
                 begin = next_.fetch_add(run_length)) {
                for (std::size_t i = begin; i < std::min(begin + run_length, count_); ++i) {
                    auto lines = work_(i);
                    if (!lines.empty()) {
                        const std::lock_guard lock(failing_);
                        failures_.emplace(i, std::move(lines));
                    }
                    finished_();
                }
            }
        } catch (...) {
            const std::lock_guard lock(failing_);
            broken_ = std::current_exception();
            next_ = count_;
        }
    }

    const std::size_t count_;
    const IndexedWork& work_;
    const std::function<void()>& finished_;
    std::atomic<std::size_t> next_{0};
    std::mutex failing_;
    std::map<std::size_t, std::vector<std::string>> failures_;  // guarded by failing_
    std::exception_ptr broken_;                                 // guarded by failing_
};

}  // namespace

std::vector<std::string> for_each_in_parallel(std::size_t count,
                                              std::size_t threads,
                                              const IndexedWork& work,
                                              const std::function<void()>& finished) {
    const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
    return Job(count, work, finished).run(threads > 0 ? threads : cores);
}

}  // namespace cxr::bridge
