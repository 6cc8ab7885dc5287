// An exchange as a test with the fixture `sandbox` of Understudy's pytest plugin.
import { covered } from "./requests.js";

const WORDS = new Set("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(" "));

/** Return a test that makes this exchange again and expects the same answer. `facts`: {world, seed, server: {world, seed}}. */
export function pytest(entry, request, facts) {
  const lines = [];
  const different = ["world", "seed"].filter((word) => facts[word] !== facts.server[word]);
  if (different.length) lines.push("import pytest", "", "", `@pytest.mark.understudy(${different.map((word) => `${word}=${literal(facts[word])}`).join(", ")})`);
  lines.push(`def test_${name(entry)}(sandbox):`);
  lines.push(...notes(entry, request).map((text) => `    # ${text}`));
  lines.push("    with sandbox.client() as http:", "        answer = http.request(", `            ${literal(entry.method)},`, `            ${literal(request.target)},`);
  lines.push(...headers(entry, request), ...body(entry, request), "        )", ...expected(entry));
  return `${lines.join("\n")}\n`;
}

function notes(entry, request) {
  const found = [];
  if (covered(request.body) || covered(request.target)) found.push("The journal covers secrets: put the real ones in the place of •••.");
  if (entry.fault) found.push("A fault struck here; set one with sandbox.fault(...) before the call.");
  return found;
}

function headers(entry, request) {
  const own = request.headers.filter(([, value]) => !covered(value)).filter(([key]) => !(key === "content-type" && isJson(entry)));
  const credentials = own.length < request.headers.length && request.headers.some(([, value]) => covered(value));
  if (!own.length && !credentials) return [];
  const first = credentials ? [`**sandbox.credentials(${literal(entry.provider)})`] : [];
  return ["            headers={", ...[...first, ...own.map(([key, value]) => `${literal(key)}: ${literal(value)}`)].map((text) => `                ${text},`), "            },"];
}

function body(entry, request) {
  if (request.body === undefined) return [];
  if (isJson(entry)) return [`            json=${literal(entry.body, 12)},`];
  return [`            content=${literal(request.body)}.encode(),`];
}

/** Whether httpx would send the same when it is given the value. */
function isJson(entry) {
  return typeof entry.body !== "string" && entry.body !== null && entry.headers["content-type"] === "application/json";
}

function expected(entry) {
  if (entry.status === null) return ["    # It got no answer: the connection was broken."];
  const lines = [`    assert answer.status_code == ${entry.status}`];
  if (entry.answer) lines.push(`    assert answer.headers["Understudy-Answer"] == ${literal(entry.answer)}`);
  return lines;
}

function name(entry) {
  const words = `${entry.operationId ?? `${entry.method} ${entry.path}`} ${entry.status >= 400 ? entry.answer ?? "" : ""}`;
  const made = words.replace(/([a-z])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "").toLowerCase().slice(0, 80);
  return WORDS.has(made) || !made ? "exchange" : made;
}

/** Write a JSON value as Python does. */
export function literal(value, indent = 0) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return JSON.stringify(value).replace(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (typeof value === "number") return String(value);
  const deeper = " ".repeat(indent + 4);
  const items = Array.isArray(value) ? value.map((item) => literal(item, indent + 4)) : Object.entries(value).map(([key, item]) => `${literal(key)}: ${literal(item, indent + 4)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const flat = `${open}${items.join(", ")}${close}`;
  if (flat.length < 72 && !flat.includes("\n")) return flat;
  return `${open}\n${items.map((item) => `${deeper}${item},\n`).join("")}${" ".repeat(indent)}${close}`;
}
