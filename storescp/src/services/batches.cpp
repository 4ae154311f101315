#include "dicom/core/transfer_syntax.hpp"
#include "services/sub_operation.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace cxr::storescp {

namespace {

constexpr std::size_t contexts_max = 128;  // odd ids 1 to 255, PS3.8 §9.3.2.2

/// What every application entity understands, the better one first.
std::array<std::string_view, 2> little_endian_syntaxes() {
    return {dicom::explicit_vr_little_endian.uid, dicom::implicit_vr_little_endian.uid};
}

void add_once(std::vector<std::string>& list, std::string_view value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) {
        list.emplace_back(value);
    }
}

/// How the objects of one SOP class are kept and what they can be turned into.
struct ClassNeeds {
    std::string sop_class_uid;
    std::vector<std::string> kept;
    std::vector<std::string> loadable;
    std::vector<InstanceReference> instances;
};

/// Objects of one class that are kept alike can be turned into the same: the port is asked once.
std::vector<ClassNeeds> needs_by_class(std::span<const InstanceReference> instances,
                                       RetrievePort& port) {
    std::vector<ClassNeeds> needs;
    std::map<std::string_view, std::size_t> index;
    for (const InstanceReference& instance : instances) {
        const auto [entry, is_new] = index.try_emplace(instance.sop_class_uid, needs.size());
        if (is_new) {
            needs.emplace_back().sop_class_uid = instance.sop_class_uid;
        }
        ClassNeeds& need = needs[entry->second];
        const auto& kept = need.kept;
        if (std::find(kept.begin(), kept.end(), instance.transfer_syntax_uid) == kept.end()) {
            need.kept.push_back(instance.transfer_syntax_uid);
            for (const std::string& syntax : port.transfer_syntaxes(instance)) {
                add_once(need.loadable, syntax);
            }
        }
        need.instances.push_back(instance);
    }
    return needs;
}

/// The transfer syntaxes of a class, one list per context.
std::vector<std::vector<std::string>> context_syntaxes(const ClassNeeds& need,
                                                       std::span<const std::string> preferred) {
    const auto is_loadable = [&need](std::string_view syntax) {
        return std::find(need.loadable.begin(), need.loadable.end(), syntax) != need.loadable.end();
    };
    const auto little_endian = little_endian_syntaxes();
    std::vector<std::string> alone;
    for (const std::string& syntax : preferred) {
        if (is_loadable(syntax)) {
            add_once(alone, syntax);
        }
    }
    for (const std::string& syntax : need.kept) {
        if (std::find(little_endian.begin(), little_endian.end(), syntax) == little_endian.end()) {
            add_once(alone, syntax);
        }
    }
    std::vector<std::vector<std::string>> lists;
    lists.reserve(alone.size() + 1);
    for (std::string& syntax : alone) {
        lists.push_back({std::move(syntax)});
    }
    std::vector<std::string> common;
    for (const std::string_view syntax : little_endian) {
        if (is_loadable(syntax)) {
            common.emplace_back(syntax);
        }
    }
    if (!common.empty()) {
        lists.push_back(std::move(common));
    }
    if (lists.size() > contexts_max) {
        lists.resize(contexts_max);
    }
    return lists;
}

}  // namespace

std::vector<Batch> plan_batches(std::span<const InstanceReference> instances,
                                RetrievePort& port,
                                std::span<const std::string> preferred) {
    std::vector<Batch> batches;
    for (ClassNeeds& need : needs_by_class(instances, port)) {
        auto lists = context_syntaxes(need, preferred);
        if (batches.empty() || batches.back().contexts.size() + lists.size() > contexts_max) {
            batches.emplace_back();
        }
        Batch& batch = batches.back();
        for (auto& list : lists) {
            const auto id = static_cast<std::uint8_t>(batch.contexts.size() * 2 + 1);
            batch.contexts.push_back(ProposedContext{.id = id,
                                                     .abstract_syntax = need.sop_class_uid,
                                                     .transfer_syntaxes = std::move(list)});
        }
        std::move(
            need.instances.begin(), need.instances.end(), std::back_inserter(batch.instances));
    }
    return batches;
}

std::vector<ProposedContext> contexts_for(std::span<const InstanceReference> instances,
                                          RetrievePort& port,
                                          std::span<const std::string> preferred) {
    auto batches = plan_batches(instances, port, preferred);
    return batches.empty() ? std::vector<ProposedContext>{} : std::move(batches.front().contexts);
}

}  // namespace cxr::storescp
