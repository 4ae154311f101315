#pragma once
/// The JSON texts of /api (docs/api.yaml), from values: pure. One line each; times are UTC, RFC
/// 3339.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/delivery/queue.hpp"
#include "dicom/report/report_reader.hpp"
#include "storescp/association/settings.hpp"
#include "web/activity.hpp"
#include "web/image_index.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace cxr::bridge::web {

/// What does not change while the node runs.
struct NodeFacts {
    std::string ae_title;
    std::string listen;
    std::uint16_t port = 0, tls_port = 0;  ///< 0: no TLS
    std::string tls_listen;
    std::string version;
    std::string dates;     ///< "synthetic", "none"
    std::string data_set;  ///< the folder's last name
    bool has_viewer = false;
    TimePoint started{};
};

/// A C-ECHO of ours to a peer.
struct PeerEcho {
    bool answered = false;
    std::uint16_t status = 0;
    std::string why;  ///< it was not
    std::chrono::microseconds took{0};
};

/// One report of a study, read.
struct StudyReport {
    std::string sop_instance_uid{}, series_instance_uid{};
    std::vector<dicom::Annotation> annotations{};  ///< image_index: a SOP Instance UID
    std::vector<std::string> rejected{};           ///< what it says and is not read, and why
};

[[nodiscard]] std::string rfc_3339(TimePoint time);

[[nodiscard]] std::string node_json(const NodeFacts& facts, const CatalogueCounts& counts);
[[nodiscard]] std::string activity_json(const ActivitySnapshot& activity);
[[nodiscard]] std::string queue_json(const std::vector<DestinationEntry>& destinations);
[[nodiscard]] std::string peers_json(const storescp::AccessPolicy& access);
[[nodiscard]] std::string echo_json(const PeerEcho& echo);
[[nodiscard]] std::string images_json(const ImageIndex& index,
                                      const ImagePage& page,
                                      const dicom::MappingOptions& mapping);
[[nodiscard]] std::string annotations_json(const std::vector<StudyReport>& reports);
/// Keywords by tag, "00100010": what the attribute table calls things.
[[nodiscard]] std::string dictionary_json();

}  // namespace cxr::bridge::web
