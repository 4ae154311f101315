#pragma once
/// The running node: catalogue, object source, received store, listener, signals. Construction is
/// the start, in order; run() ends with the shutdown, which is the reverse (style: stop accepting,
/// ask associations to finish, wait bounded, abort the rest, join, close the catalogue).

#include "bridge/daemon/log.hpp"
#include "config/schema.hpp"

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <variant>

namespace cxr::bridge {

/// Reads the configuration anew on SIGHUP; the mistakes, if any, leave the running one in force.
using ReloadConfig = std::function<std::variant<config::Config, config::ConfigMistakes>()>;

class Daemon {
public:
    /// @param explanations every negotiation is printed there as a table; null: none is
    /// Everything that can fail at a start fails here: throws std::runtime_error with one line that
    /// says what to do.
    Daemon(config::Config config,
           ReloadConfig reload,
           Log& log,
           std::ostream* explanations = nullptr);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// "ready: CXRBRIDGE at 127.0.0.1:11112, 30805 patients, …"
    [[nodiscard]] std::string ready_line() const;
    /// Serves until SIGTERM or SIGINT.
    void run();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cxr::bridge
