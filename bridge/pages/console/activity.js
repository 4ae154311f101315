// What the node is doing, asked for again while somebody looks.

import { api, echo, time } from "./data.js";
import { count, h, plural, sheet, table } from "./dom.js";

const interval = 1500;
const success = (status) => status === "0000" ? "good" : /^B|^FE00|^FF0|^none/.test(status) ? "warn" : "bad";

const tiles = (facts) => h("div", { class: "tiles" },
  [["patients", "Patients"], ["studies", "Studies"], ["series", "Series"], ["instances", "Objects"], ["received", "Received"]].map(([key, title]) =>
    h("div", { class: "tile" }, h("b", {}, count(facts[key] ?? 0)), h("span", { class: "soft small" }, title))));

const moving = (retrievals) => retrievals.length === 0 ? h("p", { class: "soft small" }, "Nothing is being retrieved.")
  : h("div", { class: "moving" }, retrievals.map((move) => {
    const done = move.completed + move.failed + move.warnings;
    return h("div", {},
      h("div", { class: "line" }, h("strong", {}, `${move.service} ${move.calling} → ${move.destination}`),
        move.failed ? h("span", { class: "bad" }, `${count(move.failed)} failed`) : null,
        h("span", { class: "soft small" }, `${count(done)} of ${count(done + move.remaining)}`)),
      h("progress", { max: done + move.remaining || 1, value: done, "aria-label": `Objects of ${move.service} to ${move.destination}` }));
  }));

const associations = (live) => table("Associations", [
  ["Calling", (one) => one.calling], ["From", (one) => one.address], ["Since", (one) => time(one.since)],
  ["Security", (one) => one.security || "plain"], ["Requests", (one) => count(one.requests), "number"], ["Last", (one) => one.lastRequest],
], live, "No associations stand.");

const refused = (list) => table("Refused", [
  ["At", (one) => time(one.at)], ["Calling", (one) => one.calling || "–"], ["From", (one) => one.address],
  ["Reason", (one) => h("span", { class: "bad mono" }, one.reason)], ["Why", (one) => `${one.why}${one.section ? ` (${one.section})` : ""}`],
], list, "Nobody has been refused.");

const operations = (list) => table("Operations", [
  ["At", (one) => time(one.at)], ["Service", (one) => one.service], ["Calling", (one) => one.calling], ["What", (one) => one.detail],
  ["Status", (one) => h("span", { class: `mono ${success(one.status)}`, title: one.why }, one.status)],
  ["Results", (one) => count(one.completed), "number"], ["ms", (one) => one.milliseconds.toFixed(1), "number"],
], list, "Nothing was asked for yet.");

const queue = (list) => table("Queue", [
  ["Destination", (one) => one.aeTitle], ["Waiting", (one) => count(one.waiting + one.sending), "number"], ["Delivered", (one) => count(one.delivered), "number"],
  ["Failed", (one) => h("span", { class: one.failed ? "bad" : "" }, count(one.failed)), "number"], ["Next", (one) => one.givenUp ? "given up" : time(one.nextAttempt)], ["Last reason", (one) => one.lastReason],
], list, "No route delivers anything.");

const peers = (list) => table("Peers", [
  ["AE title", (one) => h("strong", {}, one.aeTitle)], ["Address", (one) => `${one.host}:${one.port}${one.tls ? " (TLS)" : ""}`],
  ["Answer", (one) => {
    const outcome = h("span", { role: "status", "data-echo": one.aeTitle });
    const button = h("button", { type: "button", "aria-label": `Echo ${one.aeTitle}`, onclick: async () => {
      button.disabled = true;
      outcome.className = "soft";
      outcome.textContent = "asking…";
      try {
        const said = await echo(one.aeTitle);
        outcome.className = said.answered ? "good" : "bad";
        outcome.textContent = said.answered ? `${said.status}H in ${said.milliseconds.toFixed(1)} ms` : said.why;
      } catch (fault) {
        outcome.className = "bad";
        outcome.textContent = fault.message;
      }
      button.disabled = false;
    } }, "Echo");
    return h("span", { class: "row" }, button, outcome);
  }],
], list, "No peers are configured: objects can be moved nowhere.");

export const activityView = (node) => {
  const places = Object.fromEntries(["tiles", "moving", "associations", "refused", "operations", "queue", "peers"].map((name) => [name, h("div")]));
  const counted = h("span", { class: "soft small" });
  const element = h("div", {}, h("div", { class: "head" }, h("h1", {}, "Activity"), h("div", { class: "row" }, counted)), places.tiles,
    h("div", { class: "columns" },
      sheet("Retrievals", null, places.moving), sheet("Peers", null, places.peers),
      h("div", { class: "wide" }, sheet("Associations", null, places.associations)),
      h("div", { class: "wide" }, sheet("Last operations", null, places.operations)),
      h("div", { class: "wide" }, sheet("Refused associations", null, places.refused)),
      h("div", { class: "wide" }, sheet("Delivery queue", null, places.queue))));
  let timer, stopped = false;
  const written = new Map();
  /** Only what changed is drawn again: focus and selection stay. */
  const put = (name, draw, data) => {
    const seen = JSON.stringify(data);
    if (written.get(name) === seen) return;
    written.set(name, seen);
    places[name].replaceChildren(draw(data));
  };
  const refresh = async () => {
    clearTimeout(timer);
    try {
      const [now, waiting, facts] = await Promise.all([api("activity"), api("queue"), api("node")]);
      if (stopped) return;
      put("tiles", tiles, facts);
      put("moving", moving, now.retrievals);
      put("associations", associations, now.associations);
      put("refused", refused, now.refused);
      put("operations", operations, now.operations);
      put("queue", queue, waiting);
      counted.textContent = `${plural(now.associations.length, "association")}, ${plural(now.retrievals.length, "retrieval")}`;
    } catch (fault) {
      counted.textContent = `The node does not answer: ${fault.message}`;
    }
    if (!stopped) timer = setTimeout(refresh, document.hidden ? interval * 8 : interval);
  };
  api("peers").then((list) => put("peers", peers, list)).catch(() => {});
  node.catch(() => {});
  refresh();
  return { title: "Activity", element, stop: () => { stopped = true; clearTimeout(timer); } };
};
