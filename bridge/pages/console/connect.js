// How others connect to the node: what to type, ready to paste.

import { h, say, sheet } from "./dom.js";

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
  } catch {
    say("The browser does not let this page copy: select the line.");
  }
};
const command = (says, line) => h("div", {}, h("p", { class: "small" }, says),
  h("div", { class: "command" }, h("pre", { tabindex: "0", "aria-label": says }, line), h("button", { type: "button", "aria-label": `Copy: ${says}`, onclick: () => copy(line) }, "Copy")));

const anywhere = /^(0\.0\.0\.0|::)$/;

/** A word of a shell's: an AE title may have spaces and signs in it. */
const word = (text) => /^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const fill = (facts, place) => {
  const host = anywhere.test(facts.listen) ? location.hostname : facts.listen;
  const to = `-aec ${word(facts.aeTitle)} ${host} ${facts.port}`;
  const web = `${location.origin}/dicom-web`;
  place.append(
    h("div", { class: "columns" },
      sheet("This node", null, h("dl", { class: "facts" },
        [["AE title", facts.aeTitle], ["Address", `${facts.listen}:${facts.port}`], facts.tlsPort ? ["By TLS", `${facts.tlsListen}:${facts.tlsPort}`] : null,
          ["DICOMweb", web], ["Data set", facts.dataSet || "none"], ["Dates", facts.dates === "none" ? "none" : "synthetic: only their order means anything"],
          ["Program", facts.version]].filter(Boolean).flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: "mono" }, value)]))),
      sheet("To retrieve", null,
        h("p", { class: "small" }, "A C-MOVE sends to destinations that the node's configuration names. Add yours to its file and send SIGHUP:"),
        h("div", { class: "command" }, h("pre", { tabindex: "0", "aria-label": "A destination" }, "[[peer]]\naet = \"MYSCP\"\nhost = \"127.0.0.1\"\nport = 11113"),
          h("button", { type: "button", "aria-label": "Copy: a destination", onclick: () => copy('[[peer]]\naet = "MYSCP"\nhost = "127.0.0.1"\nport = 11113\n') }, "Copy")),
        command("Receive on that port", "storescp -aet MYSCP -od received 11113")),
      h("div", { class: "wide" }, sheet("DICOM, with DCMTK's tools", null,
        command("Does it answer?", `echoscu ${to}`),
        command("All studies of a patient", `findscu -S -k QueryRetrieveLevel=STUDY -k PatientID=00000001 -k StudyInstanceUID -k StudyDate -k StudyDescription ${to}`),
        command("Send that patient to MYSCP", `movescu -P -aet MYSCP -aem MYSCP -k QueryRetrieveLevel=PATIENT -k PatientID=00000001 ${to}`),
        command("Fetch that patient over this association", `getscu -P -k QueryRetrieveLevel=PATIENT -k PatientID=00000001 ${to}`),
        command("Store a file", `storescu ${to} file.dcm`))),
      h("div", { class: "wide" }, sheet("DICOMweb, with curl", null,
        command("Search for studies", `curl -H 'Accept: application/dicom+json' '${web}/studies?PatientID=00000001&includefield=StudyDescription'`),
        command("Attributes of a study", `curl -H 'Accept: application/dicom+json' '${web}/studies/STUDY_UID/metadata'`),
        command("Store a file", `curl -H 'Content-Type: multipart/related; type="application/dicom"; boundary=b' --data-binary @<(printf -- '--b\\r\\nContent-Type: application/dicom\\r\\n\\r\\n'; cat file.dcm; printf '\\r\\n--b--') '${web}/studies'`)))));
};

export const connectView = (node) => {
  const place = h("div", {}, h("div", { class: "head" }, h("h1", {}, "Connect")));
  node.then((facts) => fill(facts, place)).catch((fault) => place.append(h("p", { class: "empty bad" }, fault.message)));
  return { title: "Connect", element: place };
};
