#include "catalogue/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace cxr::bridge::sqlite {

namespace {

constexpr int busy_timeout_ms = 10'000;

Fault fault_of(int code, const char* message) {
    const int primary = code & 0xFF;
    const FaultKind kind = primary == SQLITE_FULL ? FaultKind::exhausted : FaultKind::storage;
    return Fault{.kind = kind, .doing = fmt::format("database: {} ({})", message, code)};
}

Fault fault_of(int code, sqlite3* connection) {
    return fault_of(code,
                    connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code));
}

}  // namespace

void Statement::Finalise::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Statement::bind(int index, std::int64_t value) {
    bind_error_ |= sqlite3_bind_int64(statement_.get(), index, value);
}

void Statement::bind(int index, std::string_view text) {
    // A null pointer would bind NULL: an empty text is a text.
    const char* data = text.data() != nullptr ? text.data() : "";
    bind_error_ |=
        sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind(int index, std::span<const std::byte> blob) {
    bind_error_ |=
        sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_STATIC);
}

void Statement::bind_null(int index) {
    bind_error_ |= sqlite3_bind_null(statement_.get(), index);
}

void Statement::bind_pointer(int index, const void* pointer, const char* type_name) {
    // Our functions read it only; SQLite's signature has no const.
    bind_error_ |= sqlite3_bind_pointer(
        statement_.get(), index, const_cast<void*>(pointer), type_name, nullptr);
}

Result<bool> Statement::step() {
    if (bind_error_ != SQLITE_OK) {
        return fault_of(std::exchange(bind_error_, 0), "a parameter cannot be bound");
    }
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return fault_of(sqlite3_extended_errcode(sqlite3_db_handle(statement_.get())),
                    sqlite3_db_handle(statement_.get()));
}

Result<void> Statement::run() {
    auto stepped = step();
    sqlite3_reset(statement_.get());
    if (!stepped) {
        return stepped.error();
    }
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    const auto* data = sqlite3_column_text(statement_.get(), column);
    const int bytes = sqlite3_column_bytes(statement_.get(), column);
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(bytes)};
}

std::span<const std::byte> Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int bytes = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes)};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

bool Statement::is_blob(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
}

void Connection::Close::operator()(sqlite3* connection) const {
    sqlite3_close_v2(connection);
}

Result<Connection> Connection::open(const std::filesystem::path& file, Access access) {
    // Memory statistics cost a global lock around every allocation; nobody reads them. Must come
    // before SQLite's first use.
    static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(configured);
    const int flags = access == Access::read_only ? SQLITE_OPEN_READONLY
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Connection connection;
    connection.connection_.reset(raw);
    if (code != SQLITE_OK) {
        Fault fault = fault_of(code, raw);
        fault.doing += fmt::format(": {}", file.string());
        return fault;
    }
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, busy_timeout_ms);
    // No SQL but our own: nothing that a damaged schema could call.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(),
                                        sql.data(),
                                        static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT,
                                        &raw,
                                        nullptr);
    Statement statement(raw);
    if (code != SQLITE_OK) {
        return fault_of(code, connection_.get());
    }
    return statement;
}

Result<Statement*> Connection::cached(std::string_view sql) {
    std::string key(sql);
    if (const auto found = statements_.find(key); found != statements_.end()) {
        found->second->reset();
        return found->second.get();
    }
    auto prepared = prepare(sql);
    if (!prepared) {
        return prepared.error();
    }
    auto owned = std::make_unique<Statement>(std::move(*prepared));
    Statement* statement = owned.get();
    statements_.emplace(std::move(key), std::move(owned));
    return statement;
}

Result<void> Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return fault_of(code, connection_.get());
    }
    return {};
}

Result<std::int64_t> Connection::integer(std::string_view sql, std::int64_t otherwise) {
    auto statement = prepare(sql);
    if (!statement) {
        return statement.error();
    }
    auto row = statement->step();
    if (!row) {
        return row.error();
    }
    return *row && !statement->is_null(0) ? statement->integer(0) : otherwise;
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(connection_.get());
}

void Connection::release_memory() {
    sqlite3_db_release_memory(connection_.get());
}

Result<Transaction> Transaction::begin(Connection& connection) {
    if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) {
        return begun.error();
    }
    return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
    if (connection_ != nullptr) {
        // Nothing to be done about a failing rollback: SQLite rolls back when it opens the file.
        static_cast<void>(connection_->execute("ROLLBACK"));
    }
}

Result<void> Transaction::commit() {
    if (auto committed = connection_->execute("COMMIT"); !committed) {
        return committed.error();
    }
    connection_ = nullptr;
    return {};
}

}  // namespace cxr::bridge::sqlite
