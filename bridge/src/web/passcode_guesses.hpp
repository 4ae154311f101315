#pragma once
/// Who guesses passcodes: wrong ones counted by client, so that one who guesses is told to wait and
/// the others are not. Not synchronised.

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace cxr::bridge::web {

/// Whose guesses count together, of "192.0.2.1:40112" or "2001:db8::1:40112": an IPv4 address, or
/// the first 64 bits of an IPv6 one, of which a client has as many as it likes.
[[nodiscard]] std::string guessing_client(std::string_view peer);

class PasscodeGuesses {
public:
    using Clock = std::chrono::system_clock;
    /// So many wrong ones within the time, and no further one is looked at until it is over.
    static constexpr unsigned wrong_max = 10;
    static constexpr std::chrono::seconds counted_for{60};
    /// At a time, waiting or being checked: of a client as many as browsers open connections; of
    /// all together few enough that the pool has threads left.
    static constexpr unsigned at_a_time_max = 6, all_at_a_time_max = 8;
    static constexpr std::size_t clients_max = 4'096;

    /// 0: go on, and call end() afterwards; else the seconds that the client is to wait.
    [[nodiscard]] unsigned begin(const std::string& client, Clock::time_point now);
    void end(const std::string& client);
    /// Has the client guessed too much while it waited? The seconds, as of begin().
    [[nodiscard]] unsigned must_wait(const std::string& client, Clock::time_point now) const;
    void wrong(const std::string& client, Clock::time_point now);

    [[nodiscard]] std::size_t clients() const { return clients_.size(); }

private:
    struct Client {
        unsigned wrong = 0, at_a_time = 0;
        Clock::time_point until{};  ///< then what was wrong is forgotten
    };
    void make_room(Clock::time_point now);

    std::map<std::string, Client> clients_;
    unsigned all_at_a_time_ = 0;
};

}  // namespace cxr::bridge::web
