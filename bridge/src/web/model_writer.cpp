#include "model_writer.hpp"

#include "dicom/core/xml_model.hpp"

namespace cxr::bridge::web {

namespace {

constexpr std::string_view xml = "application/dicom+xml";

/// Does a range mean XML in parts?
bool takes_xml_parts(const MediaType& range) {
    if (!range.takes("multipart/related")) {
        return false;
    }
    const std::string type = range.parameter("type");
    if (type.empty()) {
        return true;
    }
    const auto part = parse_media_type(type);
    return part && part->takes(xml);
}

}  // namespace

std::optional<Model> choose_model(const std::vector<MediaType>& accepted, bool single) {
    for (const MediaType& range : accepted) {
        for (const std::string_view json : {model_types[0], model_types[1]}) {
            if (grants(accepted, range, json)) {
                return Model{.xml = false, .multipart = false, .media_type = std::string(json)};
            }
        }
        if (grants(accepted, range, takes_xml_parts)) {
            return Model{.xml = true, .multipart = true, .media_type = std::string(xml)};
        }
        if (single && grants(accepted, range, xml)) {
            return Model{.xml = true, .multipart = false, .media_type = std::string(xml)};
        }
    }
    return std::nullopt;
}

ModelWriter::ModelWriter(Model model) : model_(std::move(model)), parts_(model_.media_type) {}

std::string ModelWriter::content_type() const {
    return model_.multipart ? parts_.content_type() : model_.media_type;
}

void ModelWriter::append(std::string& text,
                         const dicom::Attributes& attributes,
                         const dicom::JsonModelOptions& options) {
    if (!model_.xml) {
        text += any_ ? ",\n" : "[\n";
        dicom::append_json(text, attributes, options);
    } else if (!model_.multipart) {
        dicom::append_xml(text, attributes, options);
    } else {
        std::string document;
        dicom::append_xml(document, attributes, options);
        parts_.append(text, model_.media_type, document);
    }
    any_ = true;
}

void ModelWriter::finish(std::string& text) {
    if (!model_.xml) {
        text += any_ ? "]\n" : "[]\n";
    } else if (model_.multipart) {
        parts_.finish(text);
    }
}

}  // namespace cxr::bridge::web
