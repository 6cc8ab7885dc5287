// One record: edited in place as JSON, held to the contract; and its history, as far as the journal goes back.
import { control } from "./api.js";
import { differences } from "./diff.js";
import { element, say } from "./dom.js";
import { violation } from "./exchange.js";
import { lineOf } from "./json.js";
import { timeOfDay } from "./summary.js";

const HISTORY = 20;

export class RecordView {
  /** `changed()` is called when the numbers of records may have changed. */
  constructor(place, changed) {
    this.place = place;
    this.changed = changed;
  }

  async show({ provider, collection, id }) {
    const asked = { provider, collection, id };
    this.at = asked;
    let record = null;
    let wrong = null;
    try {
      if (id) record = await control(this.path());
    } catch (error) {
      wrong = error;
    }
    if (this.at !== asked) return;
    const back = element("a", { href: `#state/${encodeURIComponent(provider)}/${encodeURIComponent(collection)}` }, collection);
    this.place.replaceChildren(element("header", {}, element("h2", {}, provider, " / ", back, " / ", id || "new record")), ...(wrong ? [element("p", { class: "dim" }, wrong.message)] : []), this.editor(record, id), element("section", { class: "part", id: "history" }));
    this.write(record);
    if (record) await this.history();
  }

  path(id = this.at.id) {
    return `/state/${[this.at.provider, this.at.collection, id].map(encodeURIComponent).join("/")}`;
  }

  editor(record, id) {
    this.text = element("textarea", { id: "record", spellcheck: "false", "aria-describedby": "record-wrong", "aria-label": "The record as JSON" });
    this.lines = element("ol", { class: "lines", "aria-hidden": "true" });
    this.wrong = element("ul", { class: "wrong", id: "record-wrong", role: "alert", hidden: true });
    this.text.addEventListener("input", () => this.number());
    this.text.addEventListener("scroll", () => {
      this.lines.scrollTop = this.text.scrollTop;
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.save();
    });
    return element(
      "div",
      { class: "part" },
      element("div", { class: "editor" }, this.lines, this.text),
      this.wrong,
      element(
        "div",
        { class: "acts" },
        element("button", { type: "button", class: "primary", onclick: () => this.save() }, "Save"),
        record && element("button", { type: "button", onclick: () => this.show(this.at) }, "Start over"),
        record && element("button", { type: "button", class: "danger", onclick: () => this.remove() }, "Delete"),
        element("span", { class: "note" }, "Held to the contract's schema; this is no exchange, so the journal does not have it."),
      ),
    );
  }

  write(record) {
    this.text.value = JSON.stringify(record ?? {}, null, 2);
    this.number();
  }

  number(bad = new Set()) {
    const lines = this.text.value.split("\n").length;
    this.text.rows = Math.max(6, Math.min(lines, 30));
    this.lines.replaceChildren(...Array.from({ length: Math.min(lines, 3000) }, (_, n) => element("li", { class: bad.has(n + 1) && "bad" }, String(n + 1))));
  }

  tell(items, bad = new Set()) {
    this.wrong.replaceChildren(...items);
    this.wrong.hidden = items.length === 0;
    if (items.length) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
    this.number(bad);
  }

  async save() {
    const text = this.text.value;
    let id = this.at.id;
    try {
      const record = JSON.parse(text);
      id ||= String(record?.[await this.key()] ?? "");
      if (!id) throw new Error(`the record has no ${await this.key()}: say which it is`);
      const kept = await control(this.path(id), { method: "PUT", text });
      this.tell([]);
      this.write(kept);
      say("Saved, as the contract has it");
      this.changed();
      if (!this.at.id) location.hash = `#state/${[this.at.provider, this.at.collection, id].map(encodeURIComponent).join("/")}`;
    } catch (error) {
      this.refused(error, text);
    }
  }

  async key() {
    const { collections } = await control(`/state/${encodeURIComponent(this.at.provider)}`);
    return collections.find((one) => one.collection === this.at.collection)?.key ?? "id";
  }

  refused(error, text) {
    const violations = error.problem?.violations ?? [];
    if (!violations.length) {
      this.tell([element("li", {}, error.message)]);
      return;
    }
    const lines = violations.map((one) => lineOf(text, one.pointer));
    const items = violations.map((one, at) => {
      const item = violation(one);
      item.prepend(element("button", { type: "button", onclick: () => this.goTo(lines[at]) }, `line ${lines[at]}`), " ");
      return item;
    });
    this.tell(items, new Set(lines));
  }

  goTo(line) {
    const before = this.text.value.split("\n").slice(0, line - 1).join("\n").length;
    const start = line > 1 ? before + 1 : 0;
    const end = this.text.value.indexOf("\n", start);
    this.text.focus();
    this.text.setSelectionRange(start, end < 0 ? this.text.value.length : end);
  }

  async remove() {
    try {
      await control(this.path(), { method: "DELETE" });
      say("Deleted");
      this.changed();
      location.hash = `#state/${encodeURIComponent(this.at.provider)}/${encodeURIComponent(this.at.collection)}`;
    } catch (error) {
      this.tell([element("li", {}, error.message)]);
    }
  }

  /** Show which exchanges changed it, the newest first, each with what it did. */
  async history() {
    const { provider, collection, id } = this.at;
    const place = this.place.querySelector("#history");
    const asked = this.at;
    const page = await control(`/requests?changed=${encodeURIComponent(`${provider}/${collection}/${id}`)}&limit=${HISTORY}`);
    const whole = await Promise.all(page.items.map((entry) => control(`/requests/${entry.id}`).catch(() => null)));
    if (this.at !== asked) return;
    const items = whole.filter(Boolean).map((entry) => past(entry, collection, id));
    const more = page.total - page.items.length;
    place.replaceChildren(
      element("h3", {}, "History"),
      items.length ? element("ol", { class: "history" }, ...items) : element("p", { class: "dim" }, "No exchange in the journal changed it."),
      ...(more > 0 ? [element("p", { class: "note" }, `and ${more} before`)] : []),
    );
  }
}

function past(entry, collection, id) {
  const mine = entry.diff.filter((one) => one.collection === collection && String(one.id) === id);
  const head = element(
    "p",
    { class: "outcome" },
    element("a", { href: `#exchange-${entry.id}` }, `#${entry.id}`),
    element("time", { datetime: entry.receivedAt }, timeOfDay(entry.receivedAt)),
    element("span", { class: `status s${String(entry.status ?? 5)[0]}` }, String(entry.status ?? "———")),
    element("span", {}, `${entry.provider} ${entry.operationId}`),
    entry.answer && element("code", {}, entry.answer),
  );
  return element("li", {}, head, differences(mine));
}
