#include "catalogue/reader_pool.hpp"

#include "catalogue/query_compiler.hpp"

namespace cxr::bridge {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

namespace {

constexpr std::size_t idle_max = 64;
constexpr std::size_t warm_max = 8;  // that keep the pages they have read
constexpr std::size_t lent_max = 1024;
constexpr std::size_t statements_max = 64;  // per idle connection
constexpr const char* pragmas = "PRAGMA cache_size = -2048; PRAGMA query_only = 1";

Result<std::unique_ptr<sqlite::Connection>> open(const std::filesystem::path& file) {
    auto opened = sqlite::Connection::open(file, sqlite::Access::read_only);
    if (!opened) {
        return opened.error();
    }
    auto connection = std::make_unique<sqlite::Connection>(std::move(*opened));
    if (auto set = connection->execute(pragmas); !set) {
        return set.error();
    }
    if (auto registered = register_query_functions(*connection); !registered) {
        return registered.error();
    }
    return connection;
}

}  // namespace

ReaderPool::Lease::~Lease() {
    if (connection_) {
        pool_->give_back(std::move(connection_));
    }
}

Result<ReaderPool::Lease> ReaderPool::lease() {
    {
        const std::lock_guard lock(mutex_);
        if (lent_ >= lent_max) {
            return Fault{.kind = FaultKind::exhausted,
                         .doing = "catalogue: too many queries at once"};
        }
        ++lent_;
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return Lease(*this, std::move(connection));
        }
    }
    auto opened = open(file_);
    if (!opened) {
        const std::lock_guard lock(mutex_);
        --lent_;
        return opened.error();
    }
    return Lease(*this, std::move(*opened));
}

void ReaderPool::close_idle() {
    const std::lock_guard lock(mutex_);
    idle_.clear();
}

void ReaderPool::give_back(std::unique_ptr<sqlite::Connection> connection) {
    if (connection->cached_statements() > statements_max) {
        connection->forget_statements();
    }
    const std::lock_guard lock(mutex_);
    --lent_;
    if (idle_.size() >= warm_max) {
        connection->release_memory();
    }
    if (idle_.size() < idle_max) {
        idle_.push_back(std::move(connection));
    }
}

}  // namespace cxr::bridge
