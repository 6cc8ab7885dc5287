// What goes wrong on demand: made from the contract's words, looked at, taken away.
import { control } from "./api.js";
import { button, choice, field, form, line } from "./card.js";
import { element } from "./dom.js";
import { visible } from "./json.js";
import { vocabulary } from "./vocabulary.js";

const WIRE = [["CONNECTION_RESET_BY_PEER", "connection reset"], ["EMPTY_RESPONSE", "closed without a byte"], ["MALFORMED_RESPONSE_CHUNK", "garbage after the head"], ["RANDOM_DATA_THEN_CLOSE", "garbage from the start"]];
const number = (name, value, more = {}) => element("input", { name, type: "number", min: "0", step: "any", required: true, value, ...more });

/** The effects: what each is called, which fields it has, and the member of the rule that they make. */
const EFFECTS = {
  example: { word: "answers with a named answer", fields: (known) => [["Answer", known.answers]], rule: (get) => ({ answer: { example: get("answer") } }) },
  status: {
    word: "answers with a status",
    fields: () => [["Status", number("status", 503, { min: "200", max: "599", step: "1" })], ["Also where the contract does not declare it", element("input", { name: "undeclared", type: "checkbox", checked: true })]],
    rule: (get) => ({ answer: { status: Number(get("status")), ...(get("undeclared") ? { undeclared: true } : {}) } }),
  },
  fixed: { word: "is late by a fixed time", fields: () => [["Milliseconds", number("ms", 500)]], rule: (get) => ({ delay: { fixed: Number(get("ms")) } }) },
  uniform: { word: "is late by a time between two", fields: () => [["At least, ms", number("low", 100)], ["At most, ms", number("high", 800)]], rule: (get) => ({ delay: { uniform: [Number(get("low")), Number(get("high"))] } }) },
  lognormal: { word: "is late as networks are", fields: () => [["Median, ms", number("median", 300)], ["Sigma", number("sigma", 0.5)]], rule: (get) => ({ delay: { lognormal: { median: Number(get("median")), sigma: Number(get("sigma")) } } }) },
  wire: { word: "breaks the connection", fields: () => [["How", choice(WIRE, { name: "wire" })]], rule: (get) => ({ wire: get("wire") }) },
  drip: { word: "comes in pieces", fields: () => [["Seconds", number("seconds", 2)], ["Pieces", number("chunks", 5, { min: "1", step: "1" })]], rule: (get) => ({ drip: { seconds: Number(get("seconds")), chunks: Number(get("chunks")) } }) },
  rateLimit: { word: "passes so many, then 429", fields: () => [["Requests", number("limit", 5, { step: "1" })], ["Window (ISO 8601)", element("input", { name: "window", value: "PT1M", required: true })]], rule: (get) => ({ rateLimit: { limit: Number(get("limit")), window: get("window") } }) },
  loseAnswer: { word: "makes the change, loses the answer", fields: () => [], rule: () => ({ loseAnswer: true }) },
};

export class Faults {
  constructor(place) {
    this.place = place;
    this.told = line();
    this.list = element("ul", { class: "things" });
  }

  async show() {
    if (!this.words) {
      this.words = await vocabulary();
      this.build();
    }
    await this.refresh();
  }

  build() {
    this.provider = choice([["", "any API"], ...Object.keys(this.words).map((name) => [name, name])], { name: "provider" });
    this.operation = choice([], { name: "operation" });
    this.effect = choice(Object.entries(EFFECTS).map(([key, one]) => [key, one.word]), { name: "effect" });
    this.answers = choice([], { name: "answer", required: true });
    this.own = element("div", { class: "fields" });
    this.rule = element("code", {});
    this.form = form(
      { class: "rule" },
      [
        element("div", { class: "fields" }, field("A request to", this.provider), field("for the operation", this.operation), field("whose path matches", element("input", { name: "path", placeholder: "any", spellcheck: "false", autocomplete: "off" })), field("what happens", this.effect, { wide: true })),
        this.own,
        element("div", { class: "fields" }, field("How often", element("input", { name: "times", type: "number", min: "1", step: "1", placeholder: "always" })), field("How likely", element("input", { name: "probability", type: "number", min: "0", max: "1", step: "any", placeholder: "1" }))),
        element("div", { class: "code" }, element("pre", { tabindex: "0", "aria-label": "The fault as JSON" }, this.rule)),
      ],
      "Set the fault",
      async () => {
        const { id } = await control("/faults", { method: "POST", body: this.made() });
        await this.refresh();
        return `Set: ${id}`;
      },
      this.told,
    );
    this.provider.addEventListener("change", () => this.operations());
    this.operation.addEventListener("change", () => this.named());
    this.effect.addEventListener("change", () => this.fields());
    this.form.addEventListener("input", () => this.write());
    this.all = button("Remove all", async () => {
      await control("/faults", { method: "DELETE" });
      await this.refresh();
    }, { told: this.told, kind: "danger" });
    this.place.append(this.form, this.told, this.list, element("div", { class: "acts" }, this.all));
    this.operations();
    this.fields();
  }

  /** The operations of the API that is chosen; their answers follow. */
  operations() {
    const of = this.words[this.provider.value] ?? [];
    this.operation.replaceChildren(element("option", { value: "" }, "any operation"), ...of.map((one) => element("option", { value: one.id }, `${one.id}  (${one.method} ${one.path})`)));
    this.operation.disabled = of.length === 0;
    this.named();
  }

  named() {
    const chosen = this.provider.value ? this.words[this.provider.value] : Object.values(this.words).flat();
    const meant = this.operation.value ? chosen.filter((one) => one.id === this.operation.value) : chosen;
    const names = new Map();
    for (const { answer, status } of meant.flatMap((one) => one.answers)) if (!names.has(answer)) names.set(answer, status);
    const before = this.answers.value;
    this.answers.replaceChildren(...[...names].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name, status]) => element("option", { value: name }, `${status} ${name}`)));
    if (names.has(before)) this.answers.value = before;
    this.write();
  }

  fields() {
    this.own.replaceChildren(...EFFECTS[this.effect.value].fields({ answers: this.answers }).map(([word, control]) => field(word, control)));
    this.write();
  }

  /** Return the rule as it stands in the form. */
  made() {
    const data = new FormData(this.form);
    const get = (name) => data.get(name)?.trim() ?? "";
    const match = {
      ...(get("provider") ? { provider: get("provider") } : {}),
      ...(get("operation") ? { operationId: get("operation") } : {}),
      ...(get("path") ? { path: { matches: get("path") } } : {}),
    };
    return {
      ...(Object.keys(match).length ? { match } : {}),
      ...EFFECTS[this.effect.value].rule(get),
      ...(get("times") ? { times: Number(get("times")) } : {}),
      ...(get("probability") ? { probability: Number(get("probability")) } : {}),
    };
  }

  write() {
    if (this.own) this.rule.replaceChildren(...visible(JSON.stringify(this.made())));
  }

  async refresh() {
    const { items } = await control("/faults");
    this.list.replaceChildren(...items.map((one) => this.item(one)));
    this.all.hidden = items.length < 2;
    if (!items.length) this.list.append(element("li", { class: "dim" }, "None is set: everything goes as the contract says."));
  }

  item({ id, struck, ...rule }) {
    return element(
      "li",
      {},
      element("p", { class: "thing" }, element("b", {}, id), element("span", { class: "badge old" }, struck === 1 ? "struck once" : `struck ${struck} times`)),
      element("code", { class: "value" }, ...visible(JSON.stringify(rule))),
      element("div", { class: "acts" }, button("Remove", async () => {
        await control(`/faults/${id}`, { method: "DELETE" });
        await this.refresh();
      }, { told: this.told, name: `Remove ${id}` })),
    );
  }
}
