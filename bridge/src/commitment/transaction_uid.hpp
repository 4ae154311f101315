#pragma once
/// A Transaction UID that nobody has used: 2.25 and a random UUID (PS3.5 B.2).

#include "dicom/core/uid.hpp"

#include <boost/uuid/random_generator.hpp>

#include <algorithm>
#include <string>

namespace cxr::bridge {

[[nodiscard]] inline std::string new_transaction_uid() {
    const boost::uuids::uuid random = boost::uuids::random_generator()();
    dicom::Uuid bytes{};
    std::copy(random.begin(), random.end(), bytes.begin());
    return dicom::uid_of(bytes);
}

}  // namespace cxr::bridge
