// States kept under a name: taken, gone back to, compared, given out and taken in as a file.
import { control, sandbox } from "./api.js";
import { attempt, button, field, form, line } from "./card.js";
import { differences } from "./diff.js";
import { element, say } from "./dom.js";
import { visible } from "./json.js";

export class Snapshots {
  constructor(place) {
    this.told = line();
    this.list = element("ul", { class: "things" });
    this.compared = element("div", { class: "part", hidden: true, tabindex: "-1" });
    const name = element("input", { name: "name", required: true, maxlength: "64", autocomplete: "off", spellcheck: "false", placeholder: "before-the-demo" });
    this.file = element("input", { type: "file", class: "hidden", accept: "application/json,.json", id: "snapshot-file", tabindex: "-1", "aria-label": "A snapshot's file" });
    this.file.addEventListener("change", () => this.take(this.file.files[0]));
    this.name = name;
    place.append(
      form({ class: "fields" }, [field("Name", name)], "Take", async () => {
        await control(`/snapshots/${encodeURIComponent(name.value)}`, { method: "PUT" });
        await this.show();
        return `Taken: ${name.value}`;
      }, this.told),
      element("div", { class: "acts" }, button("Import a file…", () => this.file.click(), { told: this.told }), this.file),
      this.told,
      this.list,
      this.compared,
    );
  }

  async show() {
    const { items } = await control("/snapshots");
    this.list.replaceChildren(...items.map((one) => this.item(one)));
    if (!items.length) this.list.append(element("li", { class: "dim" }, "None yet. One keeps every record; the clock, the journal and the faults are not in it."));
  }

  item({ name, taken, world, seed }) {
    const path = `/snapshots/${encodeURIComponent(name)}`;
    const act = (word, done, kind) => button(word, done, { told: this.told, name: `${word} ${name}`, kind });
    return element(
      "li",
      {},
      element("p", { class: "thing" }, element("b", {}, ...visible(name)), element("span", { class: "dim" }, `${taken.slice(0, 19).replace("T", " ")} · ${world}, seed ${seed}`)),
      element(
        "div",
        { class: "acts" },
        act("Restore", async () => {
          await control(`${path}/restore`, { method: "POST" });
          return `The records are as they were in ${name}`;
        }),
        act("Compare", () => this.compare(name, path)),
        element("a", { class: "button", href: `/~${sandbox}/__admin${path}/export`, download: `${name}.json`, "aria-label": `Export ${name}` }, "Export"),
        act("Delete", async () => {
          await control(path, { method: "DELETE" });
          await this.show();
          return `Deleted: ${name}`;
        }, "danger"),
      ),
    );
  }

  async compare(name, path) {
    const { total, items } = await control(`${path}/diff?limit=200`);
    this.compared.replaceChildren(
      element("h3", {}, `From ${name} to now`),
      differences(items),
      total > items.length ? element("p", { class: "note" }, `and ${total - items.length} more records`) : "",
    );
    this.compared.hidden = false;
    this.compared.focus({ preventScroll: false });
  }

  async take(file) {
    if (!file) return;
    const name = this.name.value || file.name.replace(/\.json$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 64);
    await attempt(this.file, async () => {
      await control(`/snapshots/${encodeURIComponent(name)}/import`, { method: "PUT", text: await file.text() });
      await this.show();
      say(`Imported as ${name}: restore it to go there`);
    }, { told: this.told });
    this.file.value = "";
  }
}
