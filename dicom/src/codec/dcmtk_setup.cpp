#include "dicom/codec/codec.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>

#include <stdexcept>

namespace cxr::dicom {

void initialise_dcmtk() {
    static const bool registered = [] {
        if (!dcmDataDict.isDictionaryLoaded()) {
            throw std::runtime_error(
                "DCMTK's data dictionary is not installed: install the package libdcmtk17, or name "
                "dicom.dic in DCMDICTPATH");
        }
        // Lossless encoding keeps the SOP Instance UID; decoding does, too.
        DJEncoderRegistration::registerCodecs();
        DJDecoderRegistration::registerCodecs();
        // The "raw" encoder: the "cooked" one drops what stands beside the stored bits.
        DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFFalse);
        DJLSDecoderRegistration::registerCodecs();
        DcmRLEEncoderRegistration::registerCodecs();
        DcmRLEDecoderRegistration::registerCodecs();
        return true;
    }();
    static_cast<void>(registered);
}

}  // namespace cxr::dicom
