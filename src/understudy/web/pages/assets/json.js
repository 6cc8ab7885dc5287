// JSON from outside as coloured nodes: read token by token, so that numbers stay as they were sent, and nothing is HTML.
import { element } from "./dom.js";

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]|[^\s{}[\],:"]+|"/gsu;
// What a terminal or a reader's eye would obey instead of show: controls, marks of direction, invisible spaces.
const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const COLOURED = 60_000;
const SHOWN = 400_000;

/** Return text as nodes, in which what cannot be seen is written out as \uXXXX. */
export function visible(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(ODD)) {
    if (found.index > end) nodes.push(text.slice(end, found.index));
    nodes.push(element("i", { class: "odd" }, `\\u${found[0].codePointAt(0).toString(16).padStart(4, "0")}`));
    end = found.index + found[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** Return JSON text, indented by two; the text as it is where it is no JSON. */
export function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  let out = "";
  const tokens = text.match(TOKEN) ?? [];
  tokens.forEach((token, at) => {
    const next = tokens[at + 1];
    if (token === "{" || token === "[") {
      out += token;
      if (next !== "}" && next !== "]") out += `\n${"  ".repeat(++depth)}`;
    } else if (token === "}" || token === "]") {
      const before = tokens[at - 1];
      out += before === "{" || before === "[" ? token : `\n${"  ".repeat(--depth)}${token}`;
    } else if (token === ",") out += `,\n${"  ".repeat(depth)}`;
    else out += token === ":" ? ": " : token;
  });
  return out;
}

/** Return a code element that shows text from outside: JSON indented and coloured, anything else as it is. */
export function show(text) {
  const pretty = indented(text);
  const shown = pretty.slice(0, SHOWN);
  const code = element("code", {}, ...(pretty.length <= COLOURED ? coloured(pretty) : visible(shown)));
  if (pretty.length > SHOWN) code.append(element("i", { class: "w" }, `\n… ${(pretty.length - SHOWN).toLocaleString("en")} more characters`));
  return code;
}

function coloured(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(?:true|false|null)\b/gsu)) {
    nodes.push(...visible(text.slice(end, found.index)));
    const [whole, string, colon, number] = found;
    if (string && colon) nodes.push(element("b", { class: "k" }, ...visible(string)), colon);
    else nodes.push(element("i", { class: string ? "s" : number ? "n" : "w" }, ...visible(whole)));
    end = found.index + whole.length;
  }
  nodes.push(...visible(text.slice(end)));
  return nodes;
}

/** Return the line (from 1) on which a JSON Pointer's value, or its nearest ancestor's, begins in a JSON text. */
export function lineOf(text, pointer) {
  const wanted = pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const frames = [];
  let best = { depth: 0, at: text.search(/\S/) };
  let key = null;
  const matched = () => frames.every((frame, n) => String(frame.key) === wanted[n]) && frames.length <= wanted.length;
  const meet = (at) => {
    if (frames.length && matched() && frames.length > best.depth) best = { depth: frames.length, at };
  };
  for (const found of text.matchAll(TOKEN)) {
    const token = found[0];
    const frame = frames.at(-1);
    if (token === "{" || token === "[") {
      meet(key?.at ?? found.index);
      frames.push({ key: token === "[" ? 0 : null, list: token === "[" });
      key = null;
    } else if (token === "}" || token === "]") {
      frames.pop();
    } else if (token === ",") {
      if (frame?.list) frame.key += 1;
      key = null;
    } else if (token === ":") {
      continue;
    } else if (frame && !frame.list && key === null) {
      key = { at: found.index };
      try {
        frame.key = JSON.parse(token);
      } catch {
        frame.key = token;
      }
      meet(found.index);
    } else meet(key?.at ?? found.index);
  }
  return text.slice(0, Math.max(best.at, 0)).split("\n").length;
}
