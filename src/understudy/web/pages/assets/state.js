// The records of a sandbox: collections as tables, with search and paging; one record in its editor.
import { control } from "./api.js";
import { element } from "./dom.js";
import { visible } from "./json.js";
import { later, told } from "./later.js";
import { RecordView } from "./record.js";

const PAGE = 50;
const SWEEP = 1000;
const HITS = 200;
const COLUMNS = 6;
const PAUSE = 400;

export class State {
  constructor() {
    this.nav = document.getElementById("collections");
    this.place = document.getElementById("records");
    this.at = [];
    this.offset = 0;
    this.sought = "";
    this.record = new RecordView(this.place, () => this.refresh());
    this.refresh = later(PAUSE, async () => {
      await this.overview();
      if (this.at.length === 2 && !this.sought) await this.load();
    });
  }

  /** Show a collection, or one of its records: [provider, collection, id?]. */
  async show(at) {
    const same = at.slice(0, 2).join("/") === this.at.slice(0, 2).join("/");
    if (!same) this.offset = 0;
    if (!same) this.sought = "";
    this.at = at;
    const providers = await this.overview();
    if (!at.length) {
      const [first] = providers;
      if (first) location.replace(`#state/${first.provider}/${first.collections[0].collection}`);
      return;
    }
    this.key = providers.find((one) => one.provider === at[0])?.collections.find((one) => one.collection === at[1])?.key ?? "id";
    if (at.length > 2) await this.record.show({ provider: at[0], collection: at[1], id: at.slice(2).join("/") });
    else await this.table();
  }

  /** What came in may have changed what is shown. */
  happened(many) {
    if (many) this.refresh();
  }

  async overview() {
    const { providers } = await control("/state");
    this.nav.replaceChildren(...providers.map((one) => this.group(one)));
    return providers;
  }

  group({ provider, collections }) {
    const links = collections.map((one) => {
      const here = this.at[0] === provider && this.at[1] === one.collection;
      return element("li", {}, element("a", { href: way(provider, one.collection), "aria-current": here ? "page" : null }, element("span", {}, one.collection), element("span", { class: "n" }, one.records.toLocaleString("en"))));
    });
    return element("section", {}, element("h2", {}, provider), element("ul", {}, ...links));
  }

  table() {
    const [provider, collection] = this.at;
    this.search = element("input", { type: "search", id: "seek", placeholder: "Search all records", autocomplete: "off", spellcheck: "false" });
    this.search.value = this.sought;
    this.search.addEventListener("input", () => told(this.seek(this.search.value)));
    this.status = element("p", { class: "note", role: "status" });
    this.body = element("div", { class: "sheet" });
    this.turn = element("div", { class: "acts" });
    this.place.replaceChildren(
      element("header", {}, element("h2", {}, provider, " / ", collection), element("label", { class: "find" }, element("span", { class: "hidden" }, "Search all records"), this.search), element("a", { class: "button", href: `#state/${provider}/${collection}/` }, "New record")),
      this.status,
      this.body,
      this.turn,
    );
    return this.sought ? this.seek(this.sought) : this.load();
  }

  path() {
    return `/state/${this.at.slice(0, 2).map(encodeURIComponent).join("/")}`;
  }

  async load() {
    const asked = this.path();
    try {
      let page = await control(`${asked}?offset=${this.offset}&limit=${PAGE}`);
      if (this.offset && this.offset >= page.total) {
        this.offset = Math.max(0, Math.floor((page.total - 1) / PAGE) * PAGE);
        page = await control(`${asked}?offset=${this.offset}&limit=${PAGE}`);
      }
      if (asked !== this.path() || this.sought || this.at.length > 2) return;
      this.fill(page.items);
      const last = this.offset + page.items.length;
      this.status.textContent = page.total ? `${(this.offset + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${page.total.toLocaleString("en")}` : "No records.";
      this.turn.replaceChildren(this.step("Previous", -PAGE, this.offset > 0), this.step("Next", PAGE, last < page.total));
    } catch (error) {
      this.status.textContent = error.message;
    }
  }

  step(word, by, possible) {
    return element("button", { type: "button", disabled: !possible, onclick: () => {
      this.offset = Math.max(0, this.offset + by);
      this.load();
    } }, word);
  }

  /** Go through all records, a thousand at a time, until enough are found or something else is sought. */
  async seek(text) {
    this.sought = text.trim();
    if (!this.sought) {
      this.load();
      return;
    }
    const sought = this.sought;
    const words = sought.toLowerCase().split(/\s+/);
    const asked = this.path();
    const found = [];
    this.turn.replaceChildren();
    for (let offset = 0, total = 1; offset < total && found.length < HITS; offset += SWEEP) {
      const page = await control(`${asked}?offset=${offset}&limit=${SWEEP}`);
      if (sought !== this.sought || asked !== this.path() || this.at.length > 2) return;
      total = page.total;
      found.push(...page.items.filter((one) => has(one, words)));
      this.fill(found.slice(0, HITS));
      const through = Math.min(offset + SWEEP, total);
      const more = found.length > HITS ? `, of which ${HITS} are shown` : "";
      this.status.textContent = through < total
        ? `${found.length} found in the first ${through.toLocaleString("en")} of ${total.toLocaleString("en")}${more}`
        : `${found.length} found in all ${total.toLocaleString("en")}${more}`;
    }
  }

  fill(items) {
    const columns = [this.key, ...columnsOf(items, this.key)];
    const head = columns.map((name) => element("th", { scope: "col" }, ...visible(name)));
    const rows = items.map((item) => element("tr", {}, ...columns.map((name, number) => (number ? element("td", {}, ...cell(item[name])) : element("th", { scope: "row" }, element("a", { href: way(this.at[0], this.at[1], item[name]) }, ...cell(item[name])))))));
    this.body.replaceChildren(items.length ? element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)) : "");
  }
}

function way(...parts) {
  return `#state/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

function has(record, words) {
  const text = JSON.stringify(record).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Return the members that tell records apart best: plain ones that differ before lists, objects and what is the same in all. */
function columnsOf(items, key) {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))].filter((name) => name !== key);
  const worth = (name) => {
    const values = items.map((item) => item[name]);
    const plain = values.some((value) => value !== null && typeof value !== "object" && value !== "");
    return (plain ? 2 : 0) + (new Set(values.map((value) => JSON.stringify(value))).size > 1 ? 1 : 0);
  };
  const best = names.map((name, at) => ({ name, at, worth: worth(name) })).sort((a, b) => b.worth - a.worth || a.at - b.at).slice(0, COLUMNS - 1);
  return best.sort((a, b) => a.at - b.at).map((one) => one.name);
}

function cell(value) {
  if (value === undefined) return [""];
  if (value === null) return [element("span", { class: "dim" }, "null")];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return visible(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
