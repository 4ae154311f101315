#include "bridge/web/problem.hpp"

#include "json_writer.hpp"

#include <sstream>

namespace cxr::bridge::web {

unsigned status_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::malformed:
            return 400;
        case FaultKind::not_found:
            return 404;
        case FaultKind::unsupported:
            return 406;
        case FaultKind::refused:
            return 409;
        case FaultKind::exhausted:
            return 413;
        case FaultKind::peer_gone:
            return 408;
        case FaultKind::cancelled:
            return 503;
        case FaultKind::storage:
            break;
    }
    return 500;
}

Response problem(unsigned status, std::string_view detail) {
    std::ostringstream text;
    dicom::JsonWriter json(text, dicom::JsonLayout::one_line);
    json.open_object();
    json.key("title").value(reason_phrase(status));
    json.key("status").value(std::size_t{status});
    if (!detail.empty()) {
        json.key("detail").value(detail);
    }
    json.close_object();
    return text_response(status, "application/problem+json", std::move(text).str() + '\n');
}

Response problem_of(const Fault& fault, unsigned status) {
    const bool ours = fault.kind == FaultKind::storage;
    return problem(status == 0 ? status_of(fault.kind) : status,
                   ours ? "the disk or the database failed" : std::string_view(fault.doing));
}

}  // namespace cxr::bridge::web
