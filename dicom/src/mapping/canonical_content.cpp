#include "mapping/canonical_content.hpp"

// As for the names of UIDs (core/uid.cpp): OpenSSL 3's one-shot functions look the algorithm up
// anew each time, which takes longer than the digest.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>
#include <charconv>

namespace cxr::dicom {

void append(std::string& content, const CodedConcept& code) {
    content += '|';
    content += code.value;
    content += '^';
    content += code.scheme;
    content += '^';
    content += code.meaning;
}

void append(std::string& content, double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(
        digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 15);
    content += '|';
    content.append(digits.data(), end.ptr);
}

void append_patient_and_study(std::string& content,
                              const ImageRecord& record,
                              const MappingOptions& options) {
    const ChestXRayRow& row = record.row;
    content += '\n';
    content += static_cast<char>('0' + static_cast<int>(row.sex));
    content += static_cast<char>('0' + static_cast<int>(row.view));
    if (row.age) {
        content += std::to_string(row.age->value) + row.age->unit;
    }
    for (const std::string* date :
         {&record.dates.patient_birth_date, &record.dates.study_date, &record.dates.study_time}) {
        content += '|';
        content += *date;
    }
    content += '|' + std::to_string(row.follow_up);
    if (options.clinical_trial) {
        content += record.release == Release::v2020 ? "|v2020|" : "|v2017|";
        content += record.split;
    }
}

void append_revision(std::string& content, const ImageRecord& record, DerivedKind kind) {
    if (const Revision* revision = revision_of(record, kind)) {
        content += "\nreplaces|" + revision->predecessor_sop_instance_uid + '|' +
                   std::to_string(revision->number);
    }
}

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, text.data(), text.size());
    SHA256_Final(digest.data(), &state);
    constexpr std::string_view hex_digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(digest.size() * 2);
    for (const unsigned char byte : digest) {
        hex += hex_digits[byte >> 4];
        hex += hex_digits[byte & 0x0f];
    }
    return hex;
}

}  // namespace cxr::dicom
