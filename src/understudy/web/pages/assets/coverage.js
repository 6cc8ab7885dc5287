// Coverage as a picture: every operation with its answers by status, filled where traffic has been.
import { control, prefix } from "./api.js";
import { button, choice, line } from "./card.js";
import { element } from "./dom.js";
import { later } from "./later.js";
import { coverage } from "./vocabulary.js";

const PAUSE = 400;
const SVG = "http://www.w3.org/2000/svg";

export class Coverage {
  constructor() {
    this.place = document.getElementById("picture");
    this.told = line();
    this.refresh = later(PAUSE, () => this.show());
    this.which = choice([["", "All operations"], ["met", "Where traffic has been"], ["unmet", "Where none has been"]], { "aria-label": "Which operations" });
    this.which.addEventListener("change", () => this.draw());
    this.head = element("div", { class: "summary-of-coverage" });
    this.maps = element("div", { class: "maps" });
    const anew = button("Count anew", async () => {
      await control("/coverage", { method: "DELETE" });
      await this.show();
    }, { told: this.told });
    this.place.append(this.head, element("div", { class: "tools" }, this.which, anew, this.legend()), this.told, this.maps);
  }

  async show() {
    this.data = await coverage();
    this.draw();
  }

  happened() {
    this.refresh();
  }

  legend() {
    const one = (kind, word) => element("span", {}, element("i", { class: `dot-of ${kind}`, "aria-hidden": "true" }), word);
    return element("p", { class: "legend" }, one("met", "met"), one("met refusal", "a refusal"), one("met failure", "a failure"), one("met wished", "only asked for"), one("", "never met"));
  }

  draw() {
    const { percent, touched, items, kinds, since, providers } = this.data;
    const calls = providers.flatMap((one) => one.operations).reduce((sum, one) => sum + one.calls, 0);
    this.head.replaceChildren(
      element("p", { class: "big" }, `${percent} %`),
      element("div", {}, element("p", { class: "strong" }, `${touched.toLocaleString("en")} of ${items.toLocaleString("en")} items of the contracts`), element("p", { class: "note" }, `${calls.toLocaleString("en")} requests since ${since.slice(0, 19).replace("T", " ")} UTC, over all sandboxes. ${Object.entries(kinds).map(([kind, share]) => `${kind} ${share.touched}/${share.items}`).join(" · ")}`)),
    );
    this.maps.replaceChildren(...providers.map((one) => this.map(one)).filter(Boolean));
    if (!this.maps.children.length) this.maps.append(element("p", { class: "dim" }, "No operation is like that."));
  }

  map({ provider, title, percent, operations }) {
    const wanted = operations.filter((one) => (this.which.value === "met" ? one.calls > 0 : this.which.value === "unmet" ? one.calls === 0 : true));
    if (!wanted.length) return null;
    const statuses = [...new Set(operations.flatMap((one) => one.answers.map((answer) => answer.status)))].sort((a, b) => a - b);
    const columns = statuses.map((status) => element("th", { scope: "col" }, String(status)));
    const rows = wanted.map((one) => row(one, provider, statuses));
    return element(
      "section",
      { class: "provider-map" },
      element("header", {}, element("h2", {}, title), bar(percent), element("span", { class: "count" }, `${percent} %`)),
      element("div", { class: "sheet" }, element("table", { class: "map" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Operation"), ...columns, element("th", { scope: "col", class: "calls" }, "Calls"))), element("tbody", {}, ...rows))),
    );
  }
}

function row(one, provider, statuses) {
  const docs = `${prefix}/docs/${provider}/${encodeURIComponent(one.operationId)}`;
  const cells = statuses.map((status) => element("td", {}, ...one.answers.filter((answer) => answer.status === status).map((answer) => dot(answer, docs))));
  return element(
    "tr",
    { class: one.calls ? "" : "idle" },
    element("th", { scope: "row" }, element("a", { href: docs, title: `${one.method} ${one.path}` }, element("span", { class: `method ${one.method.toLowerCase()}` }, one.method), ` ${one.operationId}`)),
    ...cells,
    element("td", { class: "calls" }, one.calls ? one.calls.toLocaleString("en") : ""),
  );
}

function dot({ answer, status, count, forced }, docs) {
  const wished = count > 0 && count === forced;
  const told = count === 0 ? "never met" : `met ${short(count)} time${count === 1 ? "" : "s"}${wished ? ", only because it was asked for" : ""}`;
  const kind = status >= 500 ? "failure" : status >= 300 ? "refusal" : "";
  const classes = ["dot-of", count && "met", wished && "wished", kind].filter(Boolean).join(" ");
  return element("a", { class: classes, href: `${docs}#answer-${answer}`, title: `${answer}: ${told}`, "aria-label": `${answer}: ${told}`, tabindex: count ? null : "-1" }, count ? short(count) : "");
}

function short(count) {
  return count < 1000 ? String(count) : count < 1e6 ? `${Math.floor(count / 1000)}k` : `${Math.floor(count / 1e6)}M`;
}

function bar(percent) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 1");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "share-bar");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("width", String(percent));
  rect.setAttribute("height", "1");
  svg.append(rect);
  return svg;
}
