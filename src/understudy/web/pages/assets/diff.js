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
  return steps(item.patch, item.before);
}

function members(value, kind) {
  if (value === null || typeof value !== "object") return [line(kind, "", value)];
  return Object.entries(value).map(([name, part]) => line(kind, `/${name}`, part));
}

/** Return what each step of a JSON Patch takes away and puts in place; the record is patched along with it. */
function steps(patch, before) {
  const whole = { record: structuredClone(before ?? {}) };
  return patch.flatMap((step) => {
    const found = [];
    const old = get(whole, step.path);
    if (step.op === "move" || step.op === "copy") step = { ...step, value: get(whole, step.from) };
    if (step.op === "move") found.push(line("gone", step.from, take(whole, step.from)));
    if (step.op === "remove" || step.op === "replace") found.push(line("gone", step.path, before && old));
    if (step.op === "remove") take(whole, step.path);
    else if (step.op !== "test") {
      found.push(line("added", step.path, step.value));
      put(whole, step.path, step.value, step.op === "replace");
    }
    return found;
  });
}

function way(pointer) {
  return ["record", ...pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))];
}

function get(whole, pointer) {
  return way(pointer).reduce((at, part) => at?.[part], whole);
}

function parent(whole, pointer) {
  const parts = way(pointer);
  const last = parts.pop();
  return [parts.reduce((at, part) => at?.[part], whole), last];
}

function take(whole, pointer) {
  const [at, last] = parent(whole, pointer);
  if (Array.isArray(at)) return at.splice(Number(last), 1)[0];
  const old = at?.[last];
  if (at) delete at[last];
  return old;
}

function put(whole, pointer, value, instead) {
  const [at, last] = parent(whole, pointer);
  if (Array.isArray(at)) at.splice(last === "-" ? at.length : Number(last), instead ? 1 : 0, value);
  else if (at) at[last] = value;
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
