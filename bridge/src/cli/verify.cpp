#include "bridge/cli/commands.hpp"
#include "bridge/cli/progress.hpp"
#include "bridge/data_set/audit.hpp"

#include <ostream>

namespace cxr::bridge::cli {

int run_verify(const VerifyOptions& options, std::ostream& out, std::ostream& err) {
    const Result<DataSetFolder> folder = read_data_set(options.data_set, {});
    if (!folder) {
        err << folder.error().doing << '\n';
        return wrong_usage;
    }
    const Result<std::vector<ImageWiseList>> image_wise = read_image_wise_lists(options.data_set);
    if (!image_wise) {
        err << image_wise.error().doing << '\n';
        return wrong_usage;
    }
    std::optional<DecodedImages> decoded;
    if (options.deep) {
        Progress progress("decoding", "images", folder->images.size());
        decoded = decode_images(*folder, options.threads, [&] { progress.advance(); });
    }
    const Audit result = audit(*folder, *image_wise, decoded);
    (options.json ? write_audit_json : write_audit_text)(out, result);
    return result.wrong.empty() ? done : done_with_findings;
}

}  // namespace cxr::bridge::cli
