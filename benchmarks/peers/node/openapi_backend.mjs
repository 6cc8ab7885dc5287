// openapi-backend behind express: security, validation of requests and of responses, prepared answers.
// Arguments: the port. Environment: BENCHMARK_CONTRACT, BENCHMARK_ANSWERS, BENCHMARK_CREDENTIALS.
import { readFileSync } from "node:fs";
import addFormats from "ajv-formats";
import express from "express";
import { OpenAPIBackend } from "openapi-backend";

const answers = JSON.parse(readFileSync(process.env.BENCHMARK_ANSWERS, "utf8"));
const secrets = new Set(process.env.BENCHMARK_CREDENTIALS.split(" "));

const api = new OpenAPIBackend({
  definition: process.env.BENCHMARK_CONTRACT,
  apiRoot: process.env.BENCHMARK_BASE || "/",
  ajvOpts: { strict: false },
  customizeAjv: (ajv) => addFormats(ajv, { mode: "fast" }),
});
await api.init();

for (const [operation, answer] of Object.entries(answers)) {
  api.registerHandler(operation, () => answer);
}
for (const [name, scheme] of Object.entries(api.definition.components.securitySchemes)) {
  api.registerSecurityHandler(name, (context) => secrets.has(context.request.headers[scheme.name.toLowerCase()]));
}
api.register("unauthorizedHandler", () => ({ status: 401, body: { error: "unauthorized" } }));
api.register("validationFail", (context) => ({ status: 400, body: { errors: context.validation.errors } }));
api.register("notFound", () => ({ status: 404, body: { error: "not found" } }));
api.register("notImplemented", () => ({ status: 501, body: { error: "not implemented" } }));
api.register("postResponseHandler", (context) => {
  const answer = context.response;
  if (answer.status < 400) {
    const { errors } = context.api.validateResponse(answer.body, context.operation, answer.status);
    if (errors) return { status: 502, body: { errors } };
  }
  return answer;
});

const app = express();
app.disable("x-powered-by");
app.use(express.json());
app.use(async (request, response) => {
  const { status, body } = await api.handleRequest(request, request, response);
  response.status(status).json(body);
});
app.listen(Number(process.argv[2]), "127.0.0.1");
