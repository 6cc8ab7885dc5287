// An exchange of the journal as a request again: to be sent, as curl, as a test.
import { call, control, own, sandbox } from "./api.js";
import { samples } from "./code.js";

const MASK = "•••";
// What a browser, curl and httpx write by themselves, and what says whose sandbox is meant.
const THEIRS = new Set([
  "host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent", "origin", "referer", "cookie", "te",
  "keep-alive", "upgrade", "upgrade-insecure-requests", "expect", "dnt", "via", "understudy-sandbox", "baggage", "priority", "cache-control", "pragma",
]);
let known = null;

/** Whether the journal covers something in a text. */
export const covered = (text) => typeof text === "string" && text.includes(MASK);

/** Return the request of an entry: {method, target, headers: [[name, value]], body}; credentials are put back where they are known. */
export async function requestOf(entry, { fetched = true } = {}) {
  const headers = [];
  for (const [name, value] of Object.entries(entry.headers)) {
    if (THEIRS.has(name) || name.startsWith("sec-") || name.startsWith("access-control-") || (name === "accept" && value === "*/*")) continue;
    headers.push([name, covered(value) && fetched ? await credential(entry, name, value) : value]);
  }
  return { method: entry.method, target: targetOf(entry), headers, body: bodyOf(entry) };
}

/** Return what is still covered in a request, in words. */
export function missing({ headers, body, target }) {
  const found = headers.filter(([, value]) => covered(value)).map(([name]) => name);
  if (covered(body)) found.push("the body");
  if (covered(target) || target.includes(encodeURIComponent(MASK))) found.push("the query");
  return found;
}

function targetOf(entry) {
  const path = entry.path.split("/").map((part) => encodeURIComponent(part).replace(/%(?:3A|40|24|26|2B|2C|3B|3D)/g, decodeURIComponent)).join("/");
  const query = new URLSearchParams(Object.entries(entry.query).flatMap(([name, values]) => values.map((value) => [name, value])));
  return path + (query.size ? `?${query}` : "");
}

function bodyOf(entry) {
  if (entry.body === null) return undefined;
  return typeof entry.body === "string" ? entry.body : JSON.stringify(entry.body);
}

async function providers() {
  known ??= (await control("/providers")).items;
  return known;
}

/** Return a value for a header that the journal covers: a credential that works, fetched by logging in where that is how it is had. */
async function credential(entry, name, value) {
  const provider = (await providers()).find((one) => one.provider === entry.provider);
  for (const one of provider?.credentials ?? []) {
    for (const [header, fixed] of Object.entries(one)) if (header.toLowerCase() === name) return fixed;
  }
  const login = provider?.logins.find((one) => one.header.toLowerCase() === name);
  return login ? await token(login) : value;
}

async function token(login) {
  const answer = await call({ method: login.method, url: login.path, headers: { "Content-Type": "application/json" }, body: JSON.stringify(login.body) });
  const found = login.token.split("/").slice(1).reduce((at, part) => at?.[part], JSON.parse(answer.text));
  if (typeof found !== "string") throw new Error(`logging in was answered ${answer.status}`);
  return login.prefix + found;
}

/** Send a request in the sandbox that is watched; return the id of the new exchange. */
export async function send({ method, target, headers, body }) {
  const bare = method === "GET" || method === "HEAD";
  const answer = await call({ method, url: target, headers: Object.fromEntries(headers), body: bare ? undefined : body });
  return answer.header("understudy-exchange");
}

/** Return a request as a curl command. */
export function curl({ method, target, headers, body }, origin) {
  const mine = sandbox === "default" ? [] : Object.entries(own());
  return samples({ method, url: origin + target, headers: [...headers, ...mine], body }).curl;
}
