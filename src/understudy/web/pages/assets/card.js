// What the cards of the controls have in common: fields, buttons, and a line that says what went wrong.
import { element, say } from "./dom.js";

/** Return a button that does something; what goes wrong is said in the card's line `told`. */
export function button(word, done, { told, name, kind, said } = {}) {
  const made = element("button", { type: "button", class: kind, "aria-label": name }, word);
  made.addEventListener("click", () => attempt(made, done, { told, said }));
  return made;
}

/** Do something once, with its button out of reach meanwhile. */
export async function attempt(made, done, { told, said } = {}) {
  made.disabled = true;
  tell(told, "");
  try {
    const words = await done();
    if (words || said) say(words || said);
  } catch (error) {
    tell(told, error.message);
    if (!told) say(error.message);
  } finally {
    made.disabled = false;
  }
}

function tell(told, words) {
  if (!told) return;
  told.textContent = words;
  told.hidden = !words;
}

/** Return the line in which a card says what went wrong. */
export function line() {
  return element("p", { class: "wrong", role: "alert", hidden: true });
}

let fields = 0;

/** Return a labelled field: a label above an input, a select, or what else is given. */
export function field(word, control, { wide } = {}) {
  control.id ||= `field-${++fields}`;
  return element("div", { class: wide ? "field wide" : "field" }, element("label", { for: control.id }, word), control);
}

/** Return a select of [value, word] pairs. */
export function choice(options, attributes = {}) {
  return element("select", attributes, ...options.map(([value, word]) => element("option", { value }, word ?? value)));
}

/** Return a form whose button does something with it. */
export function form(attributes, children, word, done, told) {
  const sending = element("button", { class: "primary" }, word);
  const made = element("form", attributes, ...children, element("div", { class: "acts" }, sending));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(sending, () => done(made), { told });
  });
  return made;
}
