// Starts Swagger UI: the reader's sandbox in every call, credentials filled in.
import { call } from "./api.js";

const setup = JSON.parse(document.getElementById("setup").textContent);

const ui = window.SwaggerUIBundle({
  url: setup.url,
  dom_id: "#swagger",
  deepLinking: true,
  validatorUrl: null,
  queryConfigEnabled: false,
  tryItOutEnabled: true,
  requestInterceptor: (request) => {
    if (setup.sandbox && !request.loadSpec) request.headers["Understudy-Sandbox"] = setup.sandbox;
    return request;
  },
  onComplete: fillIn,
});

async function fillIn() {
  for (const [scheme, value] of Object.entries(setup.credentials)) ui.preauthorizeApiKey(scheme, value);
  if (setup.login) {
    const { path, body, token, send, scheme } = setup.login;
    const answer = await call({ method: "POST", url: path, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const found = token.split("/").slice(1).reduce((at, part) => at?.[part], JSON.parse(answer.text));
    if (typeof found === "string") ui.preauthorizeApiKey(scheme, send.replace("{token}", found));
  }
  document.documentElement.dataset.ready = "";
}
