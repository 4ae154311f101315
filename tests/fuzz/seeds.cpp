// fuzz_seeds DIR: what the fuzzers begin with, all of it made here: one valid input or a few for
// each.
#include "dicom/codec/codec.hpp"
#include "storescp/dimse/command_set.hpp"
#include "storescp/upper_layer/data_framer.hpp"
#include "storescp/upper_layer/pdu.hpp"
#include "support/element_bytes.hpp"
#include "support/files.hpp"
#include "support/png_filters.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <filesystem>
#include <initializer_list>

namespace {

using namespace cxr;
using test::as_text;

class Seeds {
public:
    Seeds(const std::filesystem::path& root, const char* fuzzer) : folder_(root / fuzzer) {
        std::filesystem::create_directories(folder_);
    }
    void add(const std::string& bytes) {
        test::write_file(folder_ / ("seed-" + std::to_string(++count_)), bytes);
    }

private:
    std::filesystem::path folder_;
    int count_ = 0;
};

storescp::pdu::AssociateRQ association_request() {
    storescp::pdu::AssociateRQ request;
    request.called = storescp::pdu::title_field("CXRBRIDGE");
    request.calling = storescp::pdu::title_field("FUZZER");
    request.contexts = {
        {1, UID_VerificationSOPClass, {UID_LittleEndianImplicitTransferSyntax}},
        {3,
         UID_SecondaryCaptureImageStorage,
         {UID_LittleEndianExplicitTransferSyntax, UID_JPEGLSLosslessTransferSyntax}}};
    auto& user = request.user;
    user.pdu_bytes_max = 16'384;
    user.implementation_class_uid = "1.2.3";
    user.implementation_version_name = "FUZZER";
    user.asynchronous_window = storescp::pdu::AsynchronousWindow{};
    user.roles = {{UID_SecondaryCaptureImageStorage, {.scu = false, .scp = true}}};
    user.extended = {{UID_FINDStudyRootQueryRetrieveInformationModel, {1, 1, 0, 0}}};
    user.common = {{UID_SecondaryCaptureImageStorage, "1.2.840.10008.4.2", {"1.2.4"}}};
    user.identity = storescp::pdu::UserIdentityItem{.type = 1, .primary = {std::byte{'u'}}};
    return request;
}

storescp::CommandSet echo_request() {
    storescp::CommandSet command;
    command.affected_sop_class_uid = UID_VerificationSOPClass;
    command.command_field = 0x0030;
    command.message_id = 1;
    command.data_set_type = storescp::no_data_set;
    return command;
}

/// One P-DATA-TF PDU with one whole command.
std::string command_pdu(const storescp::CommandSet& command) {
    const std::string bytes = as_text(storescp::encode_command_set(command));
    const auto size = static_cast<std::uint32_t>(bytes.size());
    return std::string("\x04\0", 2) + test::big_endian(size + 6) + test::big_endian(size + 2) +
           std::string("\x01\x03", 2) + bytes;
}

void pdu_stream(Seeds seeds) {
    const std::string request = as_text(storescp::pdu::encode(association_request()));
    const std::string release = as_text(storescp::pdu::encode_release_rq());
    const std::string abort = as_text(storescp::pdu::encode(storescp::abort_by_user));
    storescp::pdu::AssociateAC accepted;
    accepted.contexts = {{1, storescp::ContextResult::acceptance, "1.2.840.10008.1.2"}};
    const std::string answer = as_text(storescp::pdu::encode(accepted));
    const std::string echo = command_pdu(echo_request());
    // The first byte: bit 0 the role (requestor), the others the size of the pieces.
    seeds.add(std::string(1, '\0') + request + echo + release);
    seeds.add(std::string(1, '\x0e') + request + echo + abort);
    seeds.add(std::string(1, '\x01') + answer + echo + release);
    seeds.add(std::string(1, '\x01') +
              as_text(storescp::pdu::encode(storescp::Rejection{1, 1, 7})));
}

void command_set(Seeds seeds) {
    seeds.add(as_text(storescp::encode_command_set(echo_request())));
    storescp::CommandSet move = echo_request();
    move.move_destination = "ELSEWHERE";
    move.priority = 0;
    move.remaining_suboperations = 7;
    move.offending_elements = {0x00080052};
    move.error_comment = "why";
    move.move_originator_ae_title = "FUZZER";
    move.action_type_id = 1;
    seeds.add(as_text(storescp::encode_command_set(move)));
}

DcmDataset study_query() {
    DcmDataset query;
    for (const auto& [tag, value] : std::initializer_list<std::pair<DcmTagKey, const char*>>{
             {DCM_SpecificCharacterSet, "ISO_IR 192"},
             {DCM_QueryRetrieveLevel, "STUDY"},
             {DCM_PatientName, "Sm*^J?"},
             {DCM_PatientID, "00000013"},
             {DCM_StudyDate, "20010101-20051231"},
             {DCM_StudyTime, "1000-"},
             {DCM_ModalitiesInStudy, "DX\\SR"},
             {DCM_StudyInstanceUID, "1.2.3\\1.2.4"}}) {
        query.putAndInsertString(tag, value);
    }
    query.putAndInsertString(DCM_CodeValue, "36643-5");
    return query;
}

void identifier(Seeds seeds) {
    const E_TransferSyntax syntaxes[] = {
        EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit};
    for (const char model : {'\0', '\4', '\x08'}) {
        for (int i = 0; i < 3; ++i) {
            DcmDataset query = study_query();
            const char head[] = {static_cast<char>(model | i), '\x02'};
            seeds.add(std::string(head, 2) + test::dcmtk_bytes(query, syntaxes[i]));
        }
    }
    DcmDataset query = study_query();
    const std::string plain = test::dcmtk_bytes(query, EXS_LittleEndianExplicit);
    seeds.add(std::string("\x03\x07", 2) + as_text(dicom::deflate_data_set(test::as_bytes(plain))));
}

DcmDataset small_image() {
    DcmDataset image = study_query();
    image.putAndInsertString(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
    image.putAndInsertString(DCM_SOPInstanceUID, "2.25.1");
    image.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
    for (const auto& [tag, value] :
         std::initializer_list<std::pair<DcmTagKey, Uint16>>{{DCM_SamplesPerPixel, 1},
                                                             {DCM_Rows, 4},
                                                             {DCM_Columns, 6},
                                                             {DCM_BitsAllocated, 8},
                                                             {DCM_BitsStored, 8},
                                                             {DCM_HighBit, 7},
                                                             {DCM_PixelRepresentation, 0}}) {
        image.putAndInsertUint16(tag, value);
    }
    const Uint8 pixels[24] = {1, 2, 3, 4, 5, 6, 7};
    image.putAndInsertUint8Array(DCM_PixelData, pixels, 24);
    DcmItem* code = nullptr;
    image.findOrCreateSequenceItem(DCM_ConceptNameCodeSequence, code, -2);
    code->putAndInsertString(DCM_CodeValue, "121071");
    return image;
}

void data_set(Seeds seeds) {
    dicom::initialise_dcmtk();
    const auto syntaxes = dicom::all_transfer_syntaxes();
    for (std::size_t i = 0; i < syntaxes.size(); ++i) {
        DcmDataset image = small_image();
        if (const auto object = dicom::encode_data_set(image, syntaxes[i])) {
            seeds.add(static_cast<char>(i) + as_text(object->segments.front().bytes));
        }
    }
}

/// The first byte: as it is, or with the CRCs put right; the last seed: rows to be compressed.
void png(Seeds seeds) {
    for (const char kind : {'\0', '\1'}) {
        for (const unsigned colour_type : {0U, 2U, 3U, 4U, 6U}) {
            for (const unsigned bit_depth : {1U, 8U, 16U}) {
                const test::PngPicture picture{
                    .width = 9,
                    .height = 5,
                    .bit_depth = static_cast<std::uint8_t>(bit_depth),
                    .colour_type = static_cast<std::uint8_t>(colour_type)};
                if (bit_depth == 8 || colour_type == 0) {
                    seeds.add(kind + picture.file());
                }
            }
        }
    }
    const std::string rows = test::PngPicture{.width = 9, .height = 5}.rows();
    seeds.add(std::string("\x02\x08\x04\x03\0", 5) + rows);
}

/// The first byte: a file, filtered rows, a deflate stream; then colour, width, height, chunks.
void png_grey(Seeds seeds) {
    std::mt19937 random(1);
    for (const bool rgba : {false, true}) {
        test::FilteredPicture picture{.width = 66,
                                      .height = 64,
                                      .rgba = rgba,
                                      .grey = std::vector<std::uint8_t>(66 * 64, 90),
                                      .types = std::vector<std::uint8_t>(64, 4)};
        picture.image_chunk_bytes = 100;
        seeds.add('\0' + picture.file());
        const std::string colour(1, rgba ? '\1' : '\0');
        picture.grey = test::random_pixels(66 * 64, random);
        const std::string rows = picture.rows();
        seeds.add("\1" + colour + "\x41\x3f\x05" + rows.substr(0, 2000));
        const std::string stream = test::zlib_compressed(rows);
        seeds.add("\2" + colour + "\x41\x3f\x05" + stream.substr(2, stream.size() - 6));
    }
}

void tables(Seeds seeds) {
    seeds.add(std::string(1, '\0') +
              "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View "
              "Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],\n"
              "00000007_000.png,Mass|Nodule,0,7,058Y,F,PA,2048,2500,0.168,0.168,\r\n"
              "00000007_001.png,No Finding,1,7,413,M,AP,2048,2500,0.168,0.168\n");
    seeds.add(std::string(1, '\1') +
              "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
              "00000007_000.png,Infiltrate,10.5,20.25,100,200.125,,,\n");
    seeds.add(std::string(1, '\2') +
              "00000007_000.png\n00000007_001.png 0 1 0 0 0 0 0 0 0 0 0 0 0 0\n");
}

void web(Seeds seeds) {
    seeds.add(std::string(1, '\0') +
              "/dicom-web/studies/1.2?includefield=00081030%2C00080060&limit=1");
    seeds.add(std::string(1, '\1') +
              "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*, */*;q=0.1");
    seeds.add(
        "\x0eGET /a%20b?c=d HTTP/1.1\r\nHost: a\r\nAccept: application/dicom+json\r\n\r\n"
        "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    seeds.add(
        "\xffPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: "
        "100-continue\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\n");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    const std::filesystem::path root = argv[1];
    pdu_stream(Seeds(root, "pdu_stream"));
    command_set(Seeds(root, "command_set"));
    identifier(Seeds(root, "identifier"));
    data_set(Seeds(root, "data_set"));
    png(Seeds(root, "png"));
    png_grey(Seeds(root, "png_grey"));
    tables(Seeds(root, "tables"));
    web(Seeds(root, "web"));
    return 0;
}
