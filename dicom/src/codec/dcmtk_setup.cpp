#include "dicom/codec/codec.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcobject.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <dcmtk/oflog/oflog.h>

#include <mutex>
#include <stdexcept>

namespace cxr::dicom {

void initialise_dcmtk() {
    static std::once_flag once;
    std::call_once(once, [] {
        // What DCMTK would print names values of patients' elements.
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        if (!dcmDataDict.isDictionaryLoaded()) {
            throw std::runtime_error(
                "DCMTK's data dictionary is not installed: install the package libdcmtk17, or name "
                "dicom.dic in DCMDICTPATH");
        }
        // A value is written as it was built or received: nothing is repaired silently.
        dcmEnableAutomaticInputDataCorrection.set(OFFalse);
        // Lossless encoding keeps the SOP Instance UID; decoding does, too.
        DJEncoderRegistration::registerCodecs();
        DJDecoderRegistration::registerCodecs();
        DJLSEncoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
        DcmRLEEncoderRegistration::registerCodecs();
        DcmRLEDecoderRegistration::registerCodecs();
    });
}

}  // namespace cxr::dicom
