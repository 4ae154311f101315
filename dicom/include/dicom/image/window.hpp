#pragma once
/// A window of values (PS3.3 C.11.2.1.2): which of them are shown from black to white.

namespace cxr::dicom {

struct Window {
    double center, width;
    bool sigmoid = false;
    friend bool operator==(const Window&, const Window&) = default;
};

}  // namespace cxr::dicom
