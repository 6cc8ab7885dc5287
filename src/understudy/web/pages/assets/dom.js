// Elements from data. What comes from outside only ever becomes text.

/** Return a new element. Attributes that are false, null or undefined are left out; strings among children become text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

let silence;

/** Say something in a line at the bottom, to screen readers too. */
export function say(text) {
  const line = document.getElementById("said");
  line.textContent = text;
  line.classList.add("on");
  clearTimeout(silence);
  silence = setTimeout(() => line.classList.remove("on"), 2600);
}

/** Copy text; say so on the button that was pressed. */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = element("textarea", { class: "hidden" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  if (!button) return;
  const before = button.textContent;
  button.textContent = "Copied";
  button.classList.add("done");
  setTimeout(() => {
    button.textContent = before;
    button.classList.remove("done");
  }, 1200);
}
