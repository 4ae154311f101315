#pragma once
/// Foreign programs as witnesses: run one to its end, or keep a server beside the test. Every wait
/// has a deadline; nothing outlives the test.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cxr::test {

struct Finished {
    int exit_code;  ///< 128 + signal when killed by one
    std::string output;
    std::string errors;
};

/// Throws std::runtime_error when it cannot be started or is not done by the deadline (it is then
/// killed).
Finished run(const std::vector<std::string>& command,
             std::chrono::seconds deadline = std::chrono::seconds(60));

/// A server: standard output and error go to one text that the test can wait on. Stopped, at last
/// by SIGKILL, when destroyed.
class Server {
public:
    explicit Server(const std::vector<std::string>& command);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The first line, from the start, that contains `text`. Throws at the deadline, with the
    /// output so far.
    std::string wait_for_line(const std::string& text,
                              std::chrono::seconds deadline = std::chrono::seconds(30));
    /// Sends the signal and waits for the end; the exit code as in Finished.
    int stop(int signal, std::chrono::seconds deadline = std::chrono::seconds(30));
    /// Waits until it ends by itself; the exit code as in Finished.
    int wait_for_end(std::chrono::seconds deadline = std::chrono::seconds(30));
    void kill(int signal) const;
    [[nodiscard]] pid_t process() const { return process_; }
    /// Everything printed so far.
    [[nodiscard]] std::string output() const;

private:
    pid_t process_;
    std::filesystem::path log_;
};

/// A port that nobody listens on at this moment.
std::uint16_t free_port();
/// Waits until something accepts connections there. Throws at the deadline.
void wait_for_port(std::uint16_t port, std::chrono::seconds deadline = std::chrono::seconds(30));

}  // namespace cxr::test
