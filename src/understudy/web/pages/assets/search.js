// Search among the operations: one pass over what was read once; keys to get there and about.

/** Have an input filter the entries of a list; every word that is typed must be in an entry. */
export function begin(input, list, none) {
  const tags = [...list.querySelectorAll(".tag")].map((element) => ({
    element,
    entries: [...element.querySelectorAll(".entry")].map((link) => ({ link, text: text(link) })),
  }));
  input.addEventListener("input", () => filter(input.value, tags, none));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") visible(list)[0]?.click();
    else if (event.key === "Escape" && input.value) clear(input);
    else if (event.key === "Escape") input.blur();
    else if (event.key === "ArrowDown") visible(list)[0]?.focus();
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => move(event, list, input));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    event.preventDefault();
    input.closest("details").open = true;
    input.focus();
    input.select();
  });
}

function text(link) {
  return `${link.textContent} ${link.title} ${link.dataset.entry}`.toLowerCase();
}

function filter(typed, tags, none) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const tag of tags) {
    let here = 0;
    for (const { link, text } of tag.entries) {
      const is = words.every((word) => text.includes(word));
      if (link.hidden === is) link.hidden = !is;
      if (is) here += 1;
    }
    if (tag.element.hidden === here > 0) tag.element.hidden = here === 0;
    found += here;
  }
  if (none.hidden !== found > 0) none.hidden = found > 0;
}

function clear(input) {
  input.value = "";
  input.dispatchEvent(new Event("input"));
}

/** Return the entries that can be gone to: operations first, for Enter means the first that was found. */
function visible(list) {
  return [...list.querySelectorAll(".tag:not([hidden]) .entry:not([hidden])")];
}

function move(event, list, input) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") input.focus();
  if (!step) return;
  const links = visible(list);
  const at = links.indexOf(document.activeElement) + step;
  event.preventDefault();
  if (at < 0) input.focus();
  else links[Math.min(at, links.length - 1)]?.focus();
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:input|textarea|select)$/i.test(target.tagName));
}
