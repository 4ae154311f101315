// DICOMweb in the conformance statement (PS3.2 N.4.2): the resources that the web side has.

#include "statement/web_statement.hpp"

#include "bridge/web/web.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cxr::bridge {

namespace {

/// Resources are listed, not asked.
class NoPorts final : public storescp::QueryPort,
                      public storescp::RetrievePort,
                      public storescp::ReceivePort {
public:
    dicom::Result<std::unique_ptr<storescp::MatchCursor>> find(
        const dicom::QueryIdentifier&) override {
        return none();
    }
    dicom::Result<std::vector<storescp::InstanceReference>> instances(
        const dicom::RetrieveIdentifier&) override {
        return none();
    }
    std::vector<std::string> transfer_syntaxes(const storescp::InstanceReference&) override {
        return {};
    }
    dicom::Result<dicom::EncodedObject> load(const storescp::InstanceReference&,
                                             const std::string&) override {
        return none();
    }
    dicom::Result<std::unique_ptr<storescp::Reception>> begin(
        const storescp::ReceptionRequest&) override {
        return none();
    }

private:
    static dicom::Fault none() {
        return {.kind = dicom::FaultKind::unsupported, .doing = "there are no objects here"};
    }
};

std::string in_code(const std::string& text) {
    return '`' + text + '`';
}

}  // namespace

TextTable web_resources(const config::Config& config) {
    NoPorts ports;
    const web::WebPorts web_ports{.query = ports,
                                  .retrieve = ports,
                                  .receive = ports,
                                  .config = config,
                                  .query_rules = {},
                                  .check = {}};
    const web::Router router = web::make_router(web_ports);
    TextTable table{.header = {"Resource", "Does", "Media types", "Parameters"}, .rows = {}};
    for (const web::Resource& resource : router.resources()) {
        if (!resource.pattern.starts_with("/dicom-web") && resource.pattern != "/wado") {
            continue;
        }
        table.rows.push_back({in_code(resource.method + ' ' + resource.pattern),
                              resource.says,
                              fmt::format("{}", fmt::join(resource.media_types, ", ")),
                              fmt::format("{}", fmt::join(resource.parameters, ", "))});
    }
    return table;
}

void web_services(Document& text, const config::Config& config) {
    text.emplace_back(Heading{3, "4.7 DICOMweb"});
    text.emplace_back(
        Paragraph{"Where `web.enabled` says so, HTTP/1.1 serves searches (QIDO-RS) and retrievals "
                  "(WADO-RS, WADO-URI) as "
                  "PS3.18 defines them, of the same objects by the same matching as C-FIND, "
                  "relational and at "
                  "all levels. Instances are sent as they are kept where `transfer-syntax=*` is "
                  "asked for, in "
                  "Explicit VR Little Endian where nothing is, and else in any transfer syntax "
                  "that 4.2 lists "
                  "as one in which objects are made. `OPTIONS` is answered for every resource, "
                  "`HEAD` for every "
                  "one that has `GET`."});
    text.emplace_back(web_resources(config));
    text.emplace_back(Paragraph{
        "Statuses: 200; 204 for a search without a match; 206 and 416 for ranges; 304 for what the "
        "client has; 400 for parameters that break their rules, named in a problem document (RFC "
        "9457); 401 and 403 where users are asked for; 404; 405; 406 where no accepted media type "
        "or "
        "transfer syntax can be given; 408, 413, 414, 431 beyond the limits of `[web]`; 500; 503. "
        "Attributes that are not matched are named in a `Warning` field (299), as is that there "
        "are "
        "more results than `limit`."});
}

}  // namespace cxr::bridge
