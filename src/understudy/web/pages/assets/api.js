// The way to the server: always in the reader's sandbox.

const root = document.documentElement.dataset;

/** The reader's sandbox. */
export const sandbox = root.sandbox;
/** The path prefix that names it, where the page's address has one. */
export const prefix = root.prefix;

/** Why the control API does not answer here; undefined where it does. */
const shut = {
  out: "this needs the server's admin token: give it to the console, then load this page again",
  off: "this server was started with --no-admin",
}[root.admin];

/** Return headers that name the reader's sandbox; none where the path does. */
export function own() {
  return prefix ? {} : { "Understudy-Sandbox": sandbox };
}

/** Fetch; say in words that nobody was there, where browsers say only that it failed. */
async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError" || (await alive())) throw error;
    throw new Error("the server cannot be reached; is it running?");
  }
}

async function alive() {
  try {
    await fetch("/__admin/health", { cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/** Ask the control API; return its JSON (null for none). `text` is a body that is JSON already, `within` another sandbox. Throws an Error with the problem's detail. */
export async function control(path, { method = "GET", body, text, signal, within } = {}) {
  if (shut) throw new Error(shut);
  const headers = { ...(within ? {} : own()), Accept: "application/json" };
  const sent = body === undefined ? text : JSON.stringify(body);
  if (sent !== undefined) headers["Content-Type"] = "application/json";
  const answer = await reach(`${within ? `/~${within}` : prefix}/__admin${path}`, { method, headers, body: sent, signal, cache: "no-store" });
  const said = await answer.text();
  let data = null;
  try {
    data = said ? JSON.parse(said) : null;
  } catch {
    data = null;
  }
  if (!answer.ok) throw Object.assign(new Error(data?.detail ?? `the server answered ${answer.status}`), { status: answer.status, problem: data });
  return data;
}

/** Make an exchange: {method, url, headers, body}; return what came back, with how long it took. */
export async function call({ method, url, headers = {}, body }) {
  const started = performance.now();
  const answer = await reach(url, { method, headers: { ...headers, ...own() }, body, cache: "no-store", redirect: "manual" });
  const bytes = await answer.arrayBuffer();
  return {
    status: answer.status,
    headers: [...answer.headers],
    text: new TextDecoder().decode(bytes),
    size: bytes.byteLength,
    milliseconds: performance.now() - started,
    header: (name) => answer.headers.get(name),
  };
}
