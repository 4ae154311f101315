#include "dicom/mapping/options.hpp"

#include "dicom/report/code_table.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

namespace cxr::dicom {
namespace {

const char* spacing_term(Spacing spacing) {
    return spacing == Spacing::pixel ? "spacing=pixel;" : "spacing=none;";
}

const char* modality_term(ModalityChoice modality) {
    switch (modality) {
        case ModalityChoice::cr:
            return "modality=cr;";
        case ModalityChoice::ot:
            return "modality=ot;";
        case ModalityChoice::automatic:
            return "modality=auto;";
        case ModalityChoice::dx:
            break;
    }
    return "";
}

}  // namespace

const CodeTable& ReportOptions::code_table() const {
    return codes ? *codes : CodeTable::built_in();
}

std::string_view ReportOptions::sop_class_uid() const {
    switch (sop_class) {
        case ReportClass::comprehensive:
            return UID_ComprehensiveSRStorage;
        case ReportClass::enhanced:
            return UID_EnhancedSRStorage;
        case ReportClass::comprehensive_3d:
            break;
    }
    return UID_Comprehensive3DSRStorage;
}

bool operator==(const ReportOptions& a, const ReportOptions& b) {
    const bool same_table = a.codes == b.codes || a.code_table() == b.code_table();
    return same_table && a.sop_class == b.sop_class && a.label_title == b.label_title &&
           a.code_scheme == b.code_scheme && a.measurements == b.measurements &&
           a.profile == b.profile;
}

std::string MappingOptions::profile() const {
    const MappingOptions standard;
    std::string profile;
    if (clinical_trial != standard.clinical_trial) {
        profile += "clinical_trial=off;";
    }
    if (dates != standard.dates) {
        profile += "dates=none;";
    }
    if (geometry != standard.geometry) {
        profile += "geometry=resampled;";
    }
    if (labels_in_image_comments != standard.labels_in_image_comments) {
        profile += "image_comments=labels;";
    }
    if (iod != standard.iod) {
        profile += "iod=strict;";
    }
    if (modality != standard.modality) {
        profile += modality_term(modality);
    }
    if (names != standard.names) {
        profile += "names=human;";
    }
    if (spacing != standard.spacing) {
        profile += spacing_term(spacing);
    }
    return profile;
}

}  // namespace cxr::dicom
