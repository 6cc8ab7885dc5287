// From the form to a request: what is sent, whoever sends it.

/** Read the form: {method, path, query: [[name, value]], headers: [[name, value]], body?}. Empty fields are not sent. */
export function read(form, facts) {
  const path = {};
  const query = [];
  const headers = [];
  const cookies = [];
  for (const field of form.querySelectorAll("[data-scheme]")) {
    const value = field.dataset.kind === "apiKey" ? field.value : authorization(field);
    if (value) place({ in: field.dataset.in, name: field.name }, value, { query, headers, cookies });
  }
  for (const input of facts.inputs) {
    const field = form.querySelector(`[data-in="${input.in}"][name="${CSS.escape(input.name)}"]:not([data-scheme])`);
    if (input.in === "path") path[input.name] = field.value;
    else if (field.value !== "") for (const [name, value] of parts(input, field.value)) place({ in: input.in, name }, value, { query, headers, cookies });
  }
  const wish = form.querySelector("#wish").value;
  if (wish) headers.push(["Prefer", `example=${wish}`]);
  const body = form.querySelector("#body");
  const media = form.querySelector("#media")?.value ?? facts.bodies[0]?.media;
  const text = body ? encoded(body.value, media) : "";
  if (text) headers.push(["Content-Type", media]);
  if (cookies.length) headers.push(["Cookie", cookies.map(([name, value]) => `${name}=${value}`).join("; ")]);
  return { method: facts.method, path, query, headers, cookies, body: text || undefined, typed: body?.value ?? "", media };
}

/** Return the address of a request below the server's base. */
export function address(facts, request) {
  const path = facts.path.replace(/\{([^{}]+)\}/g, (_, name) => encodeURIComponent(request.path[name] ?? ""));
  const query = request.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  return facts.base + path + (query ? `?${query}` : "");
}

function authorization(field) {
  if (!field.value) return "";
  return field.dataset.kind === "basic" ? `Basic ${btoa(field.value)}` : `Bearer ${field.value}`;
}

function place({ in: where, name }, value, { query, headers, cookies }) {
  ({ query, header: headers, cookie: cookies })[where].push([name, value]);
}

/** Write a value as its parameter's style has it: lists are typed with commas, objects as name=value. */
function parts({ name, type, style, explode }, value) {
  if (type.startsWith("array")) {
    const items = value.split(",").map((item) => item.trim());
    if (explode && style === "form") return items.map((item) => [name, item]);
    return [[name, items.join({ spaceDelimited: " ", pipeDelimited: "|" }[style] ?? ",")]];
  }
  if (type.startsWith("object")) {
    const pairs = value.split(",").map((pair) => pair.split("="));
    if (style === "deepObject") return pairs.map(([key, item]) => [`${name}[${key}]`, item ?? ""]);
    return [[name, pairs.flat().join(",")]];
  }
  return [[name, value]];
}

/** Write the body as its content type has it: a form is typed as JSON, too. */
function encoded(typed, media) {
  if (media !== "application/x-www-form-urlencoded" || !typed) return typed;
  try {
    const fields = new URLSearchParams();
    for (const [name, value] of Object.entries(JSON.parse(typed))) {
      for (const item of Array.isArray(value) ? value : [value]) fields.append(name, typeof item === "object" ? JSON.stringify(item) : String(item));
    }
    return fields.toString();
  } catch {
    return typed;
  }
}
