// The console: which part is shown, and whose sandbox it is about.
import { control, prefix, sandbox } from "./api.js";
import { Controls } from "./controls.js";
import { Coverage } from "./coverage.js";
import { element } from "./dom.js";
import { told } from "./later.js";
import { State } from "./state.js";
import { Traffic } from "./traffic.js";

const own = JSON.parse(document.getElementById("facts").textContent).own;
const watched = document.getElementById("watched");
const traffic = new Traffic();
const parts = { state: new State(), controls: new Controls(), coverage: new Coverage() };
let shown = null;

addEventListener("hashchange", go);
traffic.listen((many) => parts[shown]?.happened?.(many));
document.addEventListener("understudy:reset", () => {
  traffic.forget();
  told(parts[shown]?.show(rest()));
});
go();

/** Show the part that the address names: #traffic, #exchange-12, #state/tyk/users/ID, #controls, #coverage. */
function go() {
  const [first] = location.hash.slice(1).split("/");
  const opened = /^exchange-(\d+)$/.exec(first);
  shown = opened || !(first in parts) ? "traffic" : first;
  for (const link of document.querySelectorAll(".views a")) {
    if (link.dataset.view === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const view of document.querySelectorAll(".view")) view.hidden = view.id !== shown;
  if (shown === "traffic") traffic.open(opened ? Number(opened[1]) : null);
  else told(parts[shown].show(rest()));
}

function rest() {
  return location.hash.slice(1).split("/").slice(1).map(decoded);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

watched.addEventListener("change", () => watch(watched.value));
watched.addEventListener("focus", () => told(offer()));

/** Watch another sandbox: the address says which, so that it can be kept and shared. */
function watch(name) {
  const hash = location.hash.startsWith("#exchange-") || location.hash.startsWith("#state/") ? `#${shown}` : location.hash;
  const query = name === "default" ? "" : `?sandbox=${encodeURIComponent(name)}`;
  location.assign((prefix ? `/~${name}/console` : `/console${query}`) + hash);
}

/** Offer the sandboxes that there are now. */
async function offer() {
  const { items } = await control("/sandboxes?limit=1000");
  const names = new Set([...items.map((one) => one.name), sandbox]);
  for (const option of [...watched.options]) {
    if (names.has(option.value)) names.delete(option.value);
    else option.remove();
  }
  for (const name of names) watched.append(element("option", { value: name }, name === own ? `${name} (yours)` : name));
}
