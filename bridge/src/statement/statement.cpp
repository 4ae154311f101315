#include "bridge/statement/statement.hpp"

#include "bridge/daemon/composition.hpp"
#include "dicom/core/implementation.hpp"
#include "statement/created_objects.hpp"
#include "statement/document.hpp"
#include "statement/statement_tables.hpp"
#include "statement/web_statement.hpp"
#include "storescp/services/acceptable_contexts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace cxr::bridge {
namespace {

using storescp::AcceptableContexts;
using storescp::Service;

void overview(Document& text, const config::Config& config, const AcceptableContexts& contexts) {
    text.emplace_back(Heading{1, "DICOM Conformance Statement: cxrbridge " CXR_VERSION});
    text.emplace_back(Paragraph{
        "cxrbridge offers the NIH ChestX-ray14 data set (PNG images, CSV tables) as a DICOM node. "
        "Nothing is converted beforehand: images are made as Secondary Capture objects, findings "
        "and boxes as Structured Reports, when somebody asks for them. It also stores what others "
        "send, durably, and answers queries for both alike. This statement is printed by "
        "`cxrbridge conformance` for the configuration in force, from the tables that the node "
        "negotiates with."});
    text.emplace_back(Heading{2, "1 Overview"});
    text.emplace_back(Heading{3, "1.1 Network services"});
    text.emplace_back(network_services(contexts));
    text.emplace_back(Heading{3, "1.2 Media services"});
    text.emplace_back(Paragraph{
        "`cxrbridge wrap` creates Part 10 files, with `--dicomdir` a file-set with a DICOMDIR "
        "(file "
        "IDs of PS3.10, no application profile of PS3.11 is claimed). No media are read."});
    text.emplace_back(Heading{3, "1.3 Made objects"});
    TextTable objects{.header = {"Object", "SOP class", "Offered"}, .rows = {}};
    const auto served = catalogue_settings(config).made_kinds;
    for (std::size_t i = 0; i < created_kind_count; ++i) {
        const auto kind = static_cast<dicom::DerivedKind>(i);
        const auto object = created_object(kind, config.data_set.mapping);
        const bool by_node = std::ranges::find(served, kind) != served.end() ||
                             (dicom::is_source_report(kind) && !config.annotations.empty());
        objects.rows.push_back({object.name,
                                '`' + object.sop_class_uid + '`',
                                by_node ? "by the node and to files"
                                : dicom::is_source_report(kind)
                                    ? "with an `[[annotations]]` section"
                                    : "to files and by `export --to`"});
    }
    text.emplace_back(std::move(objects));
}

void introduction(Document& text) {
    text.emplace_back(Heading{2, "2 Introduction"});
    text.emplace_back(Paragraph{
        "For whoever connects another system to this node, and for laboratories that compare "
        "nodes. "
        "That two statements fit does not prove that two products work together: test it. Section "
        "numbers (PS3.x) are those of the standard's current edition. cxrbridge is for tests, "
        "teaching and demonstration, not for diagnosis."});
    text.emplace_back(TextTable{
        .header = {"Term", "Meaning"},
        .rows = {{"made object",
                  "a function of a row of the data set, its PNG and the "
                  "configuration: the same bytes and UIDs on every machine"},
                 {"received object", "sent by a peer; kept as it came"},
                 {"peer", "a remote application entity of the configuration, `[[peer]]`"}}});
}

void implementation_model(Document& text) {
    text.emplace_back(Heading{2, "3 Implementation model"});
    text.emplace_back(Heading{3, "3.1 Application data flow"});
    text.emplace_back(
        Listing{"  PNG and CSV files                          remote AEs\n"
                "        |                          C-ECHO, C-FIND, C-MOVE, C-GET,\n"
                "        v                          C-STORE, N-ACTION\n"
                "  +-----------+   catalogue    +----------+  <---------------------\n"
                "  | data set  | -------------> | node AE  |\n"
                "  | reader    |                |          |  --------------------->\n"
                "  +-----------+   objects      +----------+  C-STORE sub-operations,\n"
                "                  ^      |                   N-EVENT-REPORT\n"
                "                  |      v\n"
                "                received objects\n"});
    text.emplace_back(Heading{3, "3.2 Functional definition"});
    text.emplace_back(Paragraph{
        "One application entity does everything. It accepts associations as soon as the catalogue "
        "is up to date; the program then prints `ready`. Each association is served alone; within "
        "one, requests are answered in the order of their arrival, unless an asynchronous "
        "operations "
        "window was negotiated (`node.async_operations`)."});
    text.emplace_back(Heading{3, "3.3 Sequencing"});
    text.emplace_back(Paragraph{
        "A C-STORE is answered after the object is on stable storage and in the catalogue, so that "
        "whatever was acknowledged is found by the next query and survives a crash. A C-MOVE opens "
        "one association to its destination for the sub-operations of that request, or up to "
        "`associations` of the [[peer]] at a time, which the C-MOVEs to one destination share. "
        "With "
        "`async_operations` above 1 it offers an asynchronous operations window there, and sends "
        "so "
        "many C-STORE requests before the first is answered if it is granted."});
}

void association_policies(Document& text, const config::Config& config) {
    const config::NodeSection& node = config.node;
    text.emplace_back(Heading{3, "4.1 Association policies"});
    text.emplace_back(TextTable{
        .header = {"Policy", "Value"},
        .rows = {
            {"Application context", "1.2.840.10008.3.1.1.1"},
            {"AE title", '`' + node.aet + '`'},
            {"Maximum length received", fmt::format("{} bytes", node.max_pdu)},
            {"Associations accepted at once",
             fmt::format("{}; {} of one address; more: rejected 2/3/2",
                         node.max_associations,
                         node.max_associations_per_address)},
            {"ARTIM", fmt::format("{} s", node.artim_timeout.count())},
            {"Idle association", fmt::format("{} s, then A-ABORT", node.idle_timeout.count())},
            {"Rest of a message, a response due",
             fmt::format("{} s, then A-ABORT", node.dimse_timeout.count())},
            {"A peer that takes no bytes",
             fmt::format("{} s, then closed", node.write_timeout.count())},
            {"Implementation Class UID", std::string(dicom::implementation_class_uid)},
            {"Implementation version name", std::string(dicom::implementation_version_name)},
            {"Called AE title",
             config.access.check_called_aet ? "checked: else rejected 1/1/7" : "not checked"},
            {"Calling AE title",
             config.access.mode == config::AccessMode::known
                 ? "a configured peer's: else rejected 1/1/3"
                 : "any"},
            {"Strictness", node.strictness == config::Strictness::strict ? "strict" : "lenient"}}});
}

void acceptance(Document& text, const AcceptableContexts& contexts) {
    text.emplace_back(Heading{3, "4.2 Association acceptance"});
    text.emplace_back(Paragraph{
        "Each proposed presentation context is judged alone: an unknown abstract syntax is refused "
        "with result 3, one without a common transfer syntax with 4, one that the peer may not use "
        "with 1. Of several transfer syntaxes the first offered one is taken for storage, and ours "
        "in the order of the table for everything else. Extended negotiation is answered byte by "
        "byte with what stands in the last column, never longer than offered, 0 where 0 was "
        "offered."});
    text.emplace_back(accepted_contexts(contexts, false));
    text.emplace_back(Paragraph{
        "Extended negotiation of the query classes: relational queries, combined date-time "
        "matching, fuzzy person names, timezone adjustment, multi-frame conversion, empty value "
        "matching, multiple value matching (PS3.4 C.5.1); of the retrieve classes: relational "
        "retrieval, multi-frame conversion (C.5.2, C.5.3)."});
    text.emplace_back(Heading{3, "4.3 Storage SOP classes"});
    text.emplace_back(Paragraph{
        "Every class of the table in every transfer syntax of the next one. Level of support 2 "
        "(full): nothing is coerced, removed or added (PS3.4 B.4.1). As SCU for C-GET when the "
        "requestor proposes the SCP role. The last column is the answer to SOP class extended "
        "negotiation (PS3.4 B.3.1)."});
    text.emplace_back(accepted_contexts(contexts, true));
    text.emplace_back(transfer_syntaxes());
}

void initiation(Document& text) {
    text.emplace_back(Heading{3, "4.4 Association initiation"});
    text.emplace_back(Paragraph{
        "For the sub-operations of C-MOVE, for deliveries by a [[route]], for `cxrbridge send` and "
        "`export --to`: a presentation context for each SOP class that is sent with the transfer "
        "syntaxes that its objects can be sent in, the peer's preferred ones first, at most 128 "
        "contexts an association. A context that is refused fails its objects only. The result of "
        "a C-STORE-RSP is read as PS3.4 B.2.3 says: 0000H success, Bxxx warning, everything else "
        "failure. Deliveries and `export --to` try again after A7xxH, an association that is lost "
        "and one that cannot be had."});
    text.emplace_back(Paragraph{
        "For N-ACTION after a delivery (`commit = true` of a [[route]]) and by `cxrbridge send "
        "--commit`: an association of its own with Storage Commitment Push Model."});
}

/// Where the standard leaves a choice.
void retrieval_choices(Document& text) {
    text.emplace_back(Paragraph{
        "Retrievals, where the standard leaves a choice. UIDs that nobody has, among those of a "
        "list, are no failures: what is there is sent. A UID that stands twice in a list is sent "
        "once. A requestor that aborts, is lost or asks for release stops its retrieval: the "
        "destination may still answer for the object under way, no further one is begun. A Failed "
        "SOP Instance UID List (0008,0058) of more than 65,534 bytes is sent whole: in Explicit VR "
        "as UN, whose length has 32 bits (PS3.5 6.2.2). A retrieval of more than 65,535 objects is "
        "refused with A701H before the first, as no counter could tell it."});
}

void services(Document& text) {
    text.emplace_back(Paragraph{
        "For the N-EVENT-REPORT of storage commitment when the requestor's association is over (or "
        "when the configuration wants a new one): Storage Commitment Push Model with the SCP role. "
        "Failure reasons in it: 0110H, 0112H, 0119H, 0122H, 0131H, 0213H (PS3.3 C.14.1.1)."});
    text.emplace_back(Heading{3, "4.5 Statuses"});
    text.emplace_back(Paragraph{
        "A failure has an Error Comment (0000,0902), and Offending Element (0000,0901) where one "
        "attribute is to blame. Every service may answer:"});
    text.emplace_back(statuses(storescp::general_status_meanings()));
    const std::pair<Service, const char*> named[] = {{Service::echo, "C-ECHO"},
                                                     {Service::store, "C-STORE"},
                                                     {Service::find, "C-FIND"},
                                                     {Service::move, "C-MOVE"},
                                                     {Service::get, "C-GET"},
                                                     {Service::commitment,
                                                      "Storage Commitment Push Model: N-ACTION, "
                                                      "N-EVENT-REPORT"}};
    for (const auto& [service, name] : named) {
        text.emplace_back(Heading{4, name});
        text.emplace_back(statuses(storescp::status_meanings(service)));
    }
    retrieval_choices(text);
}

void query_tables(Document& text) {
    text.emplace_back(Heading{3, "4.6 Query keys"});
    text.emplace_back(Paragraph{
        "Keys of the level asked for and of those above it. All attributes may be asked for as "
        "return keys at their level; an optional key that is not here turns every pending response "
        "to FF01H and is not returned. `*` and `?` are wild cards where the matching says so."});
    for (const auto& [model, name] :
         std::initializer_list<std::pair<dicom::InformationModel, const char*>>{
             {dicom::InformationModel::patient_root, "Patient Root"},
             {dicom::InformationModel::study_root, "Study Root"}}) {
        text.emplace_back(Heading{4, name});
        text.emplace_back(query_keys(model));
    }
}

void network_and_configuration(Document& text, const config::Config& config) {
    text.emplace_back(Heading{2, "5 Network, configuration, character sets, security"});
    text.emplace_back(Heading{3, "5.1 Physical network and addresses"});
    text.emplace_back(Paragraph{fmt::format(
        "TCP/IP, version 4 or 6, on whatever carries it. Listens on {} port {}. Peers are found by "
        "their configured host and port; no address that a requestor supplies is ever connected "
        "to.",
        config.node.listen,
        config.node.port)});
    text.emplace_back(Heading{3, "5.2 Configuration parameters"});
    text.emplace_back(configuration_parameters(config));
    text.emplace_back(Heading{3, "5.3 Character sets"});
    text.emplace_back(
        Paragraph{"Read in queries and received objects, and matched by character. Responses and "
                  "made objects "
                  "are ISO\xC2\xA0IR\xC2\xA0"
                  "192 where a value is not ASCII, and carry no Specific Character "
                  "Set otherwise. Received objects are sent on in the set that they came in."});
    text.emplace_back(character_sets());
    text.emplace_back(Heading{3, "5.4 Security"});
    text.emplace_back(Paragraph{
        "The configuration keys of `tls`, `access`, `peer` and `user` above say what is in "
        "force. By default "
        "the node listens on the loopback address only. Made objects are of a published, "
        "de-identified data set: Patient Identity Removed (0012,0062) is YES."});
    text.emplace_back(Paragraph{
        "Secure Transport Connection Profiles (PS3.15 Annex B), as acceptor and as "
        "requestor: BCP 195 RFC 8996, 9325 (B.12), with TLS 1.3 and TLS 1.2 (ECDHE, "
        "AES-GCM); by configuration the retired Non-Downgrading BCP 195 (2022b B.10, also "
        "DHE-RSA with AES-GCM) or, for laboratories, none (TLS 1.0 and later). "
        "Certificates of both sides are verified, names looked for in Subject Alternative "
        "Names, revocation is not looked up. Compression, renegotiation and resumption are "
        "off. A handshake that is not good ends without DICOM bytes."});
    text.emplace_back(Paragraph{
        "User Identity Negotiation (PS3.7 D.3.3.7): types 1 (username) and 2 (username and "
        "passcode) are checked where `access.user_identity` says so; types 3 to 5 "
        "(Kerberos, SAML, JWT) are then rejected. A wrong or missing identity is rejected "
        "with 1/2/1; 59H is sent only when asked for. As requestor types 1 and 2 are "
        "offered to peers that have a `user`."});
    text.emplace_back(Paragraph{
        "Audit messages (PS3.15 A.5), where `log.audit` names a file: Application "
        "Activity, Query, Begin Transferring DICOM Instances, DICOM Instances Transferred, "
        "User Authentication (refused ones), Security Alert (Node Authentication)."});
}

void annexes(Document& text, const config::Config& config) {
    text.emplace_back(Heading{2, "A Attributes of made objects"});
    text.emplace_back(Paragraph{
        "Presence: ALWAYS with a value, VNAP (value not always present), ANAP (attribute not "
        "always "
        "present), EMPTY. A value in code type is the same in all objects. `>` marks attributes of "
        "a sequence's items. Reports follow TID 1500 of PS3.16."});
    for (std::size_t i = 0; i < created_kind_count; ++i) {
        auto object = created_object(static_cast<dicom::DerivedKind>(i), config.data_set.mapping);
        text.emplace_back(Heading{3, object.name + ", " + object.sop_class_uid});
        text.emplace_back(std::move(object.attributes));
    }
}

}  // namespace

std::string conformance_statement(const config::Config& config, StatementFormat format) {
    const AcceptableContexts contexts = storescp::acceptable_contexts(true);
    Document text;
    overview(text, config, contexts);
    introduction(text);
    implementation_model(text);
    text.emplace_back(Heading{2, "4 Application entity"});
    association_policies(text, config);
    acceptance(text, contexts);
    initiation(text);
    services(text);
    query_tables(text);
    web_services(text, config);
    network_and_configuration(text, config);
    annexes(text, config);
    return format == StatementFormat::html ? to_html(text) : to_markdown(text);
}

}  // namespace cxr::bridge
