#pragma once
/// SQLite behind three small types. Every statement is prepared text with bound parameters; errors
/// are Faults: exhausted (disk full), storage (all else), with SQLite's own words.

#include "dicom/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace cxr::bridge::sqlite {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

/// Belongs to one thread at a time. Bound text and blobs are not copied: they must live until the
/// row is stepped over.
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view text);
    void bind(int index, std::span<const std::byte> blob);
    void bind_null(int index);
    /// For our own SQL functions only: the name is the type.
    void bind_pointer(int index, const void* pointer, const char* type_name);

    /// True: a row is there. False: done.
    [[nodiscard]] Result<bool> step();
    /// Steps a statement that gives no rows, and resets it.
    [[nodiscard]] Result<void> run();
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::span<const std::byte> blob(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] bool is_blob(int column) const;

    [[nodiscard]] explicit operator bool() const { return statement_ != nullptr; }

private:
    struct Finalise {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalise> statement_;
    int bind_error_ = 0;
};

/// Resets a borrowed statement whichever way its user leaves.
class Use {
public:
    explicit Use(Statement& statement) : statement_(statement) {}
    ~Use() { statement_.reset(); }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    Statement* operator->() { return &statement_; }
    Statement& operator*() { return statement_; }

private:
    Statement& statement_;
};

enum class Access : std::uint8_t { read_write_create, read_only };

class Connection {
public:
    [[nodiscard]] static Result<Connection> open(const std::filesystem::path& file, Access access);

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// Prepared once per connection and text, reset when it is asked for again. The address stays.
    [[nodiscard]] Result<Statement*> cached(std::string_view sql);
    [[nodiscard]] std::size_t cached_statements() const { return statements_.size(); }
    void forget_statements() { statements_.clear(); }
    /// One or more statements without parameters.
    [[nodiscard]] Result<void> execute(const std::string& sql);
    /// The first column of the first row; `otherwise` when there is none.
    [[nodiscard]] Result<std::int64_t> integer(std::string_view sql, std::int64_t otherwise = 0);
    [[nodiscard]] std::int64_t changes() const;
    void release_memory();
    [[nodiscard]] sqlite3* handle() const { return connection_.get(); }

private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    std::unique_ptr<sqlite3, Close> connection_;
    std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

/// Rolls back unless committed.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Connection& connection);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

}  // namespace cxr::bridge::sqlite
