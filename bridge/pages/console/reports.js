// A structured report as text: its content tree (PS3.3 C.17.3), concept by concept.

import { all, first, text, textOf, date } from "./data.js";
import { h } from "./dom.js";

const meaning = (set, tag) => textOf(first(set, tag), "00080104");
const values = {
  TEXT: (item) => textOf(item, "0040A160"),
  CODE: (item) => meaning(item, "0040A168"),
  NUM: (item) => {
    const measured = first(item, "0040A300");
    return `${textOf(measured, "0040A30A")} ${textOf(first(measured, "004008EA"), "00080100")}`.trim();
  },
  PNAME: (item) => textOf(item, "0040A123"),
  DATE: (item) => date(textOf(item, "0040A121")),
  TIME: (item) => textOf(item, "0040A122"),
  DATETIME: (item) => textOf(item, "0040A120"),
  UIDREF: (item) => textOf(item, "0040A124"),
  SCOORD: (item) => `${textOf(item, "00700023").toLowerCase()} ${all(item, "00700022").map((value) => Number(value).toFixed(1)).join(", ")}`,
  IMAGE: (item) => `image …${textOf(first(item, "00081199"), "00081155").slice(-12)}`,
  COMPOSITE: (item) => `object …${textOf(first(item, "00081199"), "00081155").slice(-12)}`,
};

const line = (item) => {
  const type = first(item, "0040A040");
  const content = values[type]?.(item) ?? "";
  const children = all(item, "0040A730");
  return h("li", {},
    h("span", { class: "concept" }, meaning(item, "0040A043") || (type ?? "").toLowerCase()), content ? `: ${content}` : "",
    children.length ? h("ul", {}, children.map(line)) : null);
};

export const isReport = (set) => set["0040A730"] !== undefined;

export const reportView = (set, open) => h("details", { class: "report", open },
  h("summary", {}, textOf(set, "0008103E") || meaning(set, "0040A043") || "Report"),
  h("p", { class: "soft small" }, [
    textOf(set, "0040A491").toLowerCase(), textOf(set, "0040A493").toLowerCase(), date(textOf(set, "00080023")),
    text(first(first(set, "0040A078"), "0040A123")),
  ].filter(Boolean).join(" · ")),
  h("ul", { class: "tree" }, all(set, "0040A730").map(line)));
