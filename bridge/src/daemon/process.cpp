#include "bridge/daemon/process.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/oflog/oflog.h>

#include <boost/version.hpp>
#include <fmt/format.h>
#include <sqlite3.h>

#include <csignal>
#include <stdexcept>
#include <sys/resource.h>

namespace cxr::bridge {

void prepare_process() {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        throw std::runtime_error("cannot ignore SIGPIPE");
    }
    // A handle for each association and each object on its way: as many as we may have.
    rlimit handles{};
    if (::getrlimit(RLIMIT_NOFILE, &handles) == 0) {
        handles.rlim_cur = handles.rlim_max;
        static_cast<void>(::setrlimit(RLIMIT_NOFILE, &handles));
    }
}

std::string version() {
    return fmt::format("cxrbridge {} (DCMTK {}, Boost {}.{}, SQLite {})",
                       CXR_VERSION,
                       OFFIS_DCMTK_VERSION_STRING,
                       BOOST_VERSION / 100'000,
                       BOOST_VERSION / 100 % 1'000,
                       sqlite3_libversion());
}

}  // namespace cxr::bridge
