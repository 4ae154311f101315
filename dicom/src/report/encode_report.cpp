#include "dicom/codec/codec.hpp"
#include "dicom/report/report.hpp"

namespace cxr::dicom {

Result<EncodedObject> encode_report(const ImageRecord& record,
                                    DerivedKind kind,
                                    const TransferSyntax& transfer_syntax,
                                    const MappingOptions& options) {
    auto document = build_report(record, kind, options);
    if (!document) {
        return std::move(document).error();
    }
    return encode_document(**document, transfer_syntax);
}

}  // namespace cxr::dicom
