#include "report/statement_reader.hpp"

#include "report/concepts.hpp"
#include "report/finding_reader.hpp"
#include "report/region_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace cxr::dicom {
namespace {

/// (111012,DCM) wherever below; out of range is nothing.
std::optional<double> certainty_below(const ContentView& item) {
    std::optional<double> certainty;
    item.for_each_below([&certainty](const ContentView& each) {
        if (!certainty && each.is_named(concepts::certainty_of_finding)) {
            certainty = each.number();
        }
    });
    const bool sound =
        certainty && std::isfinite(*certainty) && *certainty >= 0 && *certainty <= 100;
    return sound ? certainty : std::nullopt;
}

/// The SCOORDs that a group is about: its own, else those of its first measurement (TID 300).
Result<std::vector<ContentView>> regions_of(const ContentView& group) {
    std::vector<ContentView> regions;
    const std::vector<ContentView> children = group.children();
    for (const ContentView& child : children) {
        const std::string type = child.value_type();
        if (type == "SCOORD") {
            regions.push_back(child);
        } else if (type == "SCOORD3D") {
            return Fault{FaultKind::unsupported,
                         "a region in a frame of reference (SCOORD3D), not on the image"};
        }
    }
    for (const ContentView& child : children) {
        if (!regions.empty()) {
            break;
        }
        for (const ContentView& below : child.children()) {
            const std::string type = child.value_type() == "NUM" ? below.value_type() : "";
            if (type == "SCOORD3D") {
                return Fault{FaultKind::unsupported,
                             "a region in a frame of reference (SCOORD3D), not on the image"};
            }
            if (type == "SCOORD") {
                regions.push_back(below);
            }
        }
    }
    return regions;
}

/// The Finding's codes, then what was typed into the Finding Site, where older viewers keep it.
std::vector<CodedConcept> label_codes_of(const ContentView& group) {
    const auto finding = group.child(concepts::finding);
    std::vector<CodedConcept> codes = finding ? finding->codes() : std::vector<CodedConcept>();
    constexpr Code retired_finding_site{"G-C0E3", "SRT", "Finding Site"};
    for (const ContentView& child : group.children()) {
        if (child.is_named(concepts::finding_site) || child.is_named(retired_finding_site)) {
            std::ranges::copy_if(child.codes(), std::back_inserter(codes), is_typed_text);
        }
    }
    return codes;
}

}  // namespace

Result<std::string> StatementReader::image_below(const ContentView& item) const {
    std::set<std::string> uids;
    bool other_frame = false;
    item.for_each_below([&](const ContentView& each) {
        if (each.value_type() != "IMAGE") {
            return;
        }
        if (const auto image = each.image()) {
            uids.insert(image->sop_instance_uid);
            other_frame = other_frame || std::ranges::any_of(image->frames, [](const auto& frame) {
                              return frame != "1";
                          });
        }
    });
    if (uids.empty() && !default_image_.empty()) {
        uids.insert(default_image_);
    }
    if (uids.empty()) {
        return Fault{FaultKind::malformed, "refers to no image"};
    }
    if (uids.size() > 1) {
        return Fault{FaultKind::unsupported, "refers to several images"};
    }
    if (other_frame) {
        return Fault{FaultKind::unsupported, "refers to another frame than the first"};
    }
    const auto name = image_of_(*uids.begin());
    if (!name) {
        return Fault{
            FaultKind::not_found,
            fmt::format("refers to image {}, which is none of the data set's", *uids.begin())};
    }
    return *name;
}

Result<AnnotationBox> StatementReader::box_of(const ContentView& group) const {
    const auto regions = regions_of(group);
    if (!regions) {
        return regions.error();
    }
    if (regions->empty()) {
        return Fault{FaultKind::unsupported, "no region on the image (SCOORD)"};
    }
    if (regions->size() > 1) {
        return Fault{FaultKind::unsupported,
                     fmt::format("{} regions where one is due", regions->size())};
    }
    const ContentView& region = regions->front();
    return box_of_region(region.graphic_type(), region.graphic_data(), options_);
}

std::string StatementReader::read_label(std::span<const CodedConcept> codes,
                                        const std::string& comment,
                                        Annotation& annotation) const {
    if (!codes.empty()) {
        annotation.finding_code = codes.front();
    }
    annotation.finding = resolve_finding(codes, comment, codes_);
    if (annotation.finding) {
        const bool spells_it = finding_of(comment) == annotation.finding;
        annotation.label_as_written =
            spells_it ? comment : std::string(label_of(*annotation.finding));
        return {};
    }
    annotation.label_as_written = comment.empty() ? annotation.finding_code.meaning : comment;
    return codes.empty() && comment.empty() ? "neither a Finding nor a Comment names a label"
                                            : fmt::format("'{}' ({} {}) is none of the labels",
                                                          annotation.label_as_written,
                                                          annotation.finding_code.value,
                                                          annotation.finding_code.scheme);
}

Statement StatementReader::group(const ContentView& group) const {
    Statement statement;
    Annotation& annotation = statement.annotation;
    annotation.tracking_identifier = group.text_of(concepts::tracking_identifier);
    annotation.tracking_uid = group.text_of(concepts::tracking_unique_identifier);
    annotation.certainty_percent = certainty_below(group);
    auto box = box_of(group);
    if (!box) {
        statement.reason = box.error().doing;
        return statement;
    }
    annotation.box = *std::move(box);
    auto image = image_below(group);
    if (!image) {
        statement.reason = image.error().doing;
        return statement;
    }
    annotation.image_index = *std::move(image);
    statement.reason =
        read_label(label_codes_of(group), group.text_of(concepts::comment), annotation);
    statement.only_the_label_is_unknown = !statement.reason.empty();
    if (annotation.finding == Finding::no_finding) {
        statement.reason = "a region of No Finding";
    }
    return statement;
}

Statement StatementReader::evaluation(const ContentView& evaluation) const {
    Statement statement;
    if (!evaluation.is_named(concepts::finding)) {
        const CodedConcept name = evaluation.concept_name();
        statement.reason = fmt::format(
            "({},{},\"{}\") is no Finding (121071,DCM)", name.value, name.scheme, name.meaning);
        return statement;
    }
    statement.annotation.certainty_percent = certainty_below(evaluation);
    auto image = image_below(evaluation);
    if (!image) {
        statement.reason = image.error().doing;
        return statement;
    }
    statement.annotation.image_index = *std::move(image);
    statement.reason = read_label(evaluation.codes(), {}, statement.annotation);
    statement.only_the_label_is_unknown = !statement.reason.empty();
    return statement;
}

}  // namespace cxr::dicom
