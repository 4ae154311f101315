#include "output_place.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <system_error>

namespace cxr::bridge::cli {

namespace {

/// Without links and dots, as far as it exists; empty when that cannot be told.
std::filesystem::path plain(const std::filesystem::path& path) {
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error);
    auto canonical = std::filesystem::weakly_canonical(absolute, error);
    if (!canonical.has_filename()) {  // "a/b/" has an empty last part
        canonical = canonical.parent_path();
    }
    return error ? std::filesystem::path() : canonical;
}

}  // namespace

bool may_write(const std::filesystem::path& output,
               const std::filesystem::path& data_set,
               std::ostream& err) {
    const auto place = plain(output);
    const auto folder = plain(data_set);
    const auto differs =
        std::mismatch(folder.begin(), folder.end(), place.begin(), place.end()).first;
    if (folder.empty() || differs != folder.end()) {
        return true;
    }
    fmt::print(err,
               "-o {}: lies in the data set's folder {}, which is only ever read\n",
               output.string(),
               data_set.string());
    return false;
}

}  // namespace cxr::bridge::cli
