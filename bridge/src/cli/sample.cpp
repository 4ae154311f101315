#include "bridge/data_set/sample.hpp"

#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"

#include <ostream>

namespace cxr::bridge::cli {

int run_sample(const SampleOptions& options, std::ostream& out, std::ostream& err) {
    const SampleSettings settings{
        .patients = options.patients, .seed = options.seed, .threads = options.threads};
    const Result<SampleCounts> written = [&] {
        Progress progress("drawing", "images", sample_image_count(settings));
        return write_sample(options.output, settings, [&] { progress.advance(); });
    }();
    if (!written) {
        err << written.error().doing << '\n';
        return wrong_usage;
    }
    out << options.output.string() << ": " << written->images << " images of " << written->patients
        << " patients, " << written->boxes << " boxes; all synthetic\n";
    return done;
}

}  // namespace cxr::bridge::cli
