#include "passcode_guesses.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace cxr::bridge::web {

std::string guessing_client(std::string_view peer) {
    std::string address(peer.substr(0, peer.rfind(':')));
    std::array<char, 16> bytes{};
    constexpr std::size_t network_bytes = 8;
    if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) {
        return {bytes.data(), network_bytes};
    }
    return address;
}

unsigned PasscodeGuesses::must_wait(const std::string& client, Clock::time_point now) const {
    const auto known = clients_.find(client);
    if (known == clients_.end() || known->second.wrong < wrong_max || known->second.until <= now) {
        return 0;
    }
    const auto left = std::chrono::ceil<std::chrono::seconds>(known->second.until - now);
    return static_cast<unsigned>(left.count());
}

unsigned PasscodeGuesses::begin(const std::string& client, Clock::time_point now) {
    if (const unsigned wait = must_wait(client, now); wait > 0) {
        return wait;
    }
    const auto known = clients_.find(client);
    const unsigned own = known == clients_.end() ? 0 : known->second.at_a_time;
    if (own >= at_a_time_max || all_at_a_time_ >= all_at_a_time_max) {
        return 1;
    }
    if (known == clients_.end()) {
        make_room(now);
    }
    ++clients_[client].at_a_time;
    ++all_at_a_time_;
    return 0;
}

void PasscodeGuesses::end(const std::string& client) {
    --all_at_a_time_;
    const auto known = clients_.find(client);
    if (--known->second.at_a_time == 0 && known->second.wrong == 0) {
        clients_.erase(known);
    }
}

void PasscodeGuesses::wrong(const std::string& client, Clock::time_point now) {
    Client& known = clients_[client];
    if (known.until <= now) {
        known.wrong = 0;
        known.until = now + counted_for;
    }
    ++known.wrong;
}

/// Those go whose time is over; where that is nobody, the one whose time is over next. Who is being
/// checked stays.
void PasscodeGuesses::make_room(Clock::time_point now) {
    if (clients_.size() < clients_max) {
        return;
    }
    std::erase_if(clients_, [now](const auto& each) {
        return each.second.at_a_time == 0 && each.second.until <= now;
    });
    if (clients_.size() < clients_max) {
        return;
    }
    const auto sooner = [](const auto& a, const auto& b) {
        return a.second.at_a_time == 0 &&
               (b.second.at_a_time > 0 || a.second.until < b.second.until);
    };
    clients_.erase(std::ranges::min_element(clients_, sooner));
}

}  // namespace cxr::bridge::web
