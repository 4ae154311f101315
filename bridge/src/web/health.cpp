#include "bridge/web/problem.hpp"
#include "bridge/web/web.hpp"

namespace cxr::bridge::web {

void add_health_resources(Router& router, const WebPorts& ports) {
    router.add({.method = "GET",
                .pattern = "/healthz",
                .says = "The process answers",
                .handler = Answer([](const Request&) {
                    return text_response(200, "text/plain; charset=utf-8", "ok\n");
                }),
                .role = Role::nobody,
                .media_types = {"text/plain"}});
    router.add({.method = "GET",
                .pattern = "/readyz",
                .says = "The catalogue answers, too",
                .handler = Answer([check = ports.check](const Request&) {
                    const auto there = check();
                    return there ? text_response(200, "text/plain; charset=utf-8", "ready\n")
                                 : problem_of(there.error(), 503);
                }),
                .role = Role::nobody,
                .media_types = {"text/plain"}});
}

}  // namespace cxr::bridge::web
