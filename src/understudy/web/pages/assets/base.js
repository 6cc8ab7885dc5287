// What every page has: theme, copy buttons, tabs, the banner of the reader's sandbox.
import { control, prefix, sandbox } from "./api.js";
import { copy, say } from "./dom.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy !== undefined) await copy(button.dataset.copy, button);
  else if (button.hasAttribute("data-share")) await share();
  else if (button.hasAttribute("data-theme-switch")) switchTheme();
  else if (button.hasAttribute("data-reset")) await reset(button);
  else if (button.hasAttribute("data-let-out")) await letOut();
  else if (button.role === "tab" || button.getAttribute("role") === "tab") select(button);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.('[role="tab"]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.parentElement.querySelectorAll('[role="tab"]')];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  select(next);
  next.focus();
  event.preventDefault();
});

async function share() {
  const here = location.pathname.slice(prefix.length) || "/";
  await copy(`${location.origin}${here}?sandbox=${sandbox}${location.hash}`);
  say("Link copied: whoever opens it works in this sandbox too");
}

function select(chosen) {
  for (const tab of chosen.parentElement.querySelectorAll('[role="tab"]')) {
    const is = tab === chosen;
    tab.setAttribute("aria-selected", String(is));
    tab.tabIndex = is ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    panel.toggleAttribute("data-later", true);
    panel.toggleAttribute("data-shown", is);
  }
}

function switchTheme() {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === "dark" || (root.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("understudy-theme", root.dataset.theme);
  } catch {
    // not remembered
  }
}

async function letOut() {
  try {
    await control("/session", { method: "DELETE" });
    location.reload();
  } catch (error) {
    say(error.message);
  }
}

async function reset(button) {
  button.disabled = true;
  try {
    await control("/reset", { method: "POST" });
    say("The sandbox is as it was at its beginning");
    document.dispatchEvent(new CustomEvent("understudy:reset"));
  } catch (error) {
    say(`It could not be reset: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}
