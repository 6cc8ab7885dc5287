// Live traffic: a bounded list of exchanges, newest first, filtered, paused, one of them open.
import { control, sandbox } from "./api.js";
import { element, say } from "./dom.js";
import { Opened } from "./exchange.js";
import { visible } from "./json.js";
import { follow } from "./stream.js";
import { summary, timeOfDay, took } from "./summary.js";

const SHOWN = 500;
const KEPT = 1000;
const SKEW = 50;

export class Traffic {
  constructor() {
    this.find = document.getElementById("find");
    this.of = document.getElementById("of");
    this.list = document.getElementById("exchanges");
    this.pauses = document.getElementById("pause");
    this.outcome = "";
    this.kept = new Map();
    this.queue = [];
    this.paused = false;
    this.drawing = false;
    this.loaded = false;
    this.listeners = [];
    this.opened = new Opened(document.getElementById("opened"), (words) => this.note(words));
    this.begin();
    follow({ arrived: (entries, loaded) => this.arrived(entries, loaded), said: (state, words) => this.said(state, words), lost: () => this.lost() });
  }

  begin() {
    this.find.addEventListener("input", () => this.redraw());
    this.of.addEventListener("change", () => this.redraw());
    document.querySelector(".outcomes").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.choose(button.dataset.outcome);
    });
    this.pauses.addEventListener("click", () => this.pause(!this.paused));
    document.getElementById("clear").addEventListener("click", () => this.clear());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  said(state, words) {
    const live = document.getElementById("live");
    live.dataset.state = state;
    live.textContent = words;
  }

  arrived(entries, loaded) {
    this.loaded ||= loaded;
    for (const entry of entries) this.queue.push(summary(entry));
    if (this.queue.length > KEPT) this.queue.splice(0, this.queue.length - KEPT);
    if (this.paused) this.tellPause();
    else this.soon();
  }

  soon() {
    if (this.drawing) return;
    this.drawing = true;
    (document.hidden ? setTimeout : requestAnimationFrame)(() => {
      this.drawing = false;
      if (!this.paused) this.take();
    });
  }

  /** Take in what has come: at most as many rows are made as stay. */
  take() {
    const fresh = [];
    for (const one of this.queue.splice(0)) {
      const known = this.kept.get(one.id);
      if (known?.received === one.received) continue;
      if (known || this.beganAnew(one)) this.forget();
      this.kept.set(one.id, one);
      fresh.push(one);
    }
    if (fresh.length) this.put(fresh);
    else this.count();
    for (const listener of this.listeners) listener(fresh.length);
  }

  /** Ids count from 1 again where the sandbox was reset: a lower one that came in later says so. */
  beganAnew(one) {
    let newest = null;
    for (const other of this.kept.values()) if (!newest || other.id > newest.id) newest = other;
    return newest !== null && one.id < newest.id && one.received > newest.received + SKEW;
  }

  put(fresh) {
    if (this.kept.size > KEPT) {
      const surplus = [...this.kept.keys()].sort((a, b) => a - b).slice(0, this.kept.size - KEPT);
      for (const id of surplus) this.kept.delete(id);
    }
    const rows = fresh.filter((one) => this.passes(one)).sort((a, b) => b.id - a.id).slice(0, SHOWN);
    const newest = Number(this.list.querySelector("[data-id]")?.dataset.id ?? 0);
    if (rows.length && rows.at(-1).id < newest) {
      this.redraw();
      return;
    }
    const focused = document.activeElement;
    this.list.prepend(...rows.map(row));
    while (this.list.children.length > SHOWN) this.list.lastElementChild.remove();
    if (focused?.isConnected && focused !== document.activeElement) focused.focus();
    this.mark();
    this.count();
  }

  redraw() {
    const rows = [...this.kept.values()].filter((one) => this.passes(one)).sort((a, b) => b.id - a.id);
    this.list.replaceChildren(...rows.slice(0, SHOWN).map(row));
    this.mark();
    this.count();
  }

  passes(one, outcome = this.outcome) {
    const of = this.of.value;
    if (of && (of === "-" ? one.provider !== null : one.provider !== of)) return false;
    if (outcome && !one.outcomes.includes(outcome)) return false;
    const sought = this.find.value.trim().toLowerCase();
    return !sought || sought.split(/\s+/).every((word) => one.text.includes(word));
  }

  /** Say how many there are of each outcome, and what is not shown. */
  count() {
    const passing = [...this.kept.values()].filter((one) => this.passes(one, ""));
    for (const button of document.querySelectorAll("[data-outcome]")) {
      const { outcome } = button.dataset;
      const number = outcome ? passing.filter((one) => one.outcomes.includes(outcome)).length : passing.length;
      button.querySelector(".n").textContent = number.toLocaleString("en");
    }
    const all = passing.filter((one) => !this.outcome || one.outcomes.includes(this.outcome)).length;
    const bound = document.getElementById("bound");
    bound.hidden = all <= SHOWN && this.kept.size < KEPT;
    bound.textContent = `The newest ${Math.min(all, SHOWN)} of ${all} are shown; the page keeps ${KEPT.toLocaleString("en")}, the HAR has all that the journal holds.`;
    this.empty(all);
    document.getElementById("har").href = `/~${sandbox}/__admin/requests.har${this.of.value && this.of.value !== "-" ? `?provider=${this.of.value}` : ""}`;
  }

  empty(all) {
    const none = document.getElementById("none");
    none.hidden = all > 0 || !this.loaded;
    const filtered = this.kept.size > 0;
    document.getElementById("none-word").textContent = filtered ? "No exchange passes the filter." : "Nothing yet.";
    for (const id of ["none-hint", "none-try"]) document.getElementById(id).hidden = filtered;
  }

  choose(outcome) {
    this.outcome = outcome;
    for (const button of document.querySelectorAll("[data-outcome]")) button.setAttribute("aria-pressed", String(button.dataset.outcome === outcome));
    this.redraw();
  }

  pause(paused) {
    this.paused = paused;
    this.pauses.setAttribute("aria-pressed", String(paused));
    this.tellPause();
    if (!paused) this.take();
  }

  tellPause() {
    this.pauses.textContent = !this.paused ? "Pause" : this.queue.length ? `Go on (${this.queue.length} new)` : "Go on";
  }

  async clear() {
    try {
      await control("/requests", { method: "DELETE" });
      this.forget();
      say("The journal is empty; the state is as it was");
    } catch (error) {
      say(`The journal could not be emptied: ${error.message}`);
    }
  }

  forget() {
    this.kept.clear();
    this.list.replaceChildren();
    this.count();
  }

  /** The server knows nothing of what is shown: it was started again, or the sandbox was. */
  lost() {
    this.queue = [];
    this.forget();
    for (const listener of this.listeners) listener(1);
  }

  /** Put a line between the exchanges: what was done here, beside the traffic. */
  note(words) {
    this.list.prepend(element("li", { class: "mark" }, words));
    say(words);
  }

  /** Open an exchange; null closes the one that is open. */
  open(id) {
    this.opened.show(id);
    document.getElementById("traffic").classList.toggle("has-opened", id !== null);
    this.mark();
  }

  mark() {
    for (const link of this.list.querySelectorAll("a[aria-current]")) link.removeAttribute("aria-current");
    if (this.opened.id !== null) this.list.querySelector(`[data-id="${this.opened.id}"] a`)?.setAttribute("aria-current", "true");
  }

  key(event) {
    if (document.getElementById("traffic").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      this.find.focus();
    } else if (event.key === "Escape") {
      if (event.target === this.find && this.find.value) {
        this.find.value = "";
        this.redraw();
      } else if (this.opened.id !== null) location.hash = "#traffic";
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.step(event, event.key === "ArrowDown" ? 1 : -1);
  }

  step(event, by) {
    const links = [...this.list.querySelectorAll("a")];
    const at = links.indexOf(event.target);
    if (at < 0 && event.target !== this.find) return;
    event.preventDefault();
    if (at + by < 0) this.find.focus();
    else links[Math.min(at + by, links.length - 1)]?.focus();
  }
}

function row(one) {
  return element(
    "li",
    { class: "exchange", "data-id": one.id },
    element(
      "a",
      { href: `#exchange-${one.id}` },
      element("time", { datetime: new Date(one.received).toISOString(), title: `in the sandbox: ${one.time}` }, timeOfDay(one.received)),
      element("span", { class: `status s${String(one.status ?? 5)[0]}` }, String(one.status ?? "———")),
      element("span", { class: `method ${/^[A-Z]+$/.test(one.method) ? one.method.toLowerCase() : ""}` }, ...visible(one.method)),
      element("code", { class: "target" }, ...visible(one.target)),
      element("span", { class: "took" }, took(one.duration)),
      element(
        "span",
        { class: "as" },
        one.operation ? element("span", {}, `${one.provider} ${one.operation}`) : element("span", {}, "no operation"),
        one.answer && element("code", {}, one.answer),
        one.forced && !one.fault && element("span", { class: "badge inferred" }, "forced"),
        one.fault && element("span", { class: "badge old" }, `fault ${one.fault}`),
      ),
      one.violations > 0 && element("span", { class: "broke" }, ...visible(one.violation), one.violations > 1 && element("b", {}, ` and ${one.violations - 1} more`)),
    ),
  );
}
