#pragma once
/// A bridge that serves the web, and curl.

#include "interop/running_bridge.hpp"

#include <string>
#include <vector>

namespace cxr::test {

inline const char* const web_on = "[web]\nenabled = true\nport = 0\n";

/// "http://127.0.0.1:40000", of a bridge that was configured with `web_on`.
inline std::string web_root(const RunningBridge& bridge) {
    const std::string line = bridge.ready_line();
    const std::size_t begin = line.find("http");
    if (begin == std::string::npos) {
        throw std::runtime_error("no web in: " + line);
    }
    return line.substr(begin, line.find('/', begin + 8) - begin);
}

/// What curl fetched: "body\nstatus".
inline Finished curl(const std::string& url, const std::vector<std::string>& options = {}) {
    return run(std::vector<std::string>{"curl", "-sS", "--path-as-is", "-w", "\n%{http_code}"} +
               options + std::vector<std::string>{url});
}
inline std::string status_of(const Finished& fetched) {
    return fetched.output.substr(fetched.output.rfind('\n') + 1);
}
inline std::string body_of(const Finished& fetched) {
    return fetched.output.substr(0, fetched.output.rfind('\n'));
}

}  // namespace cxr::test
