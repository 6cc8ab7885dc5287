// The contracts' own words: operations and their answers, as the server counts them.
import { control } from "./api.js";

/** Return the coverage: every provider with its operations, their answers, and how often each was met. */
export function coverage() {
  return control("/coverage");
}

/** Return what can be chosen: {provider: [{id, method, path, answers: [{answer, status}]}]}. */
export async function vocabulary() {
  const { providers } = await coverage();
  return Object.fromEntries(providers.map((one) => [one.provider, one.operations.map(({ operationId, method, path, answers }) => ({ id: operationId, method, path, answers }))]));
}
