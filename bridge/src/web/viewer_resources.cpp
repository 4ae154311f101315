// A viewer's files (OHIF's published ones, as they are) at /viewer/, with a configuration that
// points at this node. Such a build asks for its own files at the root of the site: they are found
// there, too, behind every other resource.

#include "bridge/web/conditional.hpp"
#include "bridge/web/problem.hpp"
#include "bridge/web/web.hpp"
#include "objects/mapped_file.hpp"
#include "web/static_answer.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

namespace cxr::bridge::web {

namespace fs = std::filesystem;

namespace {

// It makes scripts of text, style in elements and workers of blobs, and cannot be told otherwise.
constexpr const char* policy =
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' data: blob:; worker-src "
    "'self' "
    "blob:; font-src 'self' data:; base-uri 'self'; frame-ancestors 'none'";

constexpr std::string_view app_config = R"(window.config = {
  name: 'cxrbridge',
  routerBasename: '/viewer',
  extensions: [],
  modes: [],
  customizationService: {},
  showStudyList: true,
  maxNumberOfWebWorkers: 3,
  showLoadingIndicator: true,
  showWarningMessageForCrossOrigin: true,
  showCPUFallbackMessage: true,
  strictZSpacingForVolumeViewport: true,
  maxNumRequests: { interaction: 100, thumbnail: 75, prefetch: 25 },
  defaultDataSourceName: 'cxrbridge',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'cxrbridge',
      configuration: {
        friendlyName: 'cxrbridge',
        name: 'cxrbridge',
        qidoRoot: window.location.origin + '/dicom-web',
        wadoRoot: window.location.origin + '/dicom-web',
        wadoUriRoot: window.location.origin + '/dicom-web',
        qidoSupportsIncludeField: true,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        enableStudyLazyLoad: true,
        supportsFuzzyMatching: true,
        supportsWildcard: true,
        supportsStow: true,
        dicomUploadEnabled: true,
        omitQuotationForMultipartRequest: true,
        bulkDataURI: { enabled: true },
      },
    },
  ],
};
)";

/// The regular file of that name below the root, links followed no further than it; empty: none.
fs::path file_below(const fs::path& root, const std::string& name) {
    std::error_code error;
    const fs::path found = fs::canonical(root / name, error);
    if (error || !fs::is_regular_file(found, error) || error) {
        return {};
    }
    const auto [end, rest] = std::mismatch(root.begin(), root.end(), found.begin(), found.end());
    return end == root.end() && rest != found.end() ? found : fs::path();
}

/// Another one when the file is another.
std::string etag_of(const fs::path& file) {
    struct stat state {};
    if (::stat(file.c_str(), &state) != 0) {
        return {};
    }
    return fmt::format(
        "\"{:x}-{:x}-{:x}\"", state.st_size, state.st_mtim.tv_sec, state.st_mtim.tv_nsec);
}

class ViewerFiles {
public:
    explicit ViewerFiles(fs::path root) : root_(std::move(root)) {}

    /// @param or_page the viewer's page for what is no file of its: addresses that it reads itself
    [[nodiscard]] Response answer(const Request& request,
                                  const std::string& name,
                                  bool or_page) const {
        if (name == "app-config.js") {
            return file_answer(request, name, app_config, "\"cxrbridge-1\"");
        }
        fs::path file = file_below(root_, name);
        if (file.empty() && or_page) {
            file = file_below(root_, "index.html");
        }
        return file.empty() ? problem(404, "there is no such resource") : send(request, file);
    }

private:
    static Response send(const Request& request, const fs::path& file) {
        const std::string etag = etag_of(file);
        Response response;
        response.set("Content-Type", std::string(media_type_of_file(file.filename().string())));
        answer_with_tag(request, etag, response);
        if (response.status == 200) {
            auto mapped = map_file(file);
            if (!mapped) {
                return problem_of(mapped.error());
            }
            response.content = std::vector<dicom::Segment>{
                {.owner = std::move(mapped->owner), .bytes = mapped->bytes}};
        }
        response.set("Content-Security-Policy", policy);
        return response;
    }

    const fs::path root_;
};

}  // namespace

void add_viewer_resources(Router& router, const WebPorts& ports) {
    const std::string& folder = ports.config.web.viewer;
    if (folder.empty()) {
        return;
    }
    std::error_code error;
    const fs::path root = fs::canonical(folder, error);
    if (error || !fs::is_regular_file(root / "index.html", error)) {
        throw std::runtime_error("web.viewer: " + folder +
                                 " has no index.html; scripts/get-viewer fetches a viewer");
    }
    const auto files = std::make_shared<const ViewerFiles>(root);
    const auto add = [&](const char* pattern, const char* says, Answer answer) {
        router.add({.method = "GET",
                    .pattern = pattern,
                    .says = says,
                    .handler = std::move(answer),
                    .role = Role::reader});
    };
    add("/viewer", "The viewer", [files](const Request& request) {
        return files->answer(request, "index.html", false);
    });
    add("/viewer/{path*}", "The viewer's files and addresses", [files](const Request& request) {
        return files->answer(request, request.capture("path"), true);
    });
    add("/{path*}", "The viewer's files, where it asks for them", [files](const Request& request) {
        return files->answer(request, request.capture("path"), false);
    });
}

}  // namespace cxr::bridge::web
