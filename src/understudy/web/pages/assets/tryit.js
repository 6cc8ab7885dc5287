// Try it: the form, what the contract says to it as one types, the answer, and what it changed.
import { call, control, own, sandbox } from "./api.js";
import { samples } from "./code.js";
import { differences } from "./diff.js";
import { copy, element, say } from "./dom.js";
import { address, read } from "./form.js";
import { lineOf, show, visible } from "./json.js";

const PAUSE = 150;

/** Bring a form to life; the page may have none. */
export function mount(aside) {
  if (aside) new TryIt(aside);
}

class TryIt {
  constructor(aside) {
    this.aside = aside;
    this.form = aside.querySelector("#form");
    this.facts = JSON.parse(aside.querySelector("#facts").textContent);
    this.body = aside.querySelector("#body");
    this.sample = aside.querySelector("#sample");
    this.verdict = aside.querySelector("#verdict");
    if (this.body) this.fill(this.facts.filled);
    this.remembered();
    this.listen();
    this.changed();
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.form.addEventListener("input", (event) => {
      if (event.target !== this.sample) this.changed();
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.form.requestSubmit();
    });
    this.sample?.addEventListener("change", () => {
      const { samples: known, made } = this.facts.bodies[0];
      this.fill(this.sample.value ? known[this.sample.value] : made);
      this.changed();
    });
    this.body?.addEventListener("scroll", () => {
      this.aside.querySelector("#lines").scrollTop = this.body.scrollTop;
    });
    this.aside.querySelector("#login")?.addEventListener("click", (event) => this.login(event.target));
    for (const button of this.aside.querySelectorAll("[data-copy-code]")) {
      button.addEventListener("click", () => copy(button.parentElement.querySelector("code").textContent, button));
    }
  }

  fill(value) {
    this.body.value = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  }

  /** Everything that follows from what stands in the form. */
  changed() {
    const request = read(this.form, this.facts);
    this.number();
    const code = samples({ method: request.method, url: address(this.facts, request), headers: [...request.headers, ...Object.entries(own())], body: request.body });
    for (const [language, text] of Object.entries(code)) this.aside.querySelector(`#code-${language} code`).replaceChildren(...visible(text));
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.check(request), PAUSE);
  }

  number(bad = new Set()) {
    if (!this.body) return;
    const lines = this.body.value.split("\n").length;
    const shown = Math.min(lines, 2000);
    this.body.rows = Math.max(4, Math.min(lines, 22));
    this.aside.querySelector("#lines").replaceChildren(
      ...Array.from({ length: shown }, (_, n) => element("li", { class: bad.has(n + 1) && "bad" }, String(n + 1))),
    );
  }

  /** Have the server's own engine look at it. */
  async check(request) {
    this.checking?.abort();
    this.checking = new AbortController();
    const { provider, operation } = this.facts;
    const asked = { provider, operationId: operation, path: request.path, query: lists(request.query), headers: Object.fromEntries(request.headers) };
    if (this.body) asked.body = request.body ?? "";
    try {
      this.judge(await control("/check", { method: "POST", body: asked, signal: this.checking.signal }), request);
    } catch (error) {
      if (error.name !== "AbortError") this.say(`It could not be checked: ${error.message}`);
    }
  }

  judge({ violations, answer }, request) {
    const rows = [...this.form.querySelectorAll("[data-row]")];
    const left = new Set(violations);
    for (const row of rows) {
      const own = violations.filter((one) => row.dataset.row === `${one.in} ${one.pointer.split("/")[0]}`);
      own.forEach((one) => left.delete(one));
      tell(row.querySelector(".wrong"), row.querySelector("input, select"), own.map((one) => wrong(one)));
    }
    const lines = new Map([...left].filter((one) => one.in === "body").map((one) => [one, lineOf(request.typed, one.pointer)]));
    this.number(new Set(lines.values()));
    if (this.body) tell(this.aside.querySelector("#body-wrong"), this.body, [...left].map((one) => wrong(one, lines.get(one), (line) => this.goTo(line))));
    const count = violations.length;
    const asked = this.form.querySelector("#wish").value;
    if (!count) this.say("The contract has nothing against it.", true);
    else this.say(`${count} violation${count === 1 ? "" : "s"}${answer ? `: ${asked ? "without them" : "it would be"} answered ${answer.status} ${asked || answer.name}` : ""}.`);
  }

  say(text, ok = false) {
    this.verdict.textContent = text;
    this.verdict.classList.toggle("ok", ok);
  }

  goTo(line) {
    const before = this.body.value.split("\n").slice(0, line - 1).join("\n").length;
    const start = line > 1 ? before + 1 : 0;
    const end = this.body.value.indexOf("\n", start);
    this.body.focus();
    this.body.setSelectionRange(start, end < 0 ? this.body.value.length : end);
  }

  async send() {
    const button = this.aside.querySelector("#send");
    const result = this.aside.querySelector("#result");
    const request = read(this.form, this.facts);
    button.disabled = true;
    result.setAttribute("aria-busy", "true");
    bake(request.cookies, "");
    try {
      const url = new URL(address(this.facts, request), location.href);
      const answer = await call({ method: request.method, url: url.href, headers: Object.fromEntries(request.headers), body: request.body });
      result.replaceChildren(...shown(answer, request.method));
      result.hidden = false;
      result.scrollIntoView({ block: "nearest" });
      await this.aftermath(answer, result);
    } catch (error) {
      result.replaceChildren(element("p", { class: "wrong" }, `It could not be sent: ${error.message}`));
      result.hidden = false;
    } finally {
      bake(request.cookies, "; Max-Age=0");
      button.disabled = false;
      result.setAttribute("aria-busy", "false");
    }
  }

  /** Show what the exchange changed. */
  async aftermath(answer, result) {
    const place = result.querySelector("[data-changes]");
    const id = answer.header("understudy-exchange");
    try {
      const entry = id ? await control(`/requests/${id}`) : null;
      place.replaceChildren(entry ? differences(entry.diff) : element("p", { class: "dim" }, "It was no exchange."));
    } catch (error) {
      place.replaceChildren(element("p", { class: "dim" }, `The journal could not say: ${error.message}`));
    }
  }

  async login(button) {
    const { login } = this.facts;
    const account = login.accounts[this.aside.querySelector("#account").value];
    button.disabled = true;
    try {
      const answer = await call({ method: login.method, url: new URL(this.facts.base + login.path, location.href).href, headers: { "Content-Type": "application/json" }, body: JSON.stringify(account) });
      const token = pointed(JSON.parse(answer.text), login.token);
      if (typeof token !== "string") throw new Error(`the answer was ${answer.status} ${answer.header("understudy-answer") ?? ""}`);
      this.put(login.send.replace("{token}", token));
      say("Logged in; the token is in place");
    } catch (error) {
      say(`Nobody was logged in: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  }

  put(value) {
    this.aside.querySelector(`[data-scheme="${CSS.escape(this.facts.login.scheme)}"]`).value = value;
    sessionStorage.setItem(this.key(), JSON.stringify({ value, account: this.aside.querySelector("#account").value }));
    this.changed();
  }

  /** A token that was fetched stays, from one operation to the next. */
  remembered() {
    const kept = this.aside.querySelector("#login") && sessionStorage.getItem(this.key());
    if (!kept) return;
    const { value, account } = JSON.parse(kept);
    this.aside.querySelector(`[data-scheme="${CSS.escape(this.facts.login.scheme)}"]`).value = value;
    this.aside.querySelector("#account").value = account;
  }

  key() {
    return `understudy-login ${sandbox} ${this.facts.provider}`;
  }
}

/** Put cookies into the jar, or take them out: a script may not send them as a header. */
function bake(cookies, lifetime) {
  for (const [name, value] of cookies) document.cookie = `${name}=${value}; path=/; SameSite=Strict${lifetime}`;
}

function lists(pairs) {
  const query = {};
  for (const [name, value] of pairs) (query[name] ??= []).push(value);
  return query;
}

function tell(list, field, items) {
  list.replaceChildren(...items);
  list.hidden = items.length === 0;
  if (items.length) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Return a violation in words: where, what, by which rule, what was probably meant. */
function wrong(violation, line, goTo) {
  const named = violation.in === "body" ? violation.pointer || "the body" : violation.in === "header" ? violation.pointer : "";
  const said = [named && element("code", {}, ...visible(named)), named && " ", ...visible(violation.message)];
  return element(
    "li",
    {},
    line ? element("button", { type: "button", onclick: () => goTo(line) }, `line ${line}`) : null,
    line ? " " : null,
    ...said,
    violation.hint ? element("span", { class: "hint" }, "; ", ...visible(violation.hint)) : null,
    violation.source ? element("span", { class: "rule" }, ` ${violation.source}`) : null,
  );
}

function shown(answer, method) {
  const name = answer.header("understudy-answer");
  const fault = answer.header("understudy-fault");
  return [
    element(
      "p",
      { class: "outcome", role: "status" },
      element("span", { class: `status s${String(answer.status)[0]}` }, String(answer.status)),
      name && element("a", { href: `#answer-${name}` }, element("code", {}, name)),
      answer.header("preference-applied") && element("span", { class: "badge inferred" }, "as asked"),
      fault && element("span", { class: "badge old" }, `fault ${fault}`),
      element("span", {}, `${answer.milliseconds.toFixed(answer.milliseconds < 10 ? 1 : 0)} ms`),
      element("span", {}, size(answer.size)),
    ),
    refused(answer),
    element("div", {}, element("h3", {}, "What it changed"), element("div", { "data-changes": true }, element("p", { class: "dim" }, "…"))),
    element("div", {}, element("h3", {}, "Body"), body(answer, method)),
    element("details", {}, element("summary", {}, `Headers (${answer.headers.length})`), headers(answer.headers)),
  ].filter(Boolean);
}

function body(answer, method) {
  if (!answer.text) return element("p", { class: "dim" }, method === "HEAD" ? "None, as HEAD has it." : "None.");
  const copied = element("button", { type: "button", class: "copy", "aria-label": "Copy the body" }, "Copy");
  copied.addEventListener("click", () => copy(answer.text, copied));
  return element("div", { class: "code" }, element("pre", { tabindex: "0", "aria-label": "Body of the answer" }, show(answer.text)), copied);
}

function refused(answer) {
  const told = answer.header("understudy-violations");
  if (!told) return null;
  const { count, violations } = JSON.parse(told);
  const more = count - violations.length;
  return element(
    "div",
    {},
    element("h3", {}, `${count} violation${count === 1 ? "" : "s"} of the contract`),
    element("ul", { class: "wrong" }, ...violations.map((one) => wrong(one)), more > 0 && element("li", {}, `and ${more} more`)),
  );
}

function headers(pairs) {
  const rows = pairs.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, ...visible(name)), element("td", { class: "mono" }, ...visible(value))));
  return element("table", {}, element("tbody", {}, ...rows));
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`;
}

function pointed(value, pointer) {
  return pointer.split("/").slice(1).reduce((at, part) => at?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], value);
}
