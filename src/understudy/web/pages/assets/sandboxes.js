// The sandboxes of the server: watched, made in a world, dropped.
import { control, prefix, sandbox } from "./api.js";
import { button, choice, field, form, line } from "./card.js";
import { element, say } from "./dom.js";

const facts = JSON.parse(document.getElementById("facts").textContent);
const SHOWN = 200;

export class Sandboxes {
  constructor(place) {
    this.told = line();
    this.list = element("tbody", {});
    this.more = element("p", { class: "note" });
    const name = element("input", { name: "name", required: true, maxlength: "64", pattern: "[A-Za-z0-9._\\-]{1,64}", autocomplete: "off", spellcheck: "false", title: "1 to 64 letters, digits, '.', '_' or '-'" });
    const world = choice(facts.worlds.map((one) => [one, one]), { name: "world" });
    const seed = element("input", { name: "seed", type: "number", step: "1", placeholder: String(facts.server.seed) });
    world.value = facts.server.world;
    place.append(
      form({ class: "fields" }, [field("Name", name), field("World", world), field("Seed", seed)], "Make", async () => {
        const body = { world: world.value, ...(seed.value ? { seed: Number(seed.value) } : {}) };
        const made = await control(`/sandboxes/${name.value}`, { method: "PUT", body, within: "default" });
        if (name.value === sandbox) document.dispatchEvent(new CustomEvent("understudy:reset"));
        await this.show();
        return `${made.name} is in the world ${made.world}, seed ${made.seed}`;
      }, this.told),
      element("p", { class: "note" }, "One that exists begins anew in the world that is chosen here, without its snapshots."),
      this.told,
      element("div", { class: "sheet" }, element("table", {}, element("thead", {}, element("tr", {}, ...["Name", "World", "Exchanges", "Faults", "Snapshots", "Clock", ""].map((word) => element("th", { scope: "col" }, word || element("span", { class: "hidden" }, "Actions"))))), this.list)),
      this.more,
    );
  }

  async show() {
    const { total, items } = await control(`/sandboxes?limit=${SHOWN}`);
    this.list.replaceChildren(...items.map((one) => this.row(one)));
    this.more.textContent = total > items.length ? `and ${(total - items.length).toLocaleString("en")} more` : "";
  }

  refresh() {
    return this.show();
  }

  row({ name, world, seed, exchanges, faults, snapshots, clock }) {
    const here = name === sandbox;
    const query = name === "default" ? "" : `?sandbox=${encodeURIComponent(name)}`;
    const watch = element("a", { href: prefix ? `/~${name}/console` : `/console${query}`, "aria-label": `Watch ${name}` }, name);
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, here ? element("b", {}, name) : watch, name === facts.own && element("span", { class: "badge" }, "yours"), here && element("span", { class: "badge documented" }, "watched")),
      element("td", {}, `${world}, seed ${seed}`),
      element("td", {}, String(exchanges)),
      element("td", {}, String(faults)),
      element("td", {}, String(snapshots.length)),
      element("td", {}, `${clock.now.slice(0, 16).replace("T", " ")}${clock.frozen ? ", frozen" : ""}`),
      element(
        "td",
        { class: "ends" },
        button("Reset", () => this.reset(name), { told: this.told, name: `Reset ${name}` }),
        button("Drop", () => this.drop(name), { told: this.told, name: `Drop ${name}`, kind: "danger" }),
      ),
    );
  }

  async reset(name) {
    await control("/reset", { method: "POST", within: name });
    if (name === sandbox) document.dispatchEvent(new CustomEvent("understudy:reset"));
    await this.show();
    say(`${name} is as it was at its beginning`);
  }

  async drop(name) {
    // Asked by way of `default`: whoever is addressed would be made anew.
    await control(`/sandboxes/${name}`, { method: "DELETE", within: "default" });
    say(`${name} is gone`);
    await this.show();
  }
}
