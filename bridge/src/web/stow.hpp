#pragma once
/// STOW-RS (PS3.18 §10.5) without HTTP: the parts of a multipart/related body become objects by the
/// same receive port as C-STORE, each durable before the next one is looked at. Blocking; one
/// thread at a time.

#include "storescp/ports.hpp"
#include "web/multipart_parser.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cxr::bridge::web {

/// Failure Reason (0008,1197) and Warning Reason (0008,1196) of PS3.18 Annex I.2.
namespace stow_reason {
inline constexpr std::uint16_t coerced_or_duplicate = 0xB000;
inline constexpr std::uint16_t processing_failure = 0x0110;
inline constexpr std::uint16_t sop_class_not_supported = 0x0122;
inline constexpr std::uint16_t out_of_resources = 0xA700;
inline constexpr std::uint16_t does_not_match = 0xA900;
inline constexpr std::uint16_t cannot_understand = 0xC000;
inline constexpr std::uint16_t transfer_syntax_not_supported = 0xC122;
}  // namespace stow_reason

/// What became of one part.
struct StowedPart {
    storescp::SOPReference reference{};  ///< as far as it is known
    storescp::StudyAndSeries place{};    ///< of a stored one
    std::uint16_t reason = 0;            ///< 0: stored; Bxxx: stored before, or so, with a warning
    std::string why{};
    std::uint64_t bytes = 0;
    storescp::AuditSubject subject{};

    [[nodiscard]] bool failed() const { return reason != 0 && (reason & 0xF000U) != 0xB000U; }
};

struct StowSettings {
    storescp::ReceivePort& receive;
    std::string calling_ae_title, called_ae_title;
    std::string study_instance_uid;  ///< that all objects must belong to; empty: to any
    MultipartLimits limits{};
};

class Stow {
public:
    Stow(std::string_view boundary, StowSettings settings);
    ~Stow();
    Stow(const Stow&) = delete;
    Stow& operator=(const Stow&) = delete;

    /// More of the body. Faults: those of MultipartParser; parts before it are kept.
    [[nodiscard]] dicom::Result<void> take(std::span<const std::byte> bytes);
    /// The body is over. Faults: malformed (it was cut short: its last part is not kept).
    [[nodiscard]] dicom::Result<void> finish();
    [[nodiscard]] const std::vector<StowedPart>& parts() const { return parts_; }

private:
    class Part;

    dicom::Result<void> take_events(bool& more);

    const StowSettings settings_;
    MultipartParser parser_;
    std::unique_ptr<Part> part_;  ///< that is being received
    std::vector<StowedPart> parts_;
};

/// PS3.18 Table 10.5.3-1: 200 all stored; 202 some with a warning, or not; 409 none, 503 none for
/// want of space; 400 nothing was sent.
[[nodiscard]] unsigned stow_status(std::span<const StowedPart> parts);
/// PS3.18 Table 10.5.3-2. @param service "http://127.0.0.1:8080/dicom-web", of the Retrieve URLs
[[nodiscard]] dicom::Attributes stow_result(std::span<const StowedPart> parts,
                                            std::string_view service);

}  // namespace cxr::bridge::web
