#include "dicom/mapping/options.hpp"

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

std::string MappingOptions::profile() const {
    const MappingOptions standard;
    std::string profile;
    if (clinical_trial != standard.clinical_trial) {
        profile += "clinical_trial=off;";
    }
    if (dates != standard.dates) {
        profile += "dates=none;";
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
