// The keys of [[route]].
#include "dicom/chestxray/data_set.hpp"
#include "dicom/core/ae_title.hpp"
#include "key_kinds.hpp"

namespace cxr::config {

namespace {

bool is_an_ae_title(const std::string& given) {
    return dicom::AETitle::parse(given).has_value();
}
bool is_named(const std::string& given) {
    return !given.empty() &&
           std::all_of(given.begin(), given.end(), [](char c) { return c > ' ' && c <= '~'; });
}
bool is_a_kind_of_object(const std::string& given) {
    static constexpr std::string_view kinds[] = {
        "reports", "presentation_states", "key_objects", "images", "received"};
    return std::find(std::begin(kinds), std::end(kinds), given) != std::end(kinds);
}
bool is_a_finding(const std::string& given) {
    return dicom::finding_of(given).has_value();
}

}  // namespace

template <>
std::span<const Key<RouteSection>> keys_of<RouteSection>() {
    using S = RouteSection;
    static const Key<S> keys[] = {
        text<S>("name", &S::name, "printable ASCII characters without spaces", is_named),
        text<S>(
            "to", &S::to, "1 to 16 printable ASCII characters without backslash", is_an_ae_title),
        list<S>("objects",
                &S::objects,
                R"(a list of "reports", "presentation_states", "key_objects", "images" and )"
                R"("received")",
                is_a_kind_of_object),
        list<S>("findings", &S::findings, "a list of the collection's labels", is_a_finding),
        list<S>("splits", &S::splits, "a list of split lists", is_named),
        seconds<S>("retry_interval", &S::retry_interval),
        seconds<S>("retry_interval_max", &S::retry_interval_max),
        number<S>("retry_limit", &S::retry_limit, 1, 100'000),
        flag<S>("commit", &S::commit),
    };
    return keys;
}

}  // namespace cxr::config
