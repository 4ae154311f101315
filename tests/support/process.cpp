#include "support/process.hpp"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cxr::test {
namespace {

using std::chrono::steady_clock;

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Starts `command` in a process group of its own; it dies with the test.
pid_t start(const std::vector<std::string>& command, int output, int errors) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t process = ::fork();
    if (process < 0) {
        throw std::runtime_error("fork failed");
    }
    if (process == 0) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int nothing = ::open("/dev/null", O_RDONLY);
        ::dup2(nothing, STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(errors, STDERR_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    return process;
}

/// The process' status, or nothing at the deadline.
bool wait_for_end(pid_t process, steady_clock::time_point deadline, int& status) {
    const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd waited{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ended = ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    ::close(descriptor);
    return ended == 1 && ::waitpid(process, &status, 0) == process;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class TemporaryFile {
public:
    TemporaryFile()
        : path_((std::filesystem::temp_directory_path() / "cxr-output-XXXXXX").string()) {
        descriptor_ = ::mkostemp(path_.data(), O_CLOEXEC);
        if (descriptor_ < 0) {
            throw std::runtime_error("cannot create " + path_);
        }
    }
    ~TemporaryFile() {
        ::close(descriptor_);
        if (!kept_) {
            ::unlink(path_.c_str());
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::string text() const { return text_of(path_); }
    std::string keep() {
        kept_ = true;
        return path_;
    }

private:
    std::string path_;
    int descriptor_;
    bool kept_ = false;
};

}  // namespace

Finished run(const std::vector<std::string>& command, std::chrono::seconds deadline) {
    const TemporaryFile output;
    const TemporaryFile errors;
    const pid_t process = start(command, output.descriptor(), errors.descriptor());
    int status = 0;
    if (!wait_for_end(process, steady_clock::now() + deadline, status)) {
        ::kill(-process, SIGKILL);
        ::waitpid(process, &status, 0);
        throw std::runtime_error(
            command[0] + " was not done in time; it printed: " + output.text() + errors.text());
    }
    return {.exit_code = exit_code_of(status), .output = output.text(), .errors = errors.text()};
}

Server::Server(const std::vector<std::string>& command) {
    TemporaryFile log;
    process_ = start(command, log.descriptor(), log.descriptor());
    log_ = log.keep();
}

Server::~Server() {
    if (process_ > 0) {
        ::kill(-process_, SIGKILL);
        int status = 0;
        ::waitpid(process_, &status, 0);
    }
    std::error_code ignored;
    std::filesystem::remove(log_, ignored);
}

std::string Server::output() const {
    return text_of(log_);
}

std::string Server::wait_for_line(const std::string& text, std::chrono::seconds deadline) {
    const auto end = steady_clock::now() + deadline;
    while (true) {
        std::istringstream lines(output());
        std::string line;
        while (std::getline(lines, line)) {
            if (line.find(text) != std::string::npos && !lines.eof()) {
                return line;
            }
        }
        int status = 0;
        const auto soon = std::min(end, steady_clock::now() + std::chrono::milliseconds(20));
        if (test::wait_for_end(process_, soon, status)) {
            process_ = -1;
            throw std::runtime_error("the server ended: " + output());
        }
        if (steady_clock::now() >= end) {
            throw std::runtime_error("no line with '" + text + "' in time: " + output());
        }
    }
}

int Server::stop(int signal, std::chrono::seconds deadline) {
    ::kill(process_, signal);
    return wait_for_end(deadline);
}

int Server::wait_for_end(std::chrono::seconds deadline) {
    int status = 0;
    if (!test::wait_for_end(process_, steady_clock::now() + deadline, status)) {
        throw std::runtime_error("the server did not end in time: " + output());
    }
    process_ = -1;
    return exit_code_of(status);
}

void Server::kill(int signal) const {
    ::kill(process_, signal);
}

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

}  // namespace

std::uint16_t free_port() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                       ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    ::close(listener);
    if (!bound) {
        throw std::runtime_error("no free port");
    }
    return ntohs(address.sin_port);
}

void wait_for_port(std::uint16_t port, std::chrono::seconds deadline) {
    const auto end = steady_clock::now() + deadline;
    while (true) {
        const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(port);
        const bool open =
            ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(probe);
        if (open) {
            return;
        }
        if (steady_clock::now() >= end) {
            throw std::runtime_error("nobody listens on port " + std::to_string(port));
        }
        ::poll(nullptr, 0, 20);
    }
}

}  // namespace cxr::test
