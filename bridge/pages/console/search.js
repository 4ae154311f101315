// Images of the data set by what is said of them, or any studies by DICOMweb.

import { api, date, dicomweb, first, text, textOf, thumbnail } from "./data.js";
import { count, debounce, h, plural } from "./dom.js";

const pageSize = 60;
const splitNames = { train_val: "Training and validation", test: "Test", "": "Not in a list" };
const viewNames = { PA: "PA (from behind)", AP: "AP (from the front)", "": "Unknown" };
const nice = (label) => label.replaceAll("_", " ");

const choices = (legend, name, kind, entries, chosen, names = {}) =>
  h("fieldset", {}, h("legend", {}, legend),
    entries.filter(({ value }) => value !== "" || kind === "radio" && names[""] && false).map(({ value, count: times }) =>
      h("label", { class: times || chosen.includes(value) ? "choice" : "choice none" },
        h("input", { type: kind, name, value, checked: chosen.includes(value) }),
        h("span", {}, names[value] ?? nice(value)),
        h("span", { class: "count" }, count(times)))));

const thumb = (source, alt, aspect, boxes) => {
  const picture = h("img", { src: source, alt, loading: "lazy", decoding: "async" });
  if (aspect) picture.style.setProperty("aspect-ratio", String(aspect));
  if (aspect) picture.style.setProperty(aspect > 1 ? "width" : "height", "100%");
  picture.addEventListener("error", () => picture.replaceWith(h("span", { class: "soft small" }, "no picture")), { once: true });
  return h("span", { class: "thumb" }, picture, boxes ? h("span", { class: "mark" }, plural(boxes, "box", "boxes")) : null);
};

const imageCard = (image) => h("li", {}, h("a", { class: "card", href: `#/study/${image.studyInstanceUID}` },
  thumb(thumbnail(image.studyInstanceUID), "", image.aspect, image.boxes),
  h("span", {},
    h("span", { class: "title" }, image.image),
    h("br"),
    h("span", { class: "soft small" }, [image.sex, image.ageYears !== undefined && `${image.ageYears} y`, image.view, date(image.studyDate)].filter(Boolean).join(" · ")),
    h("span", { class: "chips" },
      image.findings.map((label) => h("span", { class: "chip" }, nice(label))),
      image.split ? h("span", { class: "chip plain" }, image.split === "test" ? "test" : "train") : null))));

const studyCard = (set) => {
  const uid = first(set, "0020000D");
  return h("li", {}, h("a", { class: "card", href: `#/study/${uid}` },
    thumb(thumbnail(uid), ""),
    h("span", {},
      h("span", { class: "title" }, text(first(set, "00100010")) || textOf(set, "00100020") || uid),
      h("br"),
      h("span", { class: "soft small" }, [textOf(set, "00100020"), date(textOf(set, "00080020")), textOf(set, "00081030")].filter(Boolean).join(" · ")),
      h("span", { class: "chips" },
        textOf(set, "00080061").split(" \\ ").filter(Boolean).map((modality) => h("span", { class: "chip" }, modality)),
        h("span", { class: "chip plain" }, plural(Number(first(set, "00201208") ?? 0), "object"))))));
};

const range = (wanted) => {
  const from = (wanted.from ?? "").replaceAll("-", "");
  const to = (wanted.to ?? "").replaceAll("-", "");
  return from || to ? `${from}-${to}` : "";
};

/** What the form says, without what is empty. */
const wishes = (form) => {
  const entered = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) entered.append(name, value.trim());
  return entered;
};

const query = (wanted, offset) => {
  const asked = new URLSearchParams();
  const dates = range(Object.fromEntries(wanted));
  if (wanted.get("in") === "all") {
    if (wanted.get("patient")) asked.set("PatientID", `*${wanted.get("patient")}*`);
    if (dates) asked.set("StudyDate", dates);
    for (const field of ["StudyDescription", "ModalitiesInStudy", "NumberOfStudyRelatedInstances"]) asked.append("includefield", field);
  } else {
    for (const name of ["patient", "split", "view", "boxed"]) if (wanted.get(name)) asked.set(name, wanted.get(name));
    for (const label of wanted.getAll("finding")) asked.append("finding", label);
    if (dates) asked.set("date", dates);
  }
  asked.set("limit", pageSize);
  asked.set("offset", offset);
  return asked;
};

export const searchView = (wanted) => {
  const patient = h("input", { name: "patient", type: "search", placeholder: "number or image", autocomplete: "off", value: wanted.get("patient") ?? "", "data-search": true });
  const source = h("input", { name: "in", type: "hidden", value: wanted.get("in") ?? "" });
  const facets = h("div", { class: "stack" });
  const list = h("ul", { class: "cards" });
  const total = h("h1", {}, "Searching…");
  const aside = h("span", { class: "soft small" });
  const more = h("button", { type: "button", hidden: true, onclick: () => load(list.children.length) }, "Show more");
  const collection = h("button", { type: "button", onclick: () => from("") }, "Data set");
  const everything = h("button", { type: "button", onclick: () => from("all") }, "All studies");
  const form = h("form", { class: "filters sheet", role: "search", "aria-label": "Filters" },
    h("div", { class: "switch", role: "group", "aria-label": "Search in" }, collection, everything), source,
    h("label", { class: "field" }, h("span", {}, "Patient ", h("kbd", {}, "/")), patient),
    h("div", { class: "two" },
      h("label", { class: "field" }, "From", h("input", { type: "date", name: "from", value: wanted.get("from") ?? "" })),
      h("label", { class: "field" }, "To", h("input", { type: "date", name: "to", value: wanted.get("to") ?? "" }))),
    facets,
    h("button", { type: "button", onclick: () => { location.hash = "#/"; clear(); } }, "Clear"));
  let asking = 0;

  const drawFacets = (page, chosen) => {
    const held = document.activeElement?.closest?.("fieldset") && document.activeElement;
    const again = held && [held.name, held.value];
    facets.replaceChildren(
      h("label", { class: "choice" }, h("input", { type: "checkbox", name: "boxed", value: "1", checked: chosen.has("boxed") }), h("span", {}, "With boxes"), h("span", { class: "count" }, count(page.boxed))),
      choices("Finding", "finding", "checkbox", page.findings, chosen.getAll("finding")),
      choices("Split", "split", "checkbox", page.splits, chosen.getAll("split"), splitNames),
      choices("View", "view", "checkbox", page.views, chosen.getAll("view"), viewNames));
    if (again) facets.querySelector(`[name="${again[0]}"][value="${CSS.escape(again[1])}"]`)?.focus();
  };

  const load = async (offset = 0) => {
    const mine = ++asking;
    const asked = wishes(form);
    const inAll = asked.get("in") === "all";
    for (const [button, pressed] of [[collection, !inAll], [everything, inAll]]) button.setAttribute("aria-pressed", String(pressed));
    facets.hidden = inAll;
    if (offset === 0) history.replaceState(null, "", asked.size ? `#/?${asked}` : "#/");
    try {
      const page = inAll ? await dicomweb("studies", query(asked, offset)) : await api("images", query(asked, offset));
      if (mine !== asking) return;
      const cards = inAll ? page.map(studyCard) : page.images.map(imageCard);
      const next = cards[0];
      if (offset === 0) list.replaceChildren();
      list.append(...cards);
      if (inAll) {
        total.textContent = cards.length === pageSize ? `${count(list.children.length)} or more studies` : plural(list.children.length, "study", "studies");
        aside.textContent = "from DICOMweb, received ones too";
        more.hidden = cards.length < pageSize;
      } else {
        total.textContent = plural(page.total, "image");
        aside.textContent = `of ${count(page.of)} in the data set`;
        more.hidden = list.children.length >= page.total;
        drawFacets(page, asked);
      }
      if (list.children.length === 0) list.append(h("li", { class: "empty" }, "Nothing matches. Fewer filters find more."));
      if (offset > 0) next?.querySelector("a")?.focus();
    } catch (fault) {
      if (mine !== asking) return;
      total.textContent = "The search failed";
      list.replaceChildren(h("li", { class: "empty bad" }, fault.message));
      more.hidden = true;
    }
  };
  const from = (where) => { source.value = where; load(); };
  const clear = () => {
    for (const field of form.querySelectorAll("input")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    load();
  };

  // Of these a person means one at a time; a second click takes it back.
  form.addEventListener("change", ({ target }) => {
    if (target.checked && (target.name === "split" || target.name === "view")) {
      for (const other of form.querySelectorAll(`[name="${target.name}"]`)) if (other !== target) other.checked = false;
    }
  });
  const soon = debounce(180, () => load());
  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => { event.preventDefault(); load(); });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const links = step && [...list.querySelectorAll("a")];
    const target = links?.[links.indexOf(document.activeElement) + step];
    if (target) { event.preventDefault(); target.focus(); }
  });

  // What the address names is chosen before the counts are known.
  for (const [name, value] of wanted) {
    if (["finding", "split", "view", "boxed"].includes(name)) facets.append(h("input", { type: "checkbox", name, value, checked: true, hidden: true, "aria-label": name }));
  }
  load();
  return {
    title: "Search",
    element: h("div", { class: "search" }, form,
      h("section", { "aria-label": "Found" },
        h("div", { class: "found" }, h("span", { role: "status" }, total), aside), list, h("div", { class: "more" }, more))),
  };
};
