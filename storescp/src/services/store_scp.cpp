// C-STORE as a provider (PS3.7 §9.1.1, PS3.4 Annex B). Bytes go to the receive port as they arrive;
// 0000H is said only after its commit(). A reception that is not committed leaves nothing.

#include "dicom/core/uid.hpp"
#include "services/request.hpp"
#include "storescp/on_pool.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <fmt/format.h>

namespace cxr::storescp {

namespace {

/// One hop to the pool for so many bytes: small objects take exactly one.
constexpr std::size_t bytes_per_hop = std::size_t{256} * 1024;

/// Lives on the pool while a hop runs, on the strand between hops.
class Receiver {
public:
    Receiver(ReceivePort& port, ReceptionRequest what) : port_(port), what_(std::move(what)) {}

    void append(std::span<const std::byte> bytes) {
        bytes_ += bytes.size();
        buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }
    [[nodiscard]] bool is_full() const { return buffer_.size() >= bytes_per_hop; }

    /// Blocking.
    Result<void> write() {
        if (!reception_) {
            auto begun = port_.begin(what_);
            if (!begun) {
                return std::move(begun).error();
            }
            reception_ = std::move(*begun);
        }
        auto written = reception_->write(buffer_);
        buffer_.clear();
        return written;
    }
    /// Blocking.
    Result<StoreOutcome> finish() {
        if (auto written = write(); !written) {
            return std::move(written).error();
        }
        return reception_->commit();
    }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Once finish() has succeeded.
    [[nodiscard]] AuditSubject subject() const { return reception_->subject(); }

private:
    ReceivePort& port_;
    ReceptionRequest what_;
    std::unique_ptr<Reception> reception_;
    std::vector<std::byte> buffer_;
    std::uint64_t bytes_ = 0;
};

std::uint16_t status_of_outcome(StoreOutcome outcome) {
    return outcome == StoreOutcome::duplicate_warned ? status::coercion_or_duplicate
                                                     : status::success;
}

/// For the log: the SOP class and, if it is a sub-operation, who asked for it (PS3.7 §9.1.1.1.10).
std::string detail_of(const Request& request) {
    const std::string& sop_class_uid = request.context()->abstract_syntax;
    std::string detail = dcmFindNameOfUID(sop_class_uid.c_str(), sop_class_uid.c_str());
    if (const auto& originator = request.command().move_originator_ae_title) {
        detail += fmt::format(" moved for {} #{}",
                              *originator,
                              request.command().move_originator_message_id.value_or(0));
    }
    return detail;
}

/// What is wrong with the command itself.
std::optional<Completion> refuse_command(const Request& request) {
    const CommandSet& command = request.command();
    if (!command.affected_sop_instance_uid) {
        return refusal_of(
            request, status::mistyped_argument, "Affected SOP Instance UID is missing", 0x1000);
    }
    if (!dicom::is_valid_uid(*command.affected_sop_instance_uid)) {
        auto refusal = refusal_of(request,
                                  status::invalid_sop_instance,
                                  "Affected SOP Instance UID is not a UID",
                                  0x1000);
        refusal.response.affected_sop_instance_uid.reset();
        return refusal;
    }
    if (!command.has_data_set()) {
        return refusal_of(request, status::cannot_understand, "the data set is missing", 0x0800);
    }
    return std::nullopt;
}

ReceptionRequest reception_request(const Request& request) {
    return ReceptionRequest{
        .sop_class_uid = request.context()->abstract_syntax,
        .sop_instance_uid = request.command().affected_sop_instance_uid.value_or(""),
        .transfer_syntax_uid = request.context()->transfer_syntax,
        .calling_ae_title = request.peers().calling,
        .called_ae_title = request.peers().called};
}

/// Faults: peer_gone.
Awaitable<Result<Completion>> receive_object(const ServiceEnvironment& environment,
                                             Request& request) {
    if (auto refusal = refuse_command(request)) {
        co_return *std::move(refusal);
    }
    boost::asio::thread_pool& pool = environment.ports.receive_pool != nullptr
                                         ? *environment.ports.receive_pool
                                         : environment.pool;
    auto made = std::make_unique<Receiver>(environment.ports.receive, reception_request(request));
    const auto receiver = destroyed_on_pool(pool, std::move(made));
    for (;;) {
        auto fragment = co_await request.read_fragment();
        if (!fragment) {
            co_return std::move(fragment).error();
        }
        if (fragment->empty()) {
            break;
        }
        receiver->append(*fragment);
        if (receiver->is_full()) {
            auto write = [receiver] { return receiver->write(); };
            const auto written = co_await on_pool(pool, std::move(write));
            if (!written) {
                co_return completion_of(request, written.error(), Service::store);
            }
        }
    }
    auto finish = [receiver] { return receiver->finish(); };
    const auto outcome = co_await on_pool(pool, std::move(finish));
    if (!outcome) {
        co_return completion_of(request, outcome.error(), Service::store);
    }
    Completion completion{.response = request.response(status_of_outcome(*outcome))};
    if (*outcome == StoreOutcome::duplicate_warned) {
        completion.why = "another object is kept under this UID";
        completion.response.error_comment = completion.why;
    }
    completion.matches_or_completed = 1;
    completion.object_bytes = receiver->bytes();
    if (environment.settings.audit) {
        completion.subjects = {receiver->subject()};
    }
    co_return completion;
}

}  // namespace

Awaitable<Result<Completion>> store_scp(const ServiceEnvironment& environment, Request& request) {
    auto completion = co_await receive_object(environment, request);
    if (completion) {
        completion->detail = detail_of(request);
    }
    co_return completion;
}

}  // namespace cxr::storescp
