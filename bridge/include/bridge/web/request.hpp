#pragma once
/// What a client asks for (RFC 9110), read and checked: paths are percent-decoded after they were
/// split, queries are lists, field names are lower case. A value; handlers read it from any one
/// thread at a time.

#include "dicom/core/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cxr::bridge::web {

using dicom::Fault;
using dicom::FaultKind;
using dicom::Result;

struct Field {
    std::string name, value;
    friend bool operator==(const Field&, const Field&) = default;
};
using Fields = std::vector<Field>;

/// The value of the first one of that name, in whatever case; null: there is none.
[[nodiscard]] const std::string* find(const Fields& fields, std::string_view name);
/// Of all fields of that name, joined by commas (RFC 9110 5.3); empty: there is none.
[[nodiscard]] std::string joined(const Fields& fields, std::string_view name);

struct Target {
    std::string raw_path;           ///< as sent, without the query: for log lines
    std::vector<std::string> path;  ///< decoded segments; of "/" none; a last "/" is left out
    Fields query;                   ///< decoded names and values in order; "+" is a space
};

/// Of a request line, origin form. No segment is "." or "..", has "/", "\" or control characters in
/// it once decoded, or is other than UTF-8. Faults: malformed.
[[nodiscard]] Result<Target> parse_target(std::string_view target);

class Body;

/// What somebody may do here.
enum class Role : std::uint8_t { nobody, reader, writer };

struct Request {
    std::string method;  ///< "GET"; HEAD is answered as GET
    Target target;
    Fields headers;     ///< names in lower case
    Fields captures{};  ///< what stood in place of each {name} of the resource's pattern
    Body* body = nullptr;
    /// "http://127.0.0.1:8080", as the client called us: what links begin with.
    std::string origin;
    std::string peer;    ///< "127.0.0.1:40112"
    std::string user{};  ///< checked; empty: nobody asked
    Role role = Role::writer;
    bool secure = false;  ///< came by TLS

    [[nodiscard]] const std::string* header(std::string_view name) const {
        return find(headers, name);
    }
    /// The first parameter of that name; null: there is none.
    [[nodiscard]] const std::string* parameter(std::string_view name) const;
    /// A missing one is a bug of the caller: std::logic_error.
    [[nodiscard]] const std::string& capture(std::string_view name) const;
};

}  // namespace cxr::bridge::web
