// The request as code, in five dialects. Each can be pasted and run as it stands.

/** Return code by language: {curl, requests, httpx, fetch, axios}; `request` is {method, url, headers: [[name, value]], body?}. */
export function samples(request) {
  return { curl: curl(request), requests: python("requests", request), httpx: python("httpx", request), fetch: fetched(request), axios: axios(request) };
}

function shell(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

function curl({ method, url, headers, body }) {
  const implied = body === undefined ? "GET" : "POST";
  const lines = [`curl -i${method === implied ? "" : ` -X ${method}`} ${shell(url)}`];
  for (const [name, value] of headers) lines.push(`-H ${shell(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`--data-raw ${shell(compact(body))}`);
  return lines.join(" \\\n  ");
}

function python(library, { method, url, headers, body }) {
  const lines = [`import ${library}`, "", `response = ${library}.request(`, `    ${pythonText(method)},`, `    ${pythonText(url)},`];
  if (headers.length) lines.push("    headers={", ...headers.map(([name, value]) => `        ${pythonText(name)}: ${pythonText(value)},`), "    },");
  if (body !== undefined) lines.push(`    ${library === "httpx" ? "content" : "data"}=${pythonText(compact(body))}.encode(),`);
  return [...lines, ")", "print(response.status_code, response.text)"].join("\n");
}

function fetched({ method, url, headers, body }) {
  return [
    `const response = await fetch(${script(url)}, {`,
    `  method: ${script(method)},`,
    ...object("headers", headers),
    ...(body === undefined ? [] : [`  body: ${script(compact(body))},`]),
    "});",
    "console.log(response.status, await response.text());",
  ].join("\n");
}

function axios({ method, url, headers, body }) {
  return [
    'const axios = require("axios");',
    "",
    "axios",
    "  .request({",
    `    method: ${script(method)},`,
    `    url: ${script(url)},`,
    ...object("headers", headers).map((line) => `  ${line}`),
    ...(body === undefined ? [] : [`    data: ${script(compact(body))},`]),
    "    validateStatus: () => true,",
    "    transformResponse: (text) => text,",
    "  })",
    "  .then((response) => console.log(response.status, response.data));",
  ].join("\n");
}

function object(name, pairs) {
  return pairs.length ? [`  ${name}: {`, ...pairs.map(([key, value]) => `    ${script(key)}: ${script(value)},`), "  },"] : [];
}

/** Write a text as JavaScript does; line separators and marks of direction as escapes, so that code shows what it is. */
function script(text) {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, escaped);
}

function pythonText(text) {
  return script(text);
}

function escaped(letter) {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Write JSON without the white space between its tokens; anything else as it is. */
function compact(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return text.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/gsu).join("");
}
