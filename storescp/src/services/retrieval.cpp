#include "services/retrieval.hpp"

#include "dicom/core/transfer_syntax.hpp"
#include "dicom/query/retrieve_keys.hpp"
#include "services/information_model.hpp"
#include "storescp/on_pool.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <fmt/format.h>

#include <algorithm>

namespace cxr::storescp {

namespace {

/// The longest value of a VR with a 16-bit length field. Longer ones are UN in Explicit VR, which
/// has 32 bits (PS3.5 §6.2.2).
constexpr std::size_t short_value_bytes_max = 65'534;

const DcmTagKey failed_sop_instance_uid_list(0x0008, 0x0058);

/// A stranger may send thousands of keys; a log line has room for a few.
constexpr std::size_t keywords_max = 8;

std::string keywords_of(std::span<const DcmTagKey> tags) {
    std::string text;
    for (const DcmTagKey& tag : tags.first(std::min(tags.size(), keywords_max))) {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", DcmTag(tag).getTagName());
    }
    return tags.size() > keywords_max
               ? fmt::format("{} and {} more", text, tags.size() - keywords_max)
               : text;
}

}  // namespace

std::string detail_of(const RetrieveTask& task, std::string_view destination) {
    return fmt::format("{}{}{}{}{}",
                       task.level,
                       destination.empty() ? "" : " to ",
                       destination,
                       task.ignored.empty() ? "" : ", ignored ",
                       task.ignored);
}

std::string receiver_of(const Request& request) {
    return request.command().is(CommandField::c_move_rq)
               ? request.command().move_destination.value_or("")
           : request.command().is(CommandField::c_get_rq) ? request.peers().calling
                                                          : request.peers().called;
}

Awaitable<Result<RetrieveTask>> find_instances(const ServiceEnvironment& environment,
                                               Request& request,
                                               dicom::Attributes identifier) {
    const auto model = information_model(request.context()->abstract_syntax);
    const auto rules = query_rules(environment.settings.query_rules, request);
    auto parsed = dicom::parse_retrieve_identifier(identifier, model, rules);
    if (!parsed) {
        co_return std::move(parsed).error();
    }
    RetrieveTask task{
        .level = std::string(dicom::level_name(parsed->level)),
        .ignored = keywords_of(dicom::ignored_retrieve_keys(identifier, model, parsed->level))};
    auto look_up = [&port = environment.ports.retrieve, wanted = *std::move(parsed)] {
        return port.instances(wanted);
    };
    auto instances = co_await on_pool(environment.pool, std::move(look_up));
    if (!instances) {
        co_return std::move(instances).error();
    }
    if (instances->size() > sub_operations_max) {
        co_return Fault{
            .kind = FaultKind::exhausted,
            .doing = fmt::format(
                "{} objects: at most {} in one retrieval", instances->size(), sub_operations_max)};
    }
    task.instances = *std::move(instances);
    if (environment.settings.audit) {
        auto whose = [&port = environment.ports.retrieve, &of = task.instances] {
            return port.subjects(of);
        };
        task.subjects = co_await on_pool(environment.pool, std::move(whose));
        environment.events.on(
            TransferBegan{.association = request.association().number(),
                          .peers = request.peers(),
                          .audit = {.sop_class_uid = request.context()->abstract_syntax,
                                    .receiver = receiver_of(request),
                                    .subjects = task.subjects}});
    }
    co_return task;
}

void SubOperations::fail(const InstanceReference& instance, const Fault& fault) {
    const bool by_move = request_.command().is(CommandField::c_move_rq);
    fail(
        instance,
        fault,
        section_of(status::out_of_resources_suboperations, by_move ? Service::move : Service::get));
}

void SubOperations::fail(const InstanceReference& instance,
                         const Fault& fault,
                         std::string_view section) {
    --remaining_;
    if (failed_uids_.empty()) {
        first_trouble_ = fault;
    }
    failed_uids_.push_back(instance.sop_instance_uid);
    environment_.events.on(SubOperationFailed{.association = request_.association().number(),
                                              .sop_instance_uid = instance.sop_instance_uid,
                                              .destination = destination_,
                                              .why = fault.doing,
                                              .section = section});
    tell_progress();
}

void SubOperations::tell_progress() const {
    environment_.events.on(RetrieveProgressed{
        .association = request_.association().number(),
        .message_id = request_.message_id(),
        .peers = request_.peers(),
        .service = request_.command().is(CommandField::c_move_rq) ? "C-MOVE" : "C-GET",
        .destination = destination_,
        .remaining = remaining_,
        .completed = completed_,
        .failed = failed_uids_.size(),
        .warnings = warnings_});
}

void SubOperations::count(const InstanceReference& instance,
                          const StoreResponse& response,
                          std::size_t bytes) {
    bytes_ += bytes;
    const StoreVerdict verdict = verdict_of(response.status);
    if (verdict == StoreVerdict::success) {
        --remaining_;
        ++completed_;
        tell_progress();
        return;
    }
    Fault answer{.kind = FaultKind::refused,
                 .doing = fmt::format("answered {:04X}H{}{}",
                                      response.status,
                                      response.error_comment.empty() ? "" : ": ",
                                      response.error_comment)};
    if (verdict == StoreVerdict::failure) {
        fail(instance, answer, section_of(response.status, Service::store));
        return;
    }
    --remaining_;
    ++warnings_;
    tell_progress();
    if (!first_trouble_) {
        first_trouble_ = std::move(answer);
    }
}

void SubOperations::set_counters(CommandSet& response) const {
    response.completed_suboperations = static_cast<std::uint16_t>(completed_);
    response.failed_suboperations = static_cast<std::uint16_t>(failed_uids_.size());
    response.warning_suboperations = static_cast<std::uint16_t>(warnings_);
}

CommandSet SubOperations::pending_response() const {
    CommandSet response = request_.response(status::pending);
    response.remaining_suboperations = static_cast<std::uint16_t>(remaining_);
    set_counters(response);
    return response;
}

std::uint16_t SubOperations::final_status(bool stopped) const {
    if (stopped && remaining_ > 0) {
        return status::cancel;
    }
    if (failed_uids_.empty() && warnings_ == 0) {
        return status::success;
    }
    return completed_ == 0 && warnings_ == 0 ? status::out_of_resources_suboperations
                                             : status::suboperations_complete_with_failures;
}

Completion SubOperations::final_response(bool stopped) const {
    Completion completion{.response = request_.response(final_status(stopped)),
                          .matches_or_completed = completed_,
                          .failed = failed_uids_.size(),
                          .warnings = warnings_,
                          .why = first_trouble_ ? first_trouble_->doing : std::string(),
                          .object_bytes = bytes_};
    set_counters(completion.response);
    if (first_trouble_) {
        completion.response.error_comment = error_comment_of(*first_trouble_);
    }
    if (completion.response.status == status::cancel) {
        completion.response.remaining_suboperations = static_cast<std::uint16_t>(remaining_);
    }
    if (!failed_uids_.empty()) {
        completion.data_set = failed_list();
    }
    return completion;
}

std::vector<dicom::Segment> SubOperations::failed_list() const {
    const auto& transfer_syntax = *dicom::find_transfer_syntax(request_.context()->transfer_syntax);
    std::string uids = fmt::format("{}", fmt::join(failed_uids_, "\\"));
    dicom::Attribute list{.tag = failed_sop_instance_uid_list, .vr = dicom::VR::UI};
    if (transfer_syntax.explicit_vr && uids.size() > short_value_bytes_max) {
        list.vr = dicom::VR::UN;
        uids.append(uids.size() % 2, '\0');
    }
    list.value = std::move(uids);
    std::vector<dicom::Segment> data_set;
    data_set.push_back(dicom::Segment::of(dicom::encode_attributes({list}, transfer_syntax)));
    return data_set;
}

}  // namespace cxr::storescp
