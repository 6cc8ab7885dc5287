// What the list keeps of an exchange: its line, and what it is found by. Bodies of a megabyte are not kept a hundred times.

const FOUND_BY = 4000;

/** Return the summary of an entry of the journal. */
export function summary(entry) {
  const query = Object.entries(entry.query).flatMap(([name, values]) => values.map((value) => `${name}=${value}`));
  const target = entry.path + (query.length ? `?${query.join("&")}` : "");
  const [violation] = entry.violations;
  const kept = {
    id: entry.id,
    received: Date.parse(entry.receivedAt),
    time: entry.time,
    method: entry.method,
    target: cut(target, 400),
    provider: entry.provider,
    operation: entry.operationId,
    status: entry.status,
    answer: entry.answer,
    forced: entry.forced,
    fault: entry.fault,
    unmatched: entry.unmatched,
    duration: entry.duration,
    violations: entry.violations.length,
    violation: violation ? sentence(violation) : "",
    outcomes: [],
  };
  kept.outcomes = outcomes(kept);
  kept.text = [
    kept.method, kept.target, kept.provider, kept.operation, kept.status, kept.answer,
    ...entry.violations.slice(0, 20).map(sentence), words(entry.body), words(entry.response.body),
  ].join(" ").toLowerCase();
  return kept;
}

/** Return which of the filter's outcomes an exchange has. */
function outcomes({ status, forced, fault, violations }) {
  const found = [status === null || status >= 500 ? "failed" : status >= 400 ? "refused" : "ok"];
  if (forced || fault) found.push("forced");
  if (violations) found.push("violations");
  return found;
}

/** Write a violation on one line. */
export function sentence(violation) {
  const where = violation.pointer || (violation.in === "body" ? "the body" : "");
  return cut(`${violation.in} ${where} ${violation.message}${violation.hint ? `; ${violation.hint}` : ""}`, 300);
}

function words(body) {
  if (body === null || body === undefined) return "";
  return cut(typeof body === "string" ? body : JSON.stringify(body), FOUND_BY);
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Write a duration in seconds. */
export function took(seconds) {
  const milliseconds = seconds * 1000;
  if (milliseconds >= 10_000) return `${seconds.toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** Write the time of day, to the millisecond. */
export function timeOfDay(moment) {
  const at = new Date(moment);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
