// Rows: image, follow-up, sex, age, view, split, findings, boxes ([x, y, width, height] each).
const rows = JSON.parse(document.getElementById("rows").textContent);
const form = document.forms[0];
const list = document.getElementById("list");
const count = document.getElementById("count");
const more = document.getElementById("more");
const page = 60;
let matching = [];
let shown = 0;

const element = (name, attributes = {}, ...children) => {
  const made = /^(svg|rect)$/.test(name)
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const fill = (select, values) => {
  for (const [value, times] of [...values].sort()) {
    select.append(element("option", { value }, `${value} (${times.toLocaleString("en")})`));
  }
};
const tally = (pick) => {
  const counts = new Map();
  for (const row of rows) {
    for (const value of pick(row)) if (value) counts.set(value, (counts.get(value) || 0) + 1);
  }
  return counts;
};

const card = ([image, followUp, sex, age, view, split, findings, boxes]) => {
  const stem = image.replace(/\.png$/, "");
  const picture = element("svg", { viewBox: "0 0 1024 1024", "aria-hidden": "true" },
    ...boxes.map(([x, y, width, height]) => element("rect", { x, y, width, height })));
  const facts = [age, sex, view, split].filter(Boolean).join(" · ");
  const chips = element("div", { class: "chips" },
    ...findings.map((name) => element("span", { class: "chip" }, name)));
  const count = boxes.length ? ` · ${boxes.length} box${boxes.length > 1 ? "es" : ""}` : "";
  return element("li", {}, picture, element("div", {},
    element("a", { href: `${image.slice(0, 8)}/${stem}.html` }, stem),
    element("div", { class: "soft" }, `follow-up ${followUp}${facts ? " · " + facts : ""}${count}`),
    chips));
};

const showMore = () => {
  list.append(...matching.slice(shown, shown + page).map(card));
  shown = Math.min(shown + page, matching.length);
  more.hidden = shown === matching.length;
};

const update = () => {
  const wanted = Object.fromEntries(new FormData(form));
  const patient = wanted.patient.trim().replace(/^0+(?=.)/, "");
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  matching = rows.filter(([image, , , , view, split, findings, boxes]) =>
    (!patient || image.slice(0, 8).replace(/^0+(?=.)/, "") === patient) &&
    (!wanted.finding || findings.includes(wanted.finding)) &&
    (!wanted.split || split === wanted.split) &&
    (!wanted.view || view === wanted.view) &&
    (!wanted.boxed || boxes.length) &&
    words.every((word) => `${image} ${findings.join(" ")}`.toLowerCase().includes(word)));
  list.replaceChildren();
  shown = 0;
  count.textContent = `${matching.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} images`;
  showMore();
  const set = Object.entries(wanted).filter(([, value]) => value);
  history.replaceState(null, "", set.length ? "#" + new URLSearchParams(set) : location.pathname);
};

fill(form.finding, tally((row) => row[6]));
fill(form.split, tally((row) => [row[5]]));
fill(form.view, tally((row) => [row[4]]));
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  const field = form.elements[name];
  if (field && field.type === "checkbox") field.checked = true;
  else if (field) field.value = value;
}
form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
more.addEventListener("click", () => {
  const first = shown;
  showMore();
  list.children[first].querySelector("a").focus();
});
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    form.text.focus();
  }
});
update();
