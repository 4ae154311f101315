#pragma once
/// A connection that one caller at a time has, from any thread: reading, or inside a transaction
/// that is committed when the work succeeds.

#include "catalogue/sqlite.hpp"

#include <mutex>
#include <utility>

namespace cxr::bridge::sqlite {

class GuardedConnection {
public:
    explicit GuardedConnection(Connection connection) : connection_(std::move(connection)) {}

    template <typename Work>
    auto read(Work work) {
        const std::lock_guard lock(mutex_);
        return work(connection_);
    }

    /// A transaction that `work` fills; its fault rolls back.
    template <typename Work>
    auto write(Work work) -> decltype(work(std::declval<Connection&>())) {
        const std::lock_guard lock(mutex_);
        auto transaction = Transaction::begin(connection_);
        if (!transaction) {
            return transaction.error();
        }
        auto outcome = work(connection_);
        if (!outcome) {
            return outcome;
        }
        if (auto committed = transaction->commit(); !committed) {
            return committed.error();
        }
        return outcome;
    }

private:
    std::mutex mutex_;
    Connection connection_;  // guarded by mutex_
};

}  // namespace cxr::bridge::sqlite
