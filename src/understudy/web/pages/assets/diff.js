// What a call changed: record by record, member by member.
import { element } from "./dom.js";
import { visible } from "./json.js";

const WORDS = { created: "created", changed: "changed", removed: "removed" };
const CUT = 2000;
const MANY = 250_000;

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
  return item.before ? changed(item.before, item.patch) : item.patch.flatMap(step);
}

function members(value, kind) {
  if (value === null || typeof value !== "object") return [line(kind, "", value)];
  return Object.entries(value).map(([name, part]) => line(kind, `/${escaped(name)}`, part));
}

/** Return a step of a JSON Patch as it stands: for who does not know what was there before. */
function step({ op, path, from, value }) {
  if (op === "move") return [line("gone", from), line("added", path)];
  if (op === "test") return [];
  return [...(op === "remove" || op === "replace" ? [line("gone", path)] : []), ...(op === "remove" ? [] : [line("added", path, value)])];
}

/** Return what differs between a record and what a JSON Patch makes of it; secrets differ unseen, for both are covered. */
function changed(before, patch) {
  const whole = { record: structuredClone(before) };
  const covered = [];
  for (const { op, path, from, value } of patch) {
    if (op === "replace" && same(get(whole, path), value)) covered.push(line("gone", path, value), line("added", path, value));
    if (op === "remove") take(whole, path);
    else if (op === "move") put(whole, path, take(whole, from), false);
    else if (op === "copy") put(whole, path, structuredClone(get(whole, from)), false);
    else if (op !== "test") put(whole, path, value, op === "replace");
  }
  return [...compared("", before, whole.record), ...covered];
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Return what is gone and what is new between two values, each where it stands: items that only moved up are neither. */
function compared(path, old, now) {
  if (same(old, now)) return [];
  if (Array.isArray(old) && Array.isArray(now)) return items(path, old, now);
  if (isObject(old) && isObject(now)) return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => member(`${path}/${escaped(name)}`, old, now, name));
  return [line("gone", path, old), line("added", path, now)];
}

function member(path, old, now, name) {
  if (!Object.hasOwn(now, name)) return [line("gone", path, old[name])];
  return Object.hasOwn(old, name) ? compared(path, old[name], now[name]) : [line("added", path, now[name])];
}

function items(path, old, now) {
  const found = [];
  for (const { gone, added } of stretches(old.map((one) => JSON.stringify(one)), now.map((one) => JSON.stringify(one)))) {
    const both = gone.length === added.length ? gone.length : 0;
    for (let n = 0; n < both; n += 1) found.push(...compared(`${path}/${added[n]}`, old[gone[n]], now[added[n]]));
    found.push(...gone.slice(both).map((at) => line("gone", `${path}/${at}`, old[at])), ...added.slice(both).map((at) => line("added", `${path}/${at}`, now[at])));
  }
  return found;
}

/** Return the stretches in which two lists differ, as places: {gone: in the old one, added: in the new one}. */
function stretches(old, now) {
  const found = [];
  let gone = [];
  let added = [];
  const end = () => {
    if (gone.length || added.length) found.push({ gone, added });
    [gone, added] = [[], []];
  };
  let [i, j] = [0, 0];
  let [k, l] = [old.length, now.length];
  while (i < k && i < l && old[i] === now[i]) j = i += 1;
  while (k > i && l > j && old[k - 1] === now[l - 1]) [k, l] = [k - 1, l - 1];
  const left = common(old.slice(0, k), now.slice(0, l));
  while (i < k || j < l) {
    if (i < k && j < l && old[i] === now[j]) {
      end();
      i += 1;
      j += 1;
    } else if (j >= l || (i < k && left(i + 1, j) >= left(i, j + 1))) gone.push(i++);
    else added.push(j++);
  }
  end();
  return found;
}

/** Return a function that says how much two lists have in common from two places on; nothing where that would take too long. */
function common(old, now) {
  if (old.length * now.length > MANY) return () => 0;
  const width = now.length + 1;
  const length = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) length[i * width + j] = old[i] === now[j] ? length[(i + 1) * width + j + 1] + 1 : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
  }
  return (i, j) => length[i * width + j];
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function escaped(name) {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
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
