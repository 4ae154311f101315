// The page's frame: which view the address names, keys that work everywhere, light and dark.

import { api } from "./data.js";
import { activityView } from "./activity.js";
import { connectView } from "./connect.js";
import { searchView } from "./search.js";
import { studyView } from "./study.js";

const main = document.getElementById("main");
let leave = () => {};

const routes = [
  [/^#\/study\/([0-9.]+)$/, "search", (uid) => studyView(uid, node)],
  [/^#\/activity$/, "activity", () => activityView(node)],
  [/^#\/connect$/, "connect", () => connectView(node)],
  [/^(?:#\/?)?(\?.*)?$/, "search", (query) => searchView(new URLSearchParams(query ?? ""), node)],
];

// Asked for once; views wait for it where they need it.
const node = api("node");
node.then((facts) => {
  document.getElementById("node").textContent = `${facts.aeTitle} · port ${facts.port}`;
}).catch(() => {});

const show = () => {
  const hash = location.hash;
  if (hash === "#main" && main.hasChildNodes()) return;  // the skip link, not a page opened with it
  const [pattern, page, view] = routes.find(([wanted]) => wanted.test(hash)) ?? routes[3];
  leave();
  for (const link of document.querySelectorAll("nav [data-page]")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const { element, title, stop } = view(...(pattern.exec(hash) ?? []).slice(1));
  leave = stop ?? (() => {});
  document.title = `${title} · cxrbridge`;
  main.replaceChildren(element);
  scrollTo(0, 0);
};

const symbols = { light: "☀", dark: "☾" };
const theme = document.getElementById("theme");
const isDark = () => (document.documentElement.dataset.theme ??
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const paint = () => { theme.textContent = isDark() ? symbols.light : symbols.dark; };
// Where a browser keeps nothing for pages, the choice lasts as long as this one.
const kept = (use) => {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
};
const remembered = kept((storage) => storage.getItem("theme"));
if (remembered) document.documentElement.dataset.theme = remembered;
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  kept((storage) => storage.setItem("theme", document.documentElement.dataset.theme));
  paint();
});
paint();

addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !typing) {
    const field = document.querySelector("[data-search]");
    if (field) {
      event.preventDefault();
      field.focus();
    } else {
      event.preventDefault();
      addEventListener("hashchange", () => document.querySelector("[data-search]")?.focus(), { once: true });
      location.hash = "#/";
    }
  }
});
addEventListener("hashchange", show);
if (!location.hash) history.replaceState(null, "", "#/");
show();
