#include "bridge/cli/commands.hpp"
#include "bridge/daemon/daemon.hpp"
#include "dicom/codec/codec.hpp"

#include <fmt/ostream.h>

#include <stdexcept>

namespace cxr::bridge::cli {

int run_serve(const ServeOptions& options, std::ostream& out, std::ostream& err) {
    dicom::initialise_dcmtk();
    Log log(options.config.log);
    try {
        Daemon daemon(
            options.config,
            [sources = options.sources] { return load_config(sources); },
            log,
            options.explain ? &out : nullptr);
        fmt::print(out, "{}\n", daemon.ready_line());
        out.flush();
        daemon.run();
        return done;
    } catch (const std::runtime_error& fault) {
        fmt::print(err, "cxrbridge: {}\n", fault.what());
        return wrong_usage;
    }
}

}  // namespace cxr::bridge::cli
