// The time that a sandbox lives in: read, frozen, stepped, set.
import { control } from "./api.js";
import { button, field, form, line } from "./card.js";
import { element } from "./dom.js";

const STEPS = [["+1 min", "PT1M", "a minute"], ["+1 h", "PT1H", "an hour"], ["+1 day", "P1D", "a day"], ["+30 days", "P30D", "30 days"]];

export class Clock {
  constructor(place) {
    this.place = place;
    this.told = line();
    this.face = element("p", { class: "face", "aria-live": "off" });
    this.frozen = element("p", { class: "note" });
    this.switch = element("span", {});
    const by = element("input", { name: "by", placeholder: "P1DT2H", spellcheck: "false", autocomplete: "off" });
    const to = element("input", { name: "to", type: "datetime-local", step: "1" });
    place.append(
      this.face,
      this.frozen,
      element("div", { class: "acts" }, this.switch, ...STEPS.map(([word, duration, name]) => button(word, () => this.step(duration), { told: this.told, name: `${word}, step by ${name}` }))),
      form({ class: "fields" }, [field("Step by (ISO 8601)", by)], "Step", () => this.step(by.value.trim()), this.told),
      form({ class: "fields" }, [field("Jump to (UTC)", to)], "Jump", () => this.put({ now: `${to.value}${to.value.length === 16 ? ":00" : ""}Z` }), this.told),
      this.told,
    );
    setInterval(() => this.draw(), 250);
  }

  async show() {
    this.took(await control("/clock"));
  }

  took({ now, frozen }) {
    this.now = Date.parse(now);
    this.is = frozen;
    this.read = performance.now();
    this.frozen.textContent = frozen ? "It stands still until it is stepped, or let run." : "It runs on.";
    this.switch.replaceChildren(button(frozen ? "Let it run" : "Freeze", () => this.put({ frozen: !frozen }), { told: this.told }));
    this.draw();
  }

  draw() {
    if (this.now === undefined || this.place.closest("[hidden]")) return;
    const now = new Date(this.is ? this.now : this.now + performance.now() - this.read);
    const text = now.toISOString();
    const shown = `${text.slice(0, 10)} ${text.slice(11, 19)}`;
    if (this.face.textContent !== shown) this.face.textContent = shown;
    this.face.classList.toggle("still", this.is);
  }

  async put(body) {
    this.took(await control("/clock", { method: "PUT", body }));
  }

  async step(by) {
    this.took(await control("/clock/advance", { method: "POST", body: { by } }));
  }
}
