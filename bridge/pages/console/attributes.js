// All attributes of an object as a table, sequences indented.

import { dictionary, text } from "./data.js";
import { debounce, h } from "./dom.js";

const longest = 200;

const shown = ({ Value = [], BulkDataURI, InlineBinary, vr }) => {
  if (vr === "SQ") return `${Value.length} item${Value.length === 1 ? "" : "s"}`;
  if (BulkDataURI) return "bulk data";
  if (InlineBinary) return `${Math.floor(InlineBinary.length * 3 / 4)} bytes`;
  const joined = Value.map(text).join(" \\ ");
  return joined.length > longest ? `${joined.slice(0, longest)}…` : joined;
};

const rowsOf = (set, names, level = 0) => Object.entries(set).flatMap(([tag, element]) => {
  const row = h("tr", { class: `level-${Math.min(level, 4)}` },
    h("td", { class: "mono" }, `${tag.slice(0, 4)},${tag.slice(4)}`), h("td", {}, names[tag] ?? (parseInt(tag[3], 16) % 2 ? "private" : "")),
    h("td", { class: "mono" }, element.vr), h("td", {}, shown(element)));
  return element.vr === "SQ" ? [row, ...(element.Value ?? []).flatMap((item) => rowsOf(item, names, level + 1))] : [row];
});

/** @param sets DICOM JSON of each object */
export const attributesView = (sets, title) => {
  const pick = h("select", { "aria-label": "Object" }, sets.map((set, index) => h("option", { value: index }, title(set))));
  const filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter attributes" });
  const body = h("tbody");
  const draw = async () => {
    const names = await dictionary();
    const words = filter.value.toLowerCase();
    body.replaceChildren(...rowsOf(sets[pick.value] ?? {}, names).filter((row) => row.textContent.toLowerCase().includes(words)));
  };
  pick.addEventListener("change", draw);
  filter.addEventListener("input", debounce(120, draw));
  draw();
  return [
    h("div", { class: "two" }, pick, filter),
    h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": "Attributes" },
      h("table", { class: "attributes" }, h("thead", {}, h("tr", {}, ["Tag", "Keyword", "VR", "Value"].map((name) => h("th", { scope: "col" }, name)))), body)),
  ];
};
