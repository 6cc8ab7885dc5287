// One exchange: what was asked and answered, which rules it broke, what it changed; and what can be done with it.
import { control, prefix } from "./api.js";
import { differences } from "./diff.js";
import { copy, element, say } from "./dom.js";
import { show, visible } from "./json.js";
import { pytest } from "./pytest.js";
import { curl, missing, requestOf, send } from "./requests.js";
import { timeOfDay, took } from "./summary.js";

const facts = JSON.parse(document.getElementById("facts").textContent);

export class Opened {
  /** `note(words)` puts a line into the traffic. */
  constructor(place, note) {
    this.place = place;
    this.note = note;
    this.id = null;
  }

  async show(id) {
    this.id = id;
    this.place.hidden = id === null;
    if (id === null) return;
    this.place.setAttribute("aria-busy", "true");
    try {
      const entry = await control(`/requests/${id}`);
      if (this.id === id) this.place.replaceChildren(...this.shown(entry));
    } catch (error) {
      if (this.id === id) this.place.replaceChildren(this.head(`#${id}`), element("p", { class: "dim" }, error.message));
    }
    if (this.id !== id) return;
    this.place.setAttribute("aria-busy", "false");
    this.place.scrollTop = 0;
    if (matchMedia("(max-width: 900px)").matches) this.place.scrollIntoView({ block: "start" });
  }

  head(...words) {
    return element("header", {}, element("h2", {}, ...words), element("a", { href: "#traffic", class: "button", "aria-label": "Close this exchange" }, "Close"));
  }

  shown(entry) {
    return [
      this.head(element("span", { class: `method ${entry.method.toLowerCase()}` }, ...visible(entry.method)), " ", element("code", {}, ...visible(short(entry.path))), element("span", { class: "dim" }, ` #${entry.id}`)),
      outcome(entry),
      this.acts(entry),
      this.editor,
      entry.violations.length > 0 && broken(entry),
      block("What it changed", differences(entry.diff)),
      block("Request", queryOf(entry), text(entry.body, "Body of the request"), headers("Headers", entry.headers)),
      block("Answer", entry.status === null ? element("p", { class: "dim" }, "None: the connection was broken.") : text(entry.response.body, "Body of the answer"), headers("Headers", entry.response.headers)),
    ].filter(Boolean);
  }

  acts(entry) {
    this.editor = element("form", { class: "edit", hidden: true, "aria-label": "The request, to be changed" });
    const act = (word, title, done) => element("button", { type: "button", title, onclick: (event) => this.attempt(event.currentTarget, () => done(event.currentTarget)) }, word);
    return element(
      "div",
      { class: "acts" },
      act("Replay", "Send it again from this browser", () => this.replay(entry)),
      act("Edit and replay", "Change it, then send it again", () => this.edit(entry)),
      act("Rewind to before this", "Put every record back to how it was just before this exchange; the journal stays", () => this.rewind(entry)),
      act("Copy as curl", "With credentials that work in place of those that the journal covers", async (button) => {
        const request = await requestOf(entry);
        this.warn(missing(request));
        await copy(curl(request, facts.origin), button);
      }),
      act("Copy as pytest", "A test with the fixture sandbox of Understudy's pytest plugin", async (button) => copy(pytest(entry, await requestOf(entry, { fetched: false }), facts), button)),
    );
  }

  async attempt(button, done) {
    button.disabled = true;
    try {
      await done();
    } catch (error) {
      say(`It could not be done: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  }

  warn(covered) {
    if (covered.length) say(`What the journal covers stands as ••• in ${covered.join(", ")}: put the real values there`);
  }

  async replay(entry) {
    const request = await requestOf(entry);
    const covered = missing(request);
    if (covered.length) {
      await this.edit(entry);
      this.warn(covered);
    } else await this.sent(request, entry);
  }

  async sent(request, entry) {
    const id = await send(request);
    say(`#${entry.id} was sent again`);
    if (id) location.hash = `#exchange-${id}`;
  }

  async edit(entry) {
    const request = await requestOf(entry);
    const target = element("input", { id: "edit-target", spellcheck: "false" });
    const head = element("textarea", { id: "edit-headers", rows: "4", spellcheck: "false" });
    const body = element("textarea", { id: "edit-body", rows: "10", spellcheck: "false" });
    target.value = request.target;
    head.value = request.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
    body.value = typeof entry.body === "string" || entry.body === null ? request.body ?? "" : JSON.stringify(entry.body, null, 2);
    const field = (id, word, control) => [element("label", { for: id }, word), control];
    this.editor.replaceChildren(
      ...field("edit-target", `${entry.method} to`, target),
      ...field("edit-headers", "Headers", head),
      ...field("edit-body", "Body", body),
      element("div", { class: "acts" }, element("button", { class: "primary" }, "Send"), element("button", { type: "button", onclick: () => this.close() }, "Leave it")),
    );
    this.editor.onsubmit = (event) => {
      event.preventDefault();
      const changed = { method: entry.method, target: target.value, headers: pairs(head.value), body: body.value || undefined };
      this.attempt(this.editor.querySelector("button"), () => this.sent(changed, entry));
    };
    this.editor.hidden = false;
    target.focus();
  }

  close() {
    this.editor.hidden = true;
  }

  async rewind(entry) {
    await control("/rewind", { method: "POST", body: { to: entry.id } });
    this.note(`Rewound to before #${entry.id}`);
  }
}

function short(path) {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}

function pairs(text) {
  return text.split("\n").filter((line) => line.includes(":")).map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
}

function outcome(entry) {
  const docs = entry.operationId && `${prefix}/docs/${entry.provider}/${encodeURIComponent(entry.operationId)}`;
  return element(
    "p",
    { class: "outcome" },
    element("span", { class: `status s${String(entry.status ?? 5)[0]}` }, entry.status === null ? "no answer" : String(entry.status)),
    entry.answer && (docs ? element("a", { href: `${docs}#answer-${entry.answer}` }, element("code", {}, entry.answer)) : element("code", {}, entry.answer)),
    entry.forced && !entry.fault && element("span", { class: "badge inferred" }, "forced"),
    entry.fault && element("span", { class: "badge old" }, `fault ${entry.fault}`),
    docs ? element("a", { href: docs }, `${entry.provider} ${entry.operationId}`) : element("span", {}, "no operation"),
    element("span", {}, took(entry.duration)),
    element("span", { title: "When it came in" }, timeOfDay(entry.receivedAt)),
    element("span", { title: "By the sandbox's clock" }, `sandbox: ${entry.time.slice(0, 19).replace("T", " ")}`),
  );
}

function broken(entry) {
  return block(
    `${entry.violations.length} violation${entry.violations.length === 1 ? "" : "s"} of the contract`,
    element("ul", { class: "wrong" }, ...entry.violations.slice(0, 100).map(violation), entry.violations.length > 100 && element("li", {}, `and ${entry.violations.length - 100} more`)),
  );
}

/** Return a violation as a list item: where, what, what was sent, what was meant, and the line of the contract. */
export function violation(one) {
  const where = one.in === "body" ? one.pointer || "the body" : `${one.in} ${one.pointer}`;
  return element(
    "li",
    {},
    element("code", {}, ...visible(where)),
    " ",
    ...visible(one.message),
    "sent" in one && one.sent !== undefined && element("span", { class: "hint" }, "; sent: ", element("code", {}, ...visible(short(JSON.stringify(one.sent))))),
    one.hint && element("span", { class: "hint" }, "; ", ...visible(one.hint)),
    one.source && element("span", { class: "rule", title: one.rule }, ` ${one.source}`),
  );
}

function block(title, ...content) {
  return element("section", { class: "part" }, element("h3", {}, title), ...content);
}

function queryOf(entry) {
  const pairs = Object.entries(entry.query).flatMap(([name, values]) => values.map((value) => [name, value]));
  return pairs.length > 0 && table(pairs);
}

function headers(title, given) {
  const pairs = Object.entries(given);
  return element("details", {}, element("summary", {}, `${title} (${pairs.length})`), table(pairs));
}

function table(pairs) {
  const rows = pairs.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, ...visible(short(name))), element("td", {}, ...visible(value.slice(0, 4000)))));
  return element("table", { class: "pairs" }, element("tbody", {}, ...rows));
}

function text(body, label) {
  if (body === null) return element("p", { class: "dim" }, "No body.");
  const written = typeof body === "string" ? body : JSON.stringify(body, null, 2);
  const copied = element("button", { type: "button", class: "copy", "aria-label": `Copy the ${label.toLowerCase()}` }, "Copy");
  copied.addEventListener("click", () => copy(written, copied));
  return element("div", { class: "code" }, element("pre", { tabindex: "0", "aria-label": label }, show(written)), copied);
}
