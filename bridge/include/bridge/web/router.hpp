#pragma once
/// Which resources there are: the one table that requests are matched with and that OPTIONS, the
/// capabilities and the conformance statement read. Filled at start, then constant.

#include "bridge/web/body.hpp"
#include "bridge/web/response.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cxr::bridge::web {

/// Answers on a pool thread; may block. The request has no body.
using Answer = std::function<Response(const Request&)>;
/// Answers on the connection's strand; may read the body, never blocks.
using Dialogue = std::function<Awaitable<Response>(Request&)>;

struct Resource {
    std::string method;  ///< "GET" (also answers HEAD), "POST", …
    /// "/dicom-web/studies/{study}": a segment in braces is captured; "{path*}", last, takes all
    /// that are left, one at least.
    std::string pattern;
    std::string says;  ///< for people: "Search for studies"
    std::variant<Answer, Dialogue> handler;
    Role role = Role::reader;                ///< that it takes; nobody: everybody may
    std::vector<std::string> media_types{};  ///< that it can answer, best first; for capabilities
    std::vector<std::string> parameters{};   ///< of the query; for capabilities
};

class Router {
public:
    /// Two resources of one method and pattern are a bug: std::logic_error.
    void add(Resource resource);
    [[nodiscard]] std::span<const Resource> resources() const { return resources_; }

    struct Found {
        const Resource* resource = nullptr;  ///< null: see `methods`
        Fields captures{};
    };
    /// Of those that match, the one with the longest literal beginning.
    [[nodiscard]] Found find(std::string_view method, std::span<const std::string> path) const;
    /// That some resource has at this path, with HEAD and OPTIONS; none: there is no resource.
    [[nodiscard]] std::vector<std::string> methods(std::span<const std::string> path) const;

private:
    struct Pattern {
        std::vector<std::string> segments;
        std::size_t resource;
    };
    std::vector<Resource> resources_;
    std::vector<Pattern> patterns_;  ///< the more literal ones first
};

}  // namespace cxr::bridge::web
