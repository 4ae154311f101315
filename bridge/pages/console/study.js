// One study: its picture with what reports draw on it, the reports, every attribute.

import { api, date, dicomweb, first, frame, text, textOf } from "./data.js";
import { attributesView } from "./attributes.js";
import { h, plural, say, sheet } from "./dom.js";
import { isReport, reportView } from "./reports.js";
import { createViewer } from "./viewer.js";

const colours = ["#4fd1ff", "#ffb454", "#8ee07a", "#ff8fb1", "#c3a6ff", "#ffe066"];
const objectsShownMax = 200;

const nameOf = (set) => [textOf(set, "00080060"), textOf(set, "0008103E") || textOf(set, "00080008").split(" \\ ")[0], textOf(set, "00200013") && `no. ${textOf(set, "00200013")}`].filter(Boolean).join(" · ");
const isImage = (set) => first(set, "00280010") && first(set, "00280011") && !isReport(set);

const findingsView = (annotations, highlight) => {
  if (annotations.length === 0) return h("p", { class: "soft small" }, "No report says anything of this picture.");
  return h("ul", { class: "findings" }, annotations.map((said) => h("li", {
    class: said.box ? "boxed" : "",
    onpointerenter: () => highlight(said.id), onpointerleave: () => highlight(null),
  },
  said.box ? h("span", { class: "dot", style: { color: said.colour } }) : null,
  h("span", {}, said.name, said.box ? h("span", { class: "soft small" }, `  ${said.box.map((value) => value.toFixed(0)).join(", ")}`) : null),
  h("span", { class: "who" }, said.who, said.certaintyPercent !== undefined ? ` · ${said.certaintyPercent} %` : ""))));
};

/** Statements of all reports, those of one picture first, each with a colour of its own. */
const statements = (reports, instance) => {
  const coloured = new Map();
  return reports.flatMap(({ annotations }) => annotations)
    .filter((said) => said.image === instance)
    .map((said, id) => {
      const name = (said.finding || said.label || "Finding").replaceAll("_", " ");
      if (!coloured.has(name)) coloured.set(name, colours[coloured.size % colours.length]);
      return { ...said, id, name, colour: coloured.get(name), who: said.observer || (said.observerType === "device" ? "a program" : "a person") };
    });
};

const fill = async (uid, node, place) => {
  const sets = (await dicomweb(`studies/${uid}/metadata`)).slice(0, objectsShownMax);
  if (sets.length === 0) throw new Error("There is no such study.");
  const reports = await api(`studies/${uid}/annotations`).catch(() => []);
  const facts = await node.catch(() => ({}));
  const study = sets[0];
  const images = sets.filter(isImage), documents = sets.filter(isReport);
  const viewer = createViewer();
  const findings = h("div");

  let asking = 0;
  const showPicture = async (set) => {
    const mine = ++asking;
    const instance = first(set, "00080018");
    const said = statements(reports, instance);
    viewer.clear();  // nobody is to see one picture under what is said of another
    findings.replaceChildren(findingsView(said, viewer.highlight));
    try {
      const bytes = await frame(uid, first(set, "0020000E"), instance);
      if (mine !== asking) return;
      viewer.show(set, bytes, `Picture of ${text(first(set, "00100010")) || textOf(set, "00100020")}, ${plural(said.length, "statement")} in reports`);
      viewer.boxes(said.filter(({ box }) => box).map(({ id, box, colour, name }) => ({ id, box, colour, label: name })));
    } catch (fault) {
      if (mine === asking) say(`The picture cannot be shown: ${fault.message}`);
    }
  };
  const pick = images.length > 1 ? h("div", { class: "pick" }, h("select", { "aria-label": "Picture", onchange: ({ target }) => showPicture(images[target.value]) },
    images.map((set, index) => h("option", { value: index }, nameOf(set))))) : null;

  place.replaceChildren(
    h("div", { class: "head" },
      h("div", {}, h("h1", {}, text(first(study, "00100010")) || textOf(study, "00100020") || "Study"),
        h("p", { class: "soft" }, [textOf(study, "00100020"), textOf(study, "00100040"), textOf(study, "00101010"), date(textOf(study, "00080020")), textOf(study, "00081030")].filter(Boolean).join(" · "))),
      h("div", { class: "row" },
        facts.viewer ? h("a", { class: "button main", href: `/viewer/viewer?StudyInstanceUIDs=${uid}` }, "Open in viewer") : null,
        h("button", { type: "button", onclick: () => navigator.clipboard?.writeText(uid).then(() => say("Study Instance UID copied")) }, "Copy UID"))),
    h("div", { class: "study" },
      images.length
        ? h("section", { class: "sheet viewer", "aria-label": "Picture" }, viewer.element, pick)
        : h("section", { class: "sheet" }, h("p", { class: "empty" }, "This study has no pictures.")),
      h("div", { class: "stack" },
        images.length ? sheet("Findings", plural(reports.length, "report"), findings) : null,
        documents.length ? sheet("Reports", null, documents.map((set, index) => reportView(set, documents.length === 1 || index === 0))) : null,
        sheet("Attributes", plural(sets.length, "object"), h("div", { class: "stack" }, attributesView(sets, nameOf))))));
  if (images.length) await showPicture(images[0]);
  return viewer.stop;
};

export const studyView = (uid, node) => {
  const place = h("div", {}, h("p", { class: "empty" }, "Loading…"));
  let stop = () => {};
  fill(uid, node, place).then((stopViewer) => { stop = stopViewer; }).catch((fault) => {
    place.replaceChildren(h("p", { class: "empty bad" }, fault.message));
  });
  return { title: "Study", element: place, stop: () => stop() };
};
