#pragma once
/// Lines that wait on the disk until it is known which of them are wanted, in a file without a
/// name: it is gone with the process, however that ends.

#include "dicom/core/result.hpp"

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cxr::bridge {

class LineSpool {
public:
    /// In the folder of `output`, where there has to be room for them anyway. Faults: storage.
    [[nodiscard]] static dicom::Result<LineSpool> beside(const std::filesystem::path& output);

    /// @param line without a line end. What fails is told by for_each().
    void append(std::string_view line);

    /// All lines, in their order, numbered from 0. Faults: storage, of any append before, too.
    [[nodiscard]] dicom::Result<void> for_each(
        const std::function<void(std::size_t number, std::string_view line)>& visit);

private:
    struct Close {
        void operator()(std::FILE* file) const {
            static_cast<void>(std::fclose(file));  // NOLINT(cppcoreguidelines-owning-memory)
        }
    };
    LineSpool(std::string output, std::FILE* file) : output_(std::move(output)), file_(file) {}

    std::string output_;
    std::unique_ptr<std::FILE, Close> file_;
    int error_ = 0;  ///< errno of the first write that failed
};

}  // namespace cxr::bridge
