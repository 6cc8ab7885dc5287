// Before the first paint: the theme that the reader chose, if they chose one.
try {
  const chosen = localStorage.getItem("understudy-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // no storage, no choice
}
document.documentElement.classList.add("js");
