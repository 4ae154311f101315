#include "web/api_json.hpp"

#include "json_writer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <sstream>

namespace cxr::bridge::web {

namespace {

/// A text and its writer.
struct Json {
    std::ostringstream text;
    JsonWriter writer{text, dicom::JsonLayout::one_line};

    Json& member(std::string_view name, std::string_view value) {
        writer.key(name).value(value);
        return *this;
    }
    Json& number(std::string_view name, std::uint64_t value) {
        writer.key(name).value(std::size_t{value});
        return *this;
    }
    Json& truth(std::string_view name, bool value) {
        writer.key(name).value(value);
        return *this;
    }
    Json& time(std::string_view name, TimePoint value) { return member(name, rfc_3339(value)); }

    template <typename Values, typename Write>
    void list(std::string_view name, const Values& values, Write write) {
        writer.key(name);
        elements(values, write);
    }
    template <typename Values, typename Write>
    void elements(const Values& values, Write write) {
        writer.open_array();
        for (const auto& value : values) {
            write(value);
        }
        writer.close_array();
    }
    template <typename Write>
    void object(Write write) {
        writer.open_object();
        write();
        writer.close_object();
    }
};

double milliseconds(std::chrono::microseconds took) {
    return static_cast<double>(took.count()) / 1000.0;
}

std::string_view text_of(dicom::Sex sex) {
    return sex == dicom::Sex::male ? "M" : sex == dicom::Sex::female ? "F" : "";
}

std::string_view text_of(dicom::ViewPosition view) {
    return view == dicom::ViewPosition::pa ? "PA" : view == dicom::ViewPosition::ap ? "AP" : "";
}

std::string status_text(std::uint16_t status) {
    return fmt::format("{:04X}", status);
}

void write_association(Json& json, const LiveAssociation& live) {
    json.object([&] {
        json.number("number", live.number)
            .time("since", live.since)
            .member("calling", live.peers.calling)
            .member("called", live.peers.called)
            .member("address", live.address)
            .member("security", live.security)
            .member("user", live.user)
            .number("requests", live.requests)
            .member("lastRequest", live.last_request);
    });
}

void write_retrieval(Json& json, const LiveRetrieval& live) {
    const storescp::RetrieveProgressed& progress = live.progress;
    json.object([&] {
        json.member("service", progress.service)
            .time("since", live.since)
            .number("association", progress.association)
            .member("calling", progress.peers.calling)
            .member("destination", progress.destination)
            .number("remaining", progress.remaining)
            .number("completed", progress.completed)
            .number("failed", progress.failed)
            .number("warnings", progress.warnings);
    });
}

void write_refusal(Json& json, const RefusedAssociation& refused) {
    json.object([&] {
        json.time("at", refused.at)
            .member("calling", refused.peers.calling)
            .member("called", refused.peers.called)
            .member("address", refused.address)
            .member("reason", refused.reason)
            .member("why", refused.why)
            .member("section", refused.section);
    });
}

void write_operation(Json& json, const PastOperation& past) {
    json.object([&] {
        json.time("at", past.at)
            .member("service", past.service)
            .member("detail", past.detail)
            .member("calling", past.calling)
            .member("status", past.is_answered ? status_text(past.status) : "none")
            .number("completed", past.completed)
            .number("failed", past.failed)
            .number("warnings", past.warnings)
            .member("why", past.why);
        json.writer.key("milliseconds").value(milliseconds(past.took));
    });
}

void write_annotation(Json& json, const dicom::Annotation& annotation) {
    json.object([&] {
        json.member("image", annotation.image_index)
            .member("finding",
                    annotation.finding ? dicom::label_of(*annotation.finding)
                                       : std::string_view(annotation.finding_code.meaning))
            .member("label", annotation.label_as_written)
            .member("observerType",
                    annotation.observer.type == dicom::ObserverType::device ? "device" : "person")
            .member("observer", annotation.observer.name);
        if (annotation.box) {
            const dicom::AnnotationBox& box = *annotation.box;
            json.list("box", std::array{box.x, box.y, box.width, box.height}, [&](double number) {
                json.writer.value(number);
            });
        }
        if (annotation.certainty_percent) {
            json.writer.key("certaintyPercent").value(*annotation.certainty_percent);
        }
    });
}

/// The UIDs are functions of the image's name alone.
void write_image(Json& json,
                 const ImageIndex& index,
                 const IndexedImage& image,
                 const dicom::MappingOptions& mapping) {
    dicom::ImageRecord record;
    record.row.image_index = image.stem + ".png";
    json.object([&] {
        json.member("image", image.stem)
            .member("patientID", record.row.patient_id())
            .member("studyInstanceUID", dicom::study_entity(record, mapping).study_instance_uid)
            .member("studyDate", image.study_date == 0 ? "" : std::to_string(image.study_date))
            .number("followUp", image.follow_up)
            .member("sex", text_of(image.sex))
            .member("view", text_of(image.view))
            .member("split", index.splits()[image.split])
            .number("boxes", image.boxes);
        json.writer.key("aspect").value(std::round(static_cast<double>(image.aspect) * 1e4) / 1e4);
        if (image.has_age) {
            json.number("ageYears", image.age_years);
        }
        json.writer.key("findings").open_array();
        for (std::size_t i = 0; i < dicom::finding_count; ++i) {
            if (((image.findings >> i) & 1U) != 0) {
                json.writer.value(dicom::label_of(static_cast<dicom::Finding>(i)));
            }
        }
        json.writer.close_array();
    });
}

void write_count(Json& json, std::string_view value, std::size_t count) {
    json.object([&] { json.member("value", value).number("count", count); });
}

}  // namespace

std::string rfc_3339(TimePoint time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                       utc.tm_year + 1900,
                       utc.tm_mon + 1,
                       utc.tm_mday,
                       utc.tm_hour,
                       utc.tm_min,
                       utc.tm_sec);
}

std::string node_json(const NodeFacts& facts, const CatalogueCounts& counts) {
    Json json;
    json.object([&] {
        json.member("aeTitle", facts.ae_title)
            .member("listen", facts.listen)
            .number("port", facts.port)
            .member("tlsListen", facts.tls_listen)
            .number("tlsPort", facts.tls_port)
            .member("version", facts.version)
            .time("started", facts.started)
            .member("dates", facts.dates)
            .member("dataSet", facts.data_set)
            .truth("viewer", facts.has_viewer)
            .number("patients", counts.patients)
            .number("studies", counts.studies)
            .number("series", counts.series)
            .number("instances", counts.instances)
            .number("received", counts.received);
    });
    return json.text.str();
}

std::string activity_json(const ActivitySnapshot& activity) {
    Json json;
    json.object([&] {
        json.list("associations", activity.associations, [&](const LiveAssociation& live) {
            write_association(json, live);
        });
        json.list("retrievals", activity.retrievals, [&](const LiveRetrieval& live) {
            write_retrieval(json, live);
        });
        json.list("refused", activity.refused, [&](const RefusedAssociation& refused) {
            write_refusal(json, refused);
        });
        json.list("operations", activity.operations, [&](const PastOperation& past) {
            write_operation(json, past);
        });
    });
    return json.text.str();
}

std::string queue_json(const std::vector<DestinationEntry>& destinations) {
    Json json;
    json.elements(destinations, [&](const DestinationEntry& entry) {
        json.object([&] {
            json.member("aeTitle", entry.ae_title)
                .number("waiting", entry.waiting)
                .number("sending", entry.sending)
                .number("delivered", entry.delivered)
                .number("warnings", entry.warnings)
                .number("failed", entry.failed)
                .number("dropped", entry.dropped)
                .number("committed", entry.committed)
                .number("attempts", entry.attempts)
                .truth("givenUp", entry.given_up)
                .member("lastReason", entry.last_reason);
            if (entry.next_attempt) {
                json.time("nextAttempt", *entry.next_attempt);
            }
        });
    });
    return json.text.str();
}

std::string peers_json(const storescp::AccessPolicy& access) {
    Json json;
    json.elements(access.peers, [&](const auto& known) {
        const storescp::Peer& peer = known.second;
        json.object([&] {
            json.member("aeTitle", peer.ae_title)
                .member("host", peer.host)
                .number("port", peer.port)
                .truth("tls", peer.tls)
                .truth("destination", peer.is_move_destination);
        });
    });
    return json.text.str();
}

std::string echo_json(const PeerEcho& echo) {
    Json json;
    json.object([&] {
        json.truth("answered", echo.answered).member("status", status_text(echo.status));
        json.member("why", echo.why);
        json.writer.key("milliseconds").value(milliseconds(echo.took));
    });
    return json.text.str();
}

std::string images_json(const ImageIndex& index,
                        const ImagePage& page,
                        const dicom::MappingOptions& mapping) {
    Json json;
    json.object([&] {
        json.number("total", page.total).number("of", index.size()).number("boxed", page.boxed);
        json.list("images", page.images, [&](const IndexedImage* image) {
            write_image(json, index, *image, mapping);
        });
        json.writer.key("findings").open_array();
        for (std::size_t i = 0; i < dicom::finding_count; ++i) {
            write_count(
                json, dicom::label_of(static_cast<dicom::Finding>(i)), page.by_finding.at(i));
        }
        json.writer.close_array();
        json.writer.key("splits").open_array();
        for (std::size_t i = 0; i < page.by_split.size(); ++i) {
            write_count(json, index.splits()[i], page.by_split[i]);
        }
        json.writer.close_array();
        json.writer.key("views").open_array();
        for (const dicom::ViewPosition view :
             {dicom::ViewPosition::pa, dicom::ViewPosition::ap, dicom::ViewPosition::unknown}) {
            write_count(json, text_of(view), page.by_view.at(static_cast<std::size_t>(view)));
        }
        json.writer.close_array();
    });
    return json.text.str();
}

std::string annotations_json(const std::vector<StudyReport>& reports) {
    Json json;
    json.elements(reports, [&](const StudyReport& report) {
        json.object([&] {
            json.member("sopInstanceUID", report.sop_instance_uid)
                .member("seriesInstanceUID", report.series_instance_uid);
            json.list("annotations", report.annotations, [&](const dicom::Annotation& annotation) {
                write_annotation(json, annotation);
            });
            json.list("rejected", report.rejected, [&](const std::string& why) {
                json.writer.value(std::string_view(why));
            });
        });
    });
    return json.text.str();
}

}  // namespace cxr::bridge::web
