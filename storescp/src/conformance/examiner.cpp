#include "storescp/conformance/examiner.hpp"

#include "conformance/play.hpp"
#include "storescp/association/negotiation.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

namespace cxr::storescp::conformance {

std::string_view verdict_name(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "PASS";
        case Verdict::fail:
            return "FAIL";
        case Verdict::info:
            return "INFO";
        case Verdict::skip:
            return "SKIP";
    }
    return "";
}

Examiner::Examiner(ExaminerSettings settings)
    : settings_(std::move(settings)), known_(std::make_unique<Known>()) {}
Examiner::~Examiner() = default;

Finding Examiner::play(const Case& one) {
    Finding finding = play_once(one, 1);
    const bool unanswered =
        finding.verdict == Verdict::fail && finding.seen.find("nothing") != std::string::npos;
    return unanswered && is_served_again(one) ? play_once(one, 2) : finding;
}

bool Examiner::is_served_again(const Case& one) {
    constexpr milliseconds between{200};
    const auto deadline = std::chrono::steady_clock::now() + settings_.wait_at_most;
    Play play(settings_, *known_, one);
    while (std::chrono::steady_clock::now() < deadline) {
        try {
            Probe probe = play.open(play.request({sop::verification}));
            if (probe.context(sop::verification) != 0) {
                play.expect_alive(probe);
            }
            return true;
        } catch (const Deviation&) {
        } catch (const boost::system::system_error&) {
        }
        std::this_thread::sleep_for(between);
    }
    return false;
}

Finding Examiner::play_once(const Case& one, unsigned attempt) {
    ExaminerSettings settings = settings_;
    if (attempt > 1) {  // some abort when a timeout of theirs is over
        settings.answer_within = std::max(settings.answer_within, settings.wait_at_most);
    }
    const auto begun = std::chrono::steady_clock::now();
    Finding finding;
    finding.what = &one;
    if (!one.is_playable()) {
        finding.seen = one.how == How::by_a_test ? "not from outside; shown by the test " : "";
        finding.seen += one.note;
        return finding;
    }
    Play play(settings, *known_, one, attempt);
    try {
        one.dialogue(play);
        finding.verdict = one.requirement == Requirement::standard ? Verdict::pass : Verdict::info;
        finding.expected = play.expected();
        finding.seen = play.last_seen();
    } catch (const NotPlayable& skipped) {
        finding.seen = skipped.why;
    } catch (const Deviation& deviation) {
        finding.verdict = Verdict::fail;
        finding.expected = deviation.expected;
        finding.seen = deviation.seen;
    } catch (const boost::system::system_error& fault) {
        finding.verdict = Verdict::fail;
        finding.expected = play.expected();
        finding.seen = fault.code().message();
    }
    finding.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    return finding;
}

namespace {

/// Findings of several threads, told one at a time.
class Findings {
public:
    Findings(std::size_t count, const std::function<void(const Finding&)>& on_finding)
        : findings_(count), on_finding_(on_finding) {}

    void put(std::size_t index, Finding finding) {
        const std::lock_guard lock(mutex_);
        findings_[index] = std::move(finding);
        if (on_finding_) {
            on_finding_(findings_[index]);
        }
    }
    std::vector<Finding> take() { return std::move(findings_); }

private:
    std::mutex mutex_;
    std::vector<Finding> findings_;
    const std::function<void(const Finding&)>& on_finding_;
};

}  // namespace

std::vector<Finding> Examiner::play_all(std::span<const Case* const> cases,
                                        const std::function<void(const Finding&)>& on_finding) {
    Findings findings(cases.size(), on_finding);
    const auto play_those = [&](How how) {
        for (std::size_t i = 0; i < cases.size(); ++i) {
            if (cases[i]->how == how) {
                findings.put(i, play(*cases[i]));
            }
        }
    };
    std::vector<std::thread> waiting;
    if (known_->summary.answers_beside_silent_connections) {
        for (std::size_t i = 0; i < cases.size(); ++i) {
            if (cases[i]->how == How::waits) {
                waiting.emplace_back([&, i] { findings.put(i, play(*cases[i])); });
            }
        }
    }
    play_those(How::by_a_test);
    play_those(How::not_here);
    play_those(How::played);
    for (std::thread& thread : waiting) {
        thread.join();
    }
    if (waiting.empty()) {
        play_those(How::waits);
    }
    play_those(How::alone);
    return findings.take();
}

}  // namespace cxr::storescp::conformance
