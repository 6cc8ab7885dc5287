// What a call changed: record by record, member by member.
import { element } from "./dom.js";
import { visible } from "./json.js";

const WORDS = { created: "created", changed: "changed", removed: "removed" };
const CUT = 2000;

/** Return a list of differences ({provider, collection, id, kind, patch, before?}) as nodes. */
export function differences(items) {
  if (!items.length) return element("p", { class: "dim" }, "Nothing: the state is as it was.");
  return element("div", { class: "changes" }, ...items.map(record));
}

function record(item) {
  const head = element(
    "p",
    { class: "record" },
    element("span", { class: `kind ${item.kind}` }, WORDS[item.kind] ?? item.kind),
    " ",
    element("code", {}, ...visible(`${item.collection}/${item.id}`)),
  );
  return element("div", { class: "change" }, head, element("div", { class: "lines-of-change" }, ...lines(item)));
}

function lines(item) {
  if (item.kind === "created") return members(item.patch[0]?.value, "added");
  if (item.kind === "removed") return item.before ? members(item.before, "gone") : [];
  return item.patch.filter((step) => step.op !== "test").flatMap((step) => changed(step, item.before));
}

function members(value, kind) {
  if (value === null || typeof value !== "object") return [line(kind, "", value)];
  return Object.entries(value).map(([name, part]) => line(kind, `/${name}`, part));
}

function changed(step, before) {
  const old = at(before, step.path);
  const found = [];
  if (step.op !== "add" && old !== undefined) found.push(line("gone", step.path, old));
  if (step.op === "remove" && old === undefined) found.push(line("gone", step.path, undefined));
  if (step.op !== "remove") found.push(line("added", step.path, "value" in step ? step.value : at(before, step.from)));
  return found;
}

function at(record, pointer) {
  if (record === undefined || pointer === undefined) return undefined;
  let value = record;
  for (const part of pointer.split("/").slice(1)) value = value?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  return value;
}

function line(kind, path, value) {
  const text = value === undefined ? "" : JSON.stringify(value);
  const name = path.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  return element(
    "p",
    { class: kind },
    element("span", { class: "sign", "aria-label": kind === "added" ? "now" : "before" }, kind === "added" ? "+" : "−"),
    element("code", {}, ...visible(name), name && text ? ": " : "", ...visible(text.length > CUT ? `${text.slice(0, CUT)}…` : text)),
  );
}
