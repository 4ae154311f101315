#pragma once
/// Received objects with what hospitals send: names of several scripts and groups, shared Patient
/// IDs, studies of the data set, missing values.

#include "bridge/catalogue/catalogue.hpp"
#include "bridge/catalogue/generated_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace cxr::test {

inline bridge::ReceivedObject received_object(const std::string& sop_instance_uid) {
    bridge::ReceivedObject object;
    object.patient = {.patient_id = "P1",
                      .issuer_of_patient_id = "",
                      .patient_name = "Doe^Jane",
                      .patient_birth_date = "19700101",
                      .patient_sex = "F"};
    object.study.study_instance_uid = "1.2.3";
    object.series.series_instance_uid = "1.2.3.4";
    object.series.modality = "CT";
    object.instance.sop_instance_uid = sop_instance_uid;
    object.instance.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    object.transfer_syntax_uid = "1.2.840.10008.1.2";
    object.file = "objects/" + sop_instance_uid;
    object.bytes = 100;
    object.sha256 = "00";
    object.calling_ae_title = "MODALITY";
    return object;
}

inline std::vector<bridge::ReceivedObject> generated_objects(const bridge::DataSetFolder& folder,
                                                             unsigned count,
                                                             unsigned seed) {
    std::mt19937 random(seed + 1000);
    const auto below = [&random](std::size_t limit) {
        return static_cast<unsigned>(random() % limit);
    };
    const auto one_of = [&below](const auto& choices) -> std::string {
        return choices[below(std::size(choices))];
    };
    constexpr std::array names{"SMITH^JOHN",
                               "Smith",
                               "Müller^Jürgen",
                               "smith^john^^Dr",
                               "Yamada^Tarou=山田^太郎=やまだ^たろう",
                               "O'Brien%_[x]*^?",
                               "",
                               "Ångström^Åsa=",
                               "Иванов^Иван"};
    constexpr std::array issuers{"", "", "HOSPITAL", "NIHCXR14"};
    constexpr std::array dates{"20010203", "19991231", "20010203", "", "not a date"};
    constexpr std::array times{"101112", "10", "235959.999999", "", "1011"};
    constexpr std::array modalities{"CT", "SR", "PR", "DX", ""};
    constexpr std::array meanings{"Plain chest X-ray", "CT of chest", "%_[]"};
    std::vector<bridge::ReceivedObject> objects;
    for (unsigned i = 0; i < count; ++i) {
        bridge::ReceivedObject object = received_object(fmt::format("1.9.{}.{}", seed, i));
        object.patient = {.patient_id = below(3) == 0 ? fmt::format("{:08}", 1 + below(40))
                                                      : fmt::format("P{}", below(6)),
                          .issuer_of_patient_id = one_of(issuers),
                          .patient_name = one_of(names),
                          .patient_birth_date = one_of(dates),
                          .patient_sex = below(2) == 0 ? "M" : ""};
        if (below(3) == 0) {
            object.study = dicom::study_entity(folder.records[below(folder.records.size())], {});
        } else {
            constexpr std::array zones{"", "+0100", "-0530"};
            object.study = {.study_instance_uid = fmt::format("1.8.{}", below(12)),
                            .study_date = one_of(dates),
                            .study_time = one_of(times),
                            .accession_number = fmt::format("A{}", below(5)),
                            .study_id = below(2) == 0 ? "" : "S 1",
                            .study_description = below(2) == 0 ? "Thorax a.p." : "",
                            .referring_physician_name = one_of(names),
                            .patient_age = "040Y",
                            .procedure_code = {.value = fmt::format("{}", below(3)),
                                               .scheme = "L",
                                               .meaning = one_of(meanings)},
                            .timezone_offset_from_utc = one_of(zones)};
        }
        object.series = {.series_instance_uid = fmt::format("1.7.{}", below(10)),
                         .modality = one_of(modalities),
                         .series_number = below(2) == 0 ? "7" : "007",
                         .series_description = "axial",
                         .series_date = one_of(dates),
                         .series_time = one_of(times),
                         .body_part_examined = "CHEST",
                         .protocol_name = "",
                         .manufacturer = "ACME",
                         .institution_name = one_of(issuers),
                         .laterality = "L"};
        object.instance.instance_number = fmt::format("{}", i);
        object.instance.content_date = one_of(dates);
        object.instance.content_time = one_of(times);
        object.instance.rows = below(3) * 256;
        object.instance.columns = 512;
        objects.push_back(std::move(object));
    }
    return objects;
}

}  // namespace cxr::test
