// The reference: navigation, search, deep links. The form is tryit.js's.
import { prefix, sandbox } from "./api.js";
import { say } from "./dom.js";
import { begin } from "./search.js";
import { mount } from "./tryit.js";

const content = document.getElementById("content");
const menu = document.querySelector(".menu");
const narrow = matchMedia("(max-width: 860px)");
let going = null;

if (narrow.matches) menu.open = false;
narrow.addEventListener("change", () => {
  menu.open = !narrow.matches;
});
begin(document.getElementById("search"), document.getElementById("operations"), document.getElementById("none"));
arrive();
document.querySelector(".entry[aria-current]")?.scrollIntoView({ block: "nearest" });

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.dataset.entry === undefined) {
    if (link.hash && link.pathname === location.pathname) requestAnimationFrame(open);
    return;
  }
  event.preventDefault();
  history.pushState(null, "", link.href);
  go();
});
addEventListener("popstate", () => go());
addEventListener("hashchange", open);
document.addEventListener("understudy:reset", () => {
  content.dataset.shown = "";
  go({ anew: true });
});

/** Show the page of the present address: fetch its main part, put it in place. */
async function go({ anew = false } = {}) {
  const here = location.pathname;
  if (content.dataset.shown === here) {
    open();
    return;
  }
  going?.abort();
  going = new AbortController();
  try {
    const answer = await fetch(`${here}?fragment${prefix ? "" : `=${sandbox}`}`, { signal: going.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    content.replaceChildren(...parsed.body.children);
  } catch (error) {
    if (error.name === "AbortError") return;
    location.reload();
    return;
  }
  const main = document.getElementById("main");
  document.title = main.dataset.title;
  if (anew) {
    arrive();
    return;
  }
  mark();
  if (narrow.matches) menu.open = false;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  say(main.querySelector("h1").textContent);
  arrive();
}

function arrive() {
  content.dataset.shown = location.pathname;
  mount(document.getElementById("try"));
  open();
}

function mark() {
  for (const entry of document.querySelectorAll(".entry")) {
    if (entry.pathname === location.pathname) {
      entry.setAttribute("aria-current", "page");
      entry.scrollIntoView({ block: "nearest" });
    } else entry.removeAttribute("aria-current");
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Open what the address's #fragment names, and all that is around it. */
function open() {
  if (!location.hash) return;
  const target = document.getElementById(decoded(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
  target.scrollIntoView({ block: "start" });
}

