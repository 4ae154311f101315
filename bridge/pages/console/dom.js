// Elements without markup in strings: what strangers wrote is always text.

export const h = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [rule, what] of Object.entries(value)) made.style.setProperty(rule, what);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};

export const svg = (name, attributes = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

export const count = (number) => Number(number).toLocaleString("en");
export const plural = (number, one, many = one + "s") => `${count(number)} ${number === 1 ? one : many}`;

let quiet;
/** Says something for a few seconds, also to screen readers. */
export const say = (text) => {
  const place = document.getElementById("said");
  place.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => { place.textContent = ""; }, 6000);
};

/** A header, "how many" beside it, and content. */
export const sheet = (title, aside, ...content) =>
  h("section", { class: "sheet" }, h("header", {}, h("h2", {}, title), aside && h("span", { class: "soft small" }, aside)), ...content);

/** Columns: [title, cell of a row, class]. */
export const table = (caption, columns, rows, empty) => rows.length === 0
  ? h("p", { class: "soft small" }, empty)
  : h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map(([title, , kind]) => h("th", { scope: "col", class: kind }, title)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map(([, cell, kind]) => h("td", { class: kind }, cell(row))))))));

export const debounce = (milliseconds, action) => {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
};
