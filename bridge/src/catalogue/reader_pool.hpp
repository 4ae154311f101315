#pragma once
/// Read-only connections, lent one per caller. Some stay open when idle: to open one, and to
/// prepare its statements anew, takes longer than most queries.

#include "catalogue/sqlite.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace cxr::bridge {

class ReaderPool {
public:
    explicit ReaderPool(std::filesystem::path file) : file_(std::move(file)) {}

    /// Gives the connection back when destroyed; the pool must outlive it.
    class Lease {
    public:
        Lease(ReaderPool& pool, std::unique_ptr<sqlite::Connection> connection)
            : pool_(&pool), connection_(std::move(connection)) {}
        ~Lease();
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        sqlite::Connection& operator*() { return *connection_; }
        sqlite::Connection* operator->() { return connection_.get(); }

    private:
        ReaderPool* pool_;
        std::unique_ptr<sqlite::Connection> connection_;
    };

    /// Faults: exhausted (too many at once), storage.
    [[nodiscard]] dicom::Result<Lease> lease();
    /// Closes what is idle.
    void close_idle();

private:
    void give_back(std::unique_ptr<sqlite::Connection> connection);

    const std::filesystem::path file_;
    std::mutex mutex_;  // guards the rest
    std::vector<std::unique_ptr<sqlite::Connection>> idle_;
    std::size_t lent_ = 0;
};

}  // namespace cxr::bridge
